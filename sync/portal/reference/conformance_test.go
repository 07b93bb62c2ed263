package reference_test

import (
	"net/http"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/conformance"
	"balie/sync/portal/reference"
)

const badge = "of-the-suite-0123456789"

// target is the rig's portal as the conformance suite sees it: from outside.
func (r *rig) target() conformance.Target {
	r.t.Helper()
	var people []reference.Patient
	for _, p := range conformance.People() {
		if p.EAD != "" {
			people = append(people, reference.Patient{
				Number: secret.NewText(p.Number), EAD: secret.NewText(p.EAD), Birth: secret.NewText(p.Birth), Deceased: p.Deceased,
			})
		}
	}
	var visits []reference.Visit
	for _, a := range conformance.Appointments() {
		start := r.options.Now().AddDate(0, 0, a.Days).Add(time.Hour)
		visits = append(visits, reference.Visit{
			Patient: reference.Patient{Number: secret.NewText(a.Of.Number), EAD: secret.NewText(a.Of.EAD)}, Letter: secret.NewText(a.Letter),
			Appointment: api.Appointment{Id: a.ID, Start: start, End: start.Add(time.Hour), Label: "Raadpleging"},
		})
	}
	must(r.t, r.portal.Admit(r.t.Context(), people, visits))
	must(r.t, r.store.PutStaff(r.t.Context(), []reference.Clerk{
		{ID: "clerk", Name: "Kaat", Role: "desk", BadgeSalt: "salt", BadgeHash: reference.BadgeHash("salt", []byte(badge))},
	}))
	return conformance.Target{
		URL: r.http.URL, Cards: minted{}, Clerk: "clerk", Badge: func() secret.Bytes { return secret.NewBytes([]byte(badge)) },
		Kiosk: r.kiosk("K1"), Other: r.kiosk("K2"),
	}
}

// kiosk enrols one.
func (r *rig) kiosk(id string) conformance.Kiosk {
	r.t.Helper()
	token, _ := r.enrol(id)
	return conformance.Kiosk{
		ID: id, Root: r.secrets.Root(), Send: bearer(token.Reveal()),
		Open: func() (*portal.Client, error) { return portal.New(portal.Options{URL: r.http.URL, Token: token}) },
	}
}

// bearer makes calls with a token.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// TestConformance is what a hospital holds its own portal against, on both databases.
func TestConformance(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		noon, began := r.now().Add(3*time.Hour), time.Now()
		r.options.Now = func() time.Time { return noon.Add(time.Since(began)) }
		r.restart()
		target := r.target()
		for _, c := range conformance.Checks() {
			t.Run(c.Name, func(t *testing.T) {
				if err := c.Run(t.Context(), target); err != nil {
					t.Error(err)
				}
			})
		}
	})
}
