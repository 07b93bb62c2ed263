// Package tpmtest starts TPMs that are programs: swtpm, which is the TCG's own
// reference behind a socket.
package tpmtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// TB is what a test gives; testing.TB is one.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	TempDir() string
	Cleanup(func())
}

// startTime is how long the emulator may take until it listens.
const startTime = 20 * time.Second

// Start starts a TPM with a seed of its own, and gives its socket.
func Start(t TB) (socket string) {
	t.Helper()
	// A path of the test's own folder may be too long for a socket.
	dir, err := os.MkdirTemp("", "balie-tpm-")
	if err != nil {
		t.Fatalf("starting a TPM: %v", err)
	}
	socket = filepath.Join(dir, "tpm.sock")
	cmd := exec.Command("swtpm", "socket", "--tpm2", "--tpmstate", "dir="+t.TempDir(), "--flags", "not-need-init,startup-clear",
		"--server", "type=unixio,path="+socket)
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting a TPM: %v (Debian: apt-get install swtpm)", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // it was killed
		_ = os.RemoveAll(dir)  // the folder for temporary files is cleaned anyway
	})
	if err := listens(socket); err != nil {
		t.Fatalf("starting a TPM: %v", err)
	}
	return socket
}

// listens waits until something answers at a socket.
func listens(socket string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(startTime); ; <-tick.C {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(end) {
			return fmt.Errorf("swtpm does not listen: %w", err)
		}
	}
}
