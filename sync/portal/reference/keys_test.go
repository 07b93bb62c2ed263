package reference_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/sync/portal/api"
	"balie/sync/portal/reference"
	"balie/sync/seal"
)

// A key is taken over from: what was sealed to the one before still opens, and what
// to the one before that is said to be of an unknown key.
func TestKeysChange(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, client := r.enrol("K1")
		r.admit(number, "mine")
		state := filepath.Join(r.dir, "state")
		self, err := client.Self(t.Context())
		must(t, err)
		ring, err := seal.OpenRing(filepath.Join(r.dir, "ring.json"), r.secrets.Root(), self.Keys)
		must(t, err)
		old := []api.Action{}
		for counter := range uint64(3) {
			old = append(old, r.seal(action{kiosk: "K1", counter: counter + 1, appointment: "mine", card: card(number, "good")}))
		}
		for i, want := range []string{"accepted", "accepted already-checked-in", "refused unknown-key"} {
			if got := sent(t, client, old[i]); got != want {
				t.Errorf("after %d changes: %s, want %s", i, got, want)
			}
			before := ring.Current().ID
			must(t, reference.NewKey(state))
			r.options.Secrets, err = reference.OpenSecrets(state)
			must(t, err)
			r.restart()
			self, err = client.Self(t.Context())
			must(t, err)
			if changed, err := ring.Update(self.Keys); err != nil || !changed || ring.Current().ID == before {
				t.Errorf("the kiosk's ring: %v, %v", changed, err)
			}
		}
		// What the portal knew of people it still knows.
		if list, err := client.Appointments(t.Context(), card(number, "good")); err != nil || len(list) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		must(t, r.store.Own(t.Context(), r.options.Secrets))
	})
}

func TestBrokenSecretsAreNotTold(t *testing.T) {
	dir := t.TempDir()
	_, err := reference.OpenSecrets(dir)
	must(t, err)
	path := filepath.Join(dir, "secrets.json")
	whole, err := os.ReadFile(path)
	must(t, err)
	for name, spoil := range map[string]func() error{
		"cut":        func() error { return os.WriteFile(path, whole[:len(whole)/2], 0o600) },
		"empty":      func() error { return os.WriteFile(path, nil, 0o600) },
		"another":    func() error { return os.WriteFile(path, []byte(`{"root":"`+number+`"}`), 0o600) },
		"for others": func() error { return os.Chmod(path, 0o644) },
		"short a key": func() error {
			return os.WriteFile(path, []byte(strings.Replace(string(whole), `"private": "`, `"private": "AAAA`, 1)), 0o600)
		},
	} {
		must(t, os.WriteFile(path, whole, 0o600))
		must(t, spoil())
		_, err := reference.OpenSecrets(dir)
		if err == nil || strings.Contains(err.Error(), number) || strings.Contains(err.Error(), "root\"") {
			t.Errorf("%s: %v", name, err)
		}
		if reference.NewKey(dir) == nil {
			t.Errorf("%s: was given a new key", name)
		}
		must(t, os.Chmod(path, 0o600))
	}
}

func BenchmarkBatch(b *testing.B) {
	r := newRig(b, b.TempDir(), filepath.Join(b.TempDir(), "portal.db"), "")
	_, client := r.enrol("K1")
	r.admit(number, "mine")
	who := card(number, "good")
	who.RRN, who.Root = make([]byte, 1500), make([]byte, 1500)
	counter := uint64(0)
	for b.Loop() {
		var batch []api.Action
		for range 100 {
			counter++
			batch = append(batch, r.seal(action{kiosk: "K1", counter: counter, appointment: "mine", card: who}))
		}
		if results, err := client.Send(b.Context(), batch); err != nil || len(results) != 100 {
			b.Fatal(len(results), err)
		}
	}
}
