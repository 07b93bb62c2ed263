// Package repair holds what root does for a kiosk that cannot help itself. This test has
// it work on a /sys that is laid out for it.
package repair

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func lay(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sys has a reader behind a hub that switches ports, one behind a hub that does not, and
// a keyboard. What is written last is what is left.
func sys(t *testing.T) (root string, value func(path string) string) {
	t.Helper()
	root = t.TempDir()
	usb := filepath.Join(root, "bus/usb/devices")
	for device, class := range map[string]string{"1-1.2": "0b", "2-3": "0b", "1-4": "03"} {
		lay(t, filepath.Join(usb, device, device+":1.0", "bInterfaceClass"), class+"\n")
		lay(t, filepath.Join(usb, device, "authorized"), "was\n")
	}
	lay(t, filepath.Join(root, "ports/disable"), "was\n")
	if err := os.Symlink(filepath.Join(root, "ports"), filepath.Join(usb, "1-1.2/port")); err != nil {
		t.Fatal(err)
	}
	return root, func(path string) string {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(text))
	}
}

func TestPowerCycle(t *testing.T) {
	for _, c := range []struct {
		name, request, says   string
		ports, with, keyboard string // what is left at the port, the other reader, the keyboard
	}{
		{"the port has a switch", "1-1.2\n", "1-1.2 was off and is on again", "0", "was", "was"},
		{"it has none", "2-3\n", "2-3 was off and is on again", "was", "1", "was"},
		{"no reader", "1-4\n", "is no card reader", "was", "was", "was"},
		{"nothing there", "9-9\n", "nothing is plugged in", "was", "was", "was"},
		{"a path", "../../usb/devices/2-3\n", "no USB socket", "was", "was", "was"},
		{"a command", "2-3;reboot\n", "no USB socket", "was", "was", "was"},
		{"dots", "..\n", "no USB socket", "was", "was", "was"},
		{"nothing", "", "no USB socket", "was", "was", "was"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root, value := sys(t)
			request := filepath.Join(root, "request")
			lay(t, request, c.request)
			out, err := exec.Command("./power-cycle-reader", request, root).CombinedOutput()
			if !strings.Contains(string(out), c.says) || strings.Count(string(out), "\n") != 1 {
				t.Errorf("%v, said %q, want one line with %q", err, out, c.says)
			}
			if _, err := os.Stat(request); err == nil {
				t.Error("the request is still there: it would be answered for ever")
			}
			got := [3]string{value("ports/disable"), value("bus/usb/devices/2-3/authorized"), value("bus/usb/devices/1-4/authorized")}
			if want := [3]string{c.ports, c.with, c.keyboard}; got != want {
				t.Errorf("left %q, want %q", got, want)
			}
		})
	}
}
