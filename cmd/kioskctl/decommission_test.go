package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// laid is a kiosk's folder with something in it, and its configuration.
func laid(t *testing.T) (state, conf string) {
	t.Helper()
	state = t.TempDir()
	for name, text := range map[string]string{"device.key": "key", "portal/identity": "key", "portal/kiosk.json": "{}", "queue.db-wal": "sealed"} {
		path := filepath.Join(state, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return state, written(t, "state_dir = '"+state+"'\n[hospital]\nname = 'x'\n")
}

// TestWipe: nothing is left of what a kiosk kept, a hard link to a key has zeros, and
// where somebody else has hold of the folder nothing is touched.
func TestWipe(t *testing.T) {
	state, conf := laid(t)
	other := filepath.Join(t.TempDir(), "link")
	if err := os.Link(filepath.Join(state, "device.key"), other); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	did := ""
	o := decommissioning{door: &door{}, path: conf, yes: true, alone: true, systemctl: func(_ context.Context, args ...string) error {
		did = strings.Join(args, " ")
		return nil
	}}
	if err := o.run(t.Context(), strings.NewReader(""), &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if did != "disable --now kioskd.service kioskview.service" {
		t.Errorf("systemctl %s", did)
	}
	err := filepath.WalkDir(state, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(other); err != nil || string(text) != "\x00\x00\x00" {
		t.Errorf("the key's bytes are %q, %v", text, err)
	}
	for _, name := range []string{"device.key", "identity", "kiosk.json", "queue.db-wal"} {
		if !strings.Contains(out.String(), name) {
			t.Errorf("nobody says that %s is gone:\n%s", name, out.String())
		}
	}
}

// TestNotWiped: without a yes, without a daemon, and with a queue that is not empty,
// everything stays.
func TestNotWiped(t *testing.T) {
	state, conf := laid(t)
	untouched := func() {
		t.Helper()
		if text, err := os.ReadFile(filepath.Join(state, "device.key")); err != nil || string(text) != "key" {
			t.Errorf("%q, %v", text, err)
		}
	}
	o := decommissioning{door: &door{socket: filepath.Join(t.TempDir(), "absent")}, path: conf, wait: time.Second}
	if err := o.run(t.Context(), strings.NewReader("yes\n"), &strings.Builder{}); exit.Code(err) != exit.Usage {
		t.Errorf("of another word: %v", err)
	}
	untouched()
	if err := o.run(t.Context(), strings.NewReader("wipe\n"), &strings.Builder{}); exit.Code(coded(err)) != exitNotRunning {
		t.Errorf("without a daemon: %v", err)
	}
	untouched()
	d := &daemon{action: control.Action{OccurredAt: time.Now()}} // one waits, two are parked
	code, _, complained := ctl(t, d, "decommission", "--yes", "--wait", "50ms", "--config", conf)
	if code != exitOutOfOrder || !strings.Contains(complained, "1 actions wait for the portal and 2 are parked") {
		t.Errorf("with a queue: %d, %s", code, complained)
	}
	untouched()
}
