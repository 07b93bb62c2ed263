package identity_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/sync/identity"
	"balie/sync/identity/identitytest"
)

func closed(t *testing.T, wrap byte) identity.Keys {
	t.Helper()
	keys, err := identity.ClosedFiles(bytes.Repeat([]byte{wrap}, 32))
	must(t, err)
	return keys
}

func TestFiles(t *testing.T) {
	identitytest.Run(t, identity.Files(), identity.Files(), identity.Files())
}

func TestClosedFiles(t *testing.T) {
	identitytest.Run(t, closed(t, 1), closed(t, 1), closed(t, 2))
	if _, err := identity.ClosedFiles(make([]byte, 31)); err == nil {
		t.Error("a short key was taken")
	}
}

// A device's secret stays what it is: from one start to the next, and when a better
// place for it comes.
func TestSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "device.key")
	plain, better := identity.Keyring{identity.Files()}, identity.Keyring{closed(t, 1), identity.Files()}
	old := bytes.Repeat([]byte{7}, 32)
	must(t, os.WriteFile(path, old, 0o600)) // as it was before there were kinds
	for _, ring := range []identity.Keyring{better, better} {
		if got, err := ring.Secret(path); err != nil || !bytes.Equal(got, old) {
			t.Fatalf("%v", err)
		}
	}
	if raw, err := os.ReadFile(path); err != nil || bytes.Contains(raw, old[:8]) {
		t.Errorf("it still lies there plainly: %v", err)
	}
	for name, ring := range map[string]identity.Keyring{"gone": plain, "another": {closed(t, 2)}} {
		if _, err := ring.Secret(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("with the credential %s: %v", name, err)
		}
	}
	fresh := filepath.Join(t.TempDir(), "device.key")
	first, err := plain.Secret(fresh)
	must(t, err)
	second, err := better.Secret(fresh)
	if err != nil || !bytes.Equal(first, second) || len(first) != 32 {
		t.Errorf("a new one: %d bytes, %v", len(first), err)
	}
	if raw, err := os.ReadFile(fresh); err != nil || !bytes.Contains(raw, []byte(`"credential"`)) {
		t.Errorf("it was not moved to the better place: %s, %v", raw, err)
	}
	info, err := os.Stat(fresh)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	must(t, os.WriteFile(fresh, []byte("{}"), 0o600))
	if _, err := plain.Secret(fresh); err == nil {
		t.Error("an empty file of a secret was taken")
	}
}
