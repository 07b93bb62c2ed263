package state_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"balie/cmd/internal/state"
)

func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	unlock, err := state.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := state.Lock(dir); !errors.Is(err, state.ErrHeld) {
		t.Errorf("a second one: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	unlock, err = state.Lock(dir)
	if err != nil {
		t.Fatalf("after it was let go: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Lock(file); err == nil || errors.Is(err, state.ErrHeld) {
		t.Errorf("a file: %v", err)
	}
}
