package reference_test

import (
	"errors"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

// holderAt is a proof that a verifier of words judges, of a kiosk and a moment.
func holderAt(kiosk string, at time.Time, random, signature string) portal.HolderProof {
	challenge := portal.HolderChallenge{Kiosk: kiosk, At: at, Random: random}
	return portal.HolderProof{
		Challenge: challenge.Bytes(), Signature: []byte(signature), Certificate: secret.NewBytes([]byte(name)), CA: []byte{1}, Root: []byte{2},
	}
}

const (
	some    = "000102030405060708090a0b0c0d0e0f"
	another = "f00102030405060708090a0b0c0d0e0f"
)

// TestHolderLookup: who proves to be the holder sees what is after today, and nobody
// does by what was used, is old, or was made for another kiosk.
func TestHolderLookup(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "today")
		for id, days := range map[string]int{"second": 40, "first": 1} {
			v := reference.Visit{Number: secret.NewText(number), Appointment: api.Appointment{
				Id: id, Start: r.now().AddDate(0, 0, days), End: r.now().AddDate(0, 0, days).Add(time.Hour), Label: "Raadpleging",
			}}
			must(t, r.portal.Admit(t.Context(), nil, []reference.Visit{v}))
		}
		list, err := client.LaterAppointments(t.Context(), card(number, "good"), holderAt("K1", r.now(), some, "good"))
		if err != nil || len(list) != 2 || list[0].Id != "first" || list[1].Id != "second" {
			t.Errorf("%+v, %v", list, err)
		}
		late, early := r.now().Add(-6*time.Minute), r.now().Add(6*time.Minute)
		for _, c := range []struct {
			name   string
			who    string
			card   string
			holder portal.HolderProof
			want   error
			reason string
		}{
			{"the same again", number, "good", holderAt("K1", r.now(), some, "good"), portal.ErrHolderRefused, "stale"},
			{"of another kiosk", number, "good", holderAt("K2", r.now(), another, "good"), portal.ErrHolderRefused, "stale"},
			{"of before", number, "good", holderAt("K1", late, another, "good"), portal.ErrHolderRefused, "stale"},
			{"of later", number, "good", holderAt("K1", early, another, "good"), portal.ErrHolderRefused, "stale"},
			{"of no challenge", number, "good", portal.HolderProof{Challenge: []byte("x"), Signature: []byte("good"), CA: []byte{1}, Root: []byte{2}}, portal.ErrHolderRefused, "stale"},
			{"another signed", number, "good", holderAt("K1", r.now(), another, "signature"), portal.ErrHolderRefused, "signature"},
			{"of a lost card", number, "good", holderAt("K1", r.now(), another, "revoked"), portal.ErrHolderRefused, "revoked"},
			{"for a reason of nobody's", number, "good", holderAt("K1", r.now(), another, "who knows"), portal.ErrHolderRefused, "signature"},
			{"a child", number, "good", holderAt("K1", r.now(), another, "young"), portal.ErrHolderRefused, "under-15"},
			{"of a forged card", number, "chain", holderAt("K1", r.now(), another, "good"), portal.ErrCardRefused, "chain"},
			{"of a stranger", "99010112345", "good", holderAt("K1", r.now(), another, "good"), portal.ErrPatientUnknown, ""},
		} {
			_, err := client.LaterAppointments(t.Context(), card(c.who, c.card), c.holder)
			var e *portal.Error
			if !errors.Is(err, c.want) || !errors.As(err, &e) || e.Reason != c.reason {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
}

// TestHolderLookupsAreLimited: together with the others.
func TestHolderLookupsAreLimited(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.Lookups = 1
		r.restart()
		_, client := r.enrol("K1")
		r.admit(number, "today")
		if _, err := client.Appointments(t.Context(), card(number, "good")); err != nil {
			t.Error(err)
		}
		_, err := client.LaterAppointments(t.Context(), card(number, "good"), holderAt("K1", r.now(), some, "good"))
		var e *portal.Error
		if !errors.As(err, &e) || e.Code != "too-many-lookups" {
			t.Errorf("the second is answered %v", err)
		}
	})
}

// TestRevocations: the lists that the portal has are given, and none is an empty list.
func TestRevocations(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		if lists, err := client.Revocations(t.Context()); err != nil || lists == nil || len(lists) != 0 {
			t.Errorf("without any: %v, %v", lists, err)
		}
		r.options.Revocations = func() ([]api.RevocationList, error) {
			return []api.RevocationList{{List: []byte("list"), Root: []byte("root")}}, nil
		}
		r.restart()
		if lists, err := client.Revocations(t.Context()); err != nil || len(lists) != 1 || string(lists[0].List) != "list" {
			t.Errorf("%v, %v", lists, err)
		}
		r.options.Revocations = func() ([]api.RevocationList, error) { return nil, errors.New("no such folder") }
		r.restart()
		if _, err := client.Revocations(t.Context()); !errors.Is(err, portal.ErrAway) {
			t.Errorf("where they cannot be read: %v", err)
		}
	})
}
