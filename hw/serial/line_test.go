package serial

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pipe is an open file that is no tty: what is written to it comes back.
func pipe(t *testing.T, config Config) *Port {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lp0")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	config.Path = path
	config = config.withDefaults()
	p := newPort(config, newFile(f, config), f)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// TestFile: a printer that is no tty is written, read, drained and closed as one that is.
func TestFile(t *testing.T) {
	p := pipe(t, Config{ReadTimeout: 10 * time.Millisecond, WriteTimeout: 50 * time.Millisecond})
	if n, err := p.Read(make([]byte, 8)); n != 0 || err != nil {
		t.Errorf("nothing there: %d, %v", n, err)
	}
	if n, err := p.Write([]byte("abc")); n != 3 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if err := p.Drain(); err != nil {
		t.Error(err)
	}
	b := make([]byte, 8)
	if n, err := p.Read(b); string(b[:n]) != "abc" || err != nil {
		t.Errorf("%q, %v", b[:n], err)
	}
	if n, err := p.Write(make([]byte, 1<<20)); n == 0 || !errors.Is(err, ErrStalled) {
		t.Errorf("it takes nothing: %d, %v", n, err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := p.Write([]byte("x")); !errors.Is(err, ErrLost) {
		t.Errorf("closed: %v", err)
	}
}

// wired is a line with a DSR of its own.
type wired struct {
	file
	ready atomic.Bool
	gone  error
}

func (w *wired) Ready() (bool, error) { return w.ready.Load(), w.gone }

// TestDSR: a write waits for the line, and goes on when it rises.
func TestDSR(t *testing.T) {
	p := pipe(t, Config{Handshake: DSR, Hold: 30 * time.Millisecond})
	w := &wired{file: p.line.(file)}
	p.line = w
	if n, err := p.Write([]byte("x")); n != 0 || !errors.Is(err, ErrStalled) {
		t.Errorf("low for ever: %d, %v", n, err)
	}
	p.config.Hold = time.Minute
	written := make(chan error)
	go func() {
		_, err := p.Write(make([]byte, 200))
		written <- err
	}()
	w.ready.Store(true)
	if err := <-written; err != nil {
		t.Error(err)
	}
	w.gone = unix.EIO
	if _, err := p.Write([]byte("x")); !errors.Is(err, ErrLost) {
		t.Errorf("unplugged: %v", err)
	}
}
