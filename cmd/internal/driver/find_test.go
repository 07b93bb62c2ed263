package driver

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestPorts: each device once, by the name of its socket where it has one; a link to
// nothing is no printer.
func TestPorts(t *testing.T) {
	dev := t.TempDir()
	for _, name := range []string{"ttyUSB0", "ttyACM0", "usb/lp0"} {
		touch(t, filepath.Join(dev, name))
	}
	for name, of := range map[string]string{
		"balie/tty-pci-0000:00:14.0-usb-0:2:1.0": "ttyUSB0", "serial/by-id/usb-EPSON_TM-T88-if00": "ttyUSB0",
		"serial/by-id/usb-Custom_VKP80-if00": "ttyACM0", "serial/by-id/usb-gone": "ttyUSB7",
	} {
		at := filepath.Join(dev, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(dev, of), at); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, path := range Ports(dev) {
		rel, err := filepath.Rel(dev, path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rel)
	}
	want := []string{"balie/tty-pci-0000:00:14.0-usb-0:2:1.0", "serial/by-id/usb-Custom_VKP80-if00", "usb/lp0"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q", got)
	}
}

func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
