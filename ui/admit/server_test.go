package admit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const patience = 10 * time.Second

// serve runs a server for one user until the test ends, or the returned stop is
// called. Its tokens are the canary with a number.
func serve(t *testing.T, path string, uid int) (s *Server, log *syncBuffer, stop func()) {
	t.Helper()
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int32
	log = &syncBuffer{}
	s = &Server{
		URL:   "http://127.0.0.1:8080/",
		Admit: func() string { return fmt.Sprint(canary, n.Add(1)) },
		UIDs:  []uint32{uint32(uid)},
		Log:   slog.New(slog.NewTextHandler(log, nil)),
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v, want nil", err)
		}
	})
	t.Cleanup(stop)
	return s, log, stop
}

// syncBuffer is a log that goroutines may write to.
type syncBuffer struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func ask(t *testing.T, path string) *Admission {
	t.Helper()
	a, err := Ask(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func gone(t *testing.T, a *Admission) {
	t.Helper()
	select {
	case <-a.Gone():
	case <-time.After(patience):
		t.Fatal("the window does not notice that the daemon went")
	}
}

func TestEveryConnectionHasItsOwnToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.sock")
	_, log, stop := serve(t, path, os.Getuid())
	first, second := ask(t, path), ask(t, path)
	if first.URL != "http://127.0.0.1:8080/" || first.Token.Equal(second.Token) {
		t.Errorf("passes to %s and %s, same token: %t", first.URL, second.URL, first.Token.Equal(second.Token))
	}
	stop()
	gone(t, first)
	gone(t, second)
	if strings.Contains(log.String(), canary) || !strings.Contains(log.String(), "window admitted") {
		t.Errorf("the log shows a token or no admission:\n%s", log)
	}
}

func TestAnotherUserIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.sock")
	_, log, stop := serve(t, path, os.Getuid()+1)
	if _, err := Ask(t.Context(), path); !errors.Is(err, ErrRefused) {
		t.Fatalf("error %v, want ErrRefused", err)
	}
	stop()
	if want := fmt.Sprintf("uid=%d", os.Getuid()); !strings.Contains(log.String(), want) {
		t.Errorf("the log does not say %s:\n%s", want, log)
	}
}

func TestRenewSendsForTheWindow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.sock")
	s, _, _ := serve(t, path, os.Getuid())
	a := ask(t, path)
	s.Renew()
	gone(t, a)
	ask(t, path)
}

func TestWindowThatLeavesIsForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.sock")
	s, _, _ := serve(t, path, os.Getuid())
	for range 3 * maxWindows { // more than fit at a time
		if err := ask(t, path).Close(); err != nil {
			t.Fatal(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) > maxWindows {
		t.Errorf("%d connections are remembered", len(s.conns))
	}
}

// A window that waits for a place does not keep the daemon from ending.
func TestTooManyWindowsEndWithTheDaemon(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.sock")
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{
		URL: "http://127.0.0.1:8080/", Admit: func() string { return canary }, UIDs: []uint32{uint32(os.Getuid())}, Log: slog.New(slog.DiscardHandler),
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	for range maxWindows {
		ask(t, path)
	}
	waiting, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = waiting.Close() }()
	for queued(t, l) { // until it was accepted
		runtime.Gosched()
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Serve: %v, want nil", err)
		}
	case <-time.After(patience):
		t.Fatal("the daemon does not end")
	}
}

// queued tells whether someone has connected and was not accepted yet: poll(2).
func queued(t *testing.T, l *net.UnixListener) bool {
	t.Helper()
	raw, err := l.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	control := raw.Control(func(fd uintptr) { n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0) })
	if control != nil || err != nil && !errors.Is(err, unix.EINTR) {
		t.Fatal(control, err)
	}
	return n > 0 || err != nil
}

func TestListen(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		lay  func(t *testing.T, path string)
		want string // part of the error, or none
	}{
		{"nothing", func(*testing.T, string) {}, ""},
		{"socket of a dead daemon", layDead, ""},
		{"socket of a living daemon", func(t *testing.T, path string) { serve(t, path, 0) }, "another daemon serves"},
		{"file", func(t *testing.T, path string) { write(t, path) }, "is not a socket"},
		{"link to a file", layLink, "is not a socket"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, c.name)
			c.lay(t, path)
			l, err := Listen(path)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one that says %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 {
				t.Errorf("mode %v, %v; want 0666", info.Mode(), err)
			}
		})
	}
}

func TestListenSaysWhereItCannot(t *testing.T) {
	if _, err := Listen(filepath.Join(t.TempDir(), "missing", "window.sock")); err == nil {
		t.Error("no error for a folder that is not there")
	}
}

func layDead(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func layLink(t *testing.T, path string) {
	t.Helper()
	write(t, path+".target")
	if err := os.Symlink(path+".target", path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.sock")
	l, err := net.Listen("unix", path) // accepts and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		cancel()
		_, _ = io.Copy(io.Discard, conn)
	}()
	if _, err := Ask(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
