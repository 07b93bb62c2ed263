package portal_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"balie/sync/portal"
)

// TestCredentialsHalfWritten: where kiosk.json is, enrolment went to its end.
func TestCredentialsHalfWritten(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "token"), 0o700); err != nil { // where none can be written
		t.Fatal(err)
	}
	if err := (portal.Credentials{Kiosk: "K1"}).Save(dir); err == nil {
		t.Error("saved without a token")
	}
	if _, err := os.Stat(filepath.Join(dir, "kiosk.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("kiosk.json is there: %v", err)
	}
}
