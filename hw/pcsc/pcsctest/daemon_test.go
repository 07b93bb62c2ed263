package pcsctest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"balie/hw/pcsc/pcsctest"
)

// readersOf asks Debian's opensc-tool, a process of its own, which readers there
// are.
func readersOf(t *testing.T, d *pcsctest.Daemon) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "opensc-tool", "--list-readers")
	cmd.Env = append(os.Environ(), d.Env())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("opensc-tool (package opensc): %v\n%s", err, out)
	}
	return string(out)
}

func TestDaemonHasItsReaders(t *testing.T) {
	d, err := pcsctest.Start(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	check := func() {
		t.Helper()
		said := readersOf(t, d)
		for _, name := range d.Names() {
			if strings.Count(said, name) != 1 {
				t.Errorf("reader %q is not there once:\n%s", name, said)
			}
		}
	}
	check()
	if err := d.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	check()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(d.Socket()); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestTwoDaemonsBesideEachOther(t *testing.T) {
	for range 2 {
		d, err := pcsctest.Start(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		if said := readersOf(t, d); !strings.Contains(said, d.Names()[0]) {
			t.Errorf("no reader:\n%s", said)
		}
	}
}

func TestStartTellsWhatIsWrong(t *testing.T) {
	for _, n := range []int{-1, 0, 17} {
		if _, err := pcsctest.Start(t.Context(), n); err == nil {
			t.Errorf("%d readers were accepted", n)
		}
	}
}
