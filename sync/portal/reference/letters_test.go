package reference_test

import (
	"fmt"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

// Birth dates cannot be tried by checking in either: after a few wrong ones a letter waits,
// and takes the right one no sooner.
func TestBirthDatesAreNotTriedByCheckingIn(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.patient()
		letter := secret.NewText("KANARIE-BRIEF-1")
		must(t, r.portal.Admit(t.Context(), nil, []reference.Visit{{
			Patient: reference.Patient{Number: secret.NewText(number)}, Letter: letter,
			Appointment: api.Appointment{Id: "mine", Start: r.now(), End: r.now().Add(time.Hour), Label: "Raadpleging"},
		}}))
		var got []string
		for i := range 8 {
			body, err := portal.CheckIn{Appointment: "mine", Ticket: "A001", Letter: letter, Birth: secret.NewText(fmt.Sprintf("19%02d-01-01", i)), ReadAt: r.now()}.Body()
			must(t, err)
			got = append(got, sent(t, client, r.sealBody("K1", uint64(i+1), body)))
		}
		if got[0] != "refused letter-unknown" || got[7] != "retry too-many-lookups" {
			t.Errorf("eight birth dates: %q", got)
		}
		body, err := portal.CheckIn{Appointment: "mine", Ticket: "A001", Letter: letter, Birth: secret.NewText(canaryBirth), ReadAt: r.now()}.Body()
		must(t, err)
		if got := sent(t, client, r.sealBody("K1", 9, body)); got != "retry too-many-lookups" {
			t.Errorf("the right one, after them: %s", got)
		}
	})
}
