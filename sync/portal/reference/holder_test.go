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

// signed is what a card gives for the portal's challenge of a kiosk, but for the
// signature, by which a verifier of words judges.
func signed(t *testing.T, client *portal.Client, signature string) portal.HolderProof {
	t.Helper()
	challenge, _, err := client.Challenge(t.Context())
	must(t, err)
	h := held(number, challenge)
	if signature != "" {
		h.Signature = []byte(signature)
	}
	return h
}

// TestHolderLookup: who proves to be the holder sees what is after today, and nobody
// does by a challenge that is old, another kiosk's or nobody's.
func TestHolderLookup(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		_, other := r.enrol("K2")
		const child = "17030599736"
		r.admit(number, "today")
		r.admit(child, "of the child")
		for id, days := range map[string]int{"second": 40, "first": 1} {
			v := reference.Visit{Patient: reference.Patient{Number: secret.NewText(number)}, Appointment: api.Appointment{
				Id: id, Start: r.now().AddDate(0, 0, days), End: r.now().AddDate(0, 0, days).Add(time.Hour), Label: "Raadpleging",
			}}
			must(t, r.portal.Admit(t.Context(), nil, []reference.Visit{v}))
		}
		list, err := client.LaterAppointments(t.Context(), card(number, "good"), signed(t, client, ""))
		if err != nil || len(list) != 2 || list[0].Id != "first" || list[1].Id != "second" {
			t.Errorf("%+v, %v", list, err)
		}
		old := signed(t, client, "")
		r.set(r.now().Add(11 * time.Minute))
		lost := held("lost", signed(t, client, "").Challenge)
		must(t, r.store.RevokeCard(t.Context(), "ca", "5elost", r.now()))
		for _, c := range []struct {
			name   string
			card   portal.Proof
			holder portal.HolderProof
			want   error
			reason string
		}{
			{"of another kiosk", card(number, "good"), signed(t, other, ""), portal.ErrHolderRefused, "stale"},
			{"of before", card(number, "good"), old, portal.ErrHolderRefused, "stale"},
			{"of no challenge", card(number, "good"), held(number, []byte("x")), portal.ErrHolderRefused, "stale"},
			{"another signed", card(number, "good"), signed(t, client, "signature"), portal.ErrHolderRefused, "signature"},
			{"under another root", card(number, "good"), signed(t, client, "chain"), portal.ErrHolderRefused, "chain"},
			{"of a lost card", card(number, "good"), signed(t, client, "revoked"), portal.ErrHolderRefused, "revoked"},
			{"of a card that was called in", card(number, "good"), lost, portal.ErrHolderRefused, "revoked"},
			{"for a reason of nobody's", card(number, "good"), signed(t, client, "who knows"), portal.ErrHolderRefused, "signature"},
			{"a child", born(child, "2017-03-05", "good"), signed(t, client, ""), portal.ErrHolderRefused, "under-15"},
			{"of a forged card", card(number, "chain"), signed(t, client, ""), portal.ErrCardRefused, "chain"},
			{"of a stranger", card("99010112345", "good"), signed(t, client, ""), portal.ErrPatientUnknown, ""},
		} {
			_, err := client.LaterAppointments(t.Context(), c.card, c.holder)
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
		_, err := client.LaterAppointments(t.Context(), card(number, "good"), signed(t, client, ""))
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
