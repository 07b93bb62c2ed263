package pcsctest_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/hw/pcsc/pcsctest"
)

// child makes this test binary a program that runs a pcscd, says where, and waits.
const child = "PCSCTEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(child) == "" {
		os.Exit(m.Run())
	}
	d, err := pcsctest.Start(context.Background(), 1)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(d.Socket())
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// TestDaemonDiesWithItsParent: even when the parent has no time to close it.
func TestDaemonDiesWithItsParent(t *testing.T) {
	parent := exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = append(os.Environ(), child+"=1", "TMPDIR="+t.TempDir())
	stdin, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close() })
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	socket, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	socket = strings.TrimSpace(socket)
	if wire, err := net.Dial("unix", socket); err != nil {
		t.Fatalf("pcscd does not listen: %v", err)
	} else if err := wire.Close(); err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // says that it was killed
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		wire, err := net.Dial("unix", socket)
		if err != nil {
			return
		}
		_ = wire.Close()
		<-tick.C
	}
	t.Error("pcscd still listens, 5 s after its parent was killed")
}

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

// TestDaemonStopsAndComesBack: stopped, it leaves no socket; killed, it does.
func TestDaemonStopsAndComesBack(t *testing.T) {
	d, err := pcsctest.Start(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		if err := d.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(d.Socket()); !os.IsNotExist(err) || d.Running() {
			t.Errorf("stopped: socket %v, running %v", err, d.Running())
		}
	}
	if err := d.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !d.Running() || !strings.Contains(readersOf(t, d), d.Names()[0]) {
		t.Error("it is not back")
	}
	d.Kill()
	if _, err := os.Stat(d.Socket()); err != nil || d.Running() {
		t.Errorf("killed: socket %v, running %v", err, d.Running())
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
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	if _, err := pcsctest.Start(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("a path too long: %v", err)
	}
}
