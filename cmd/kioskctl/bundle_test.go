package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSupportBundle: one archive for its owner alone, also where no daemon runs and half
// of it cannot be had; one that is there is not written over.
func TestSupportBundle(t *testing.T) {
	to := filepath.Join(t.TempDir(), "kiosk.tar.gz")
	conf := written(t, "[hospital]\nname = 'x'\n")
	args := []string{"support-bundle", "--to", to, "--config", conf, "--socket", filepath.Join(t.TempDir(), "absent")}
	if out, err := runs(t, args...); err != nil || out != to+"\n" {
		t.Fatalf("%q, %v", out, err)
	}
	info, err := os.Stat(to)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() < 500 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := runs(t, args...); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("once more: %v", err)
	}
}

// TestUSB: what is plugged in, without serial numbers.
func TestUSB(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"1-1/idVendor": "04b8\n", "1-1/idProduct": "0202\n", "1-1/product": "TM-T88V\n", "1-1/serial": "SECRET\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := usb(dir); err != nil || string(got) != "1-1 04b8 0202 TM-T88V\n" {
		t.Errorf("%q, %v", got, err)
	}
}
