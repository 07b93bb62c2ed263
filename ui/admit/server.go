package admit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

const (
	maxWindows  = 16              // connections at a time; one booth has one or two windows
	sendTimeout = 5 * time.Second // for one line into a socket's buffer
	acceptPause = 100 * time.Millisecond
)

// Server gives passes to windows. The fields are set before [Server.Serve].
type Server struct {
	URL   string        // the page, "http://127.0.0.1:PORT/PATH"
	Admit func() string // makes a token that is good for one trade
	UIDs  []uint32      // who may ask; root has no privilege here
	Log   *slog.Logger

	mu    sync.Mutex // guards conns
	conns map[net.Conn]struct{}
}

// Listen opens the socket at path. A socket that a dead daemon left is replaced;
// one that is served, or anything else of that name, is an error. Every user may
// connect (mode 0666): [Server.Serve] asks the kernel who it is.
func Listen(path string) (*net.UnixListener, error) {
	if err := clearPath(path); err != nil {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("opening the window's socket: %w", err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the window's socket: %w", err), l.Close())
	}
	return l, nil
}

func clearPath(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at the window's socket: %w", err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("opening the window's socket: %s is there and is not a socket", path)
	}
	if conn, err := net.Dial("unix", path); err == nil {
		return errors.Join(fmt.Errorf("opening the window's socket: another daemon serves %s", path), conn.Close())
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("removing the socket of a dead daemon: %w", err)
	}
	return nil
}

// Serve gives one pass to every connection of an allowed user until ctx ends,
// then closes l and the connections. It returns nil then, and never before.
func (s *Server) Serve(ctx context.Context, l *net.UnixListener) error {
	var windows errgroup.Group
	windows.SetLimit(maxWindows)
	end := sync.OnceFunc(func() {
		_ = l.Close()
		s.Renew()
	})
	// Not after the loop only: that may be waiting for one of too many windows to go.
	stop := context.AfterFunc(ctx, end)
	defer stop()
	for ctx.Err() == nil {
		conn, err := l.AcceptUnix()
		if err != nil {
			s.pause(ctx, err)
			continue
		}
		windows.Go(func() error {
			s.attend(ctx, conn)
			return nil
		})
	}
	end()
	return windows.Wait()
}

// pause keeps a lack of file descriptors from becoming a busy loop, and from
// ending the daemon.
func (s *Server) pause(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	s.Log.Warn("window socket: accepting", "err", err)
	select {
	case <-ctx.Done():
	case <-time.After(acceptPause):
	}
}

// attend serves one connection until either side ends it.
func (s *Server) attend(ctx context.Context, conn *net.UnixConn) {
	defer conn.Close()
	peer, err := credentials(conn)
	if err != nil {
		s.Log.Warn("window socket: peer unknown", "err", err)
		return
	}
	log := s.Log.With("uid", peer.Uid, "pid", peer.Pid)
	if !slices.Contains(s.UIDs, peer.Uid) {
		log.Warn("window refused", "allowed", s.UIDs)
		_ = send(conn, wire{Refused: true})
		return
	}
	if !s.keep(ctx, conn) {
		return
	}
	defer s.drop(conn)
	if err := send(conn, wire{URL: s.URL, Token: s.Admit()}); err != nil {
		log.Warn("window socket: sending the pass", "err", err)
		return
	}
	log.Info("window admitted")
	_, _ = conn.Read(make([]byte, 1)) // a window says nothing: this is the end
	log.Info("window gone")
}

// credentials are what the kernel knows of the process that connected.
func credentials(conn *net.UnixConn) (*unix.Ucred, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	var peer *unix.Ucred
	var inner error
	err = raw.Control(func(fd uintptr) {
		peer, inner = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	return peer, errors.Join(err, inner)
}

func send(conn net.Conn, w wire) error {
	if err := conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return err
	}
	return json.NewEncoder(conn).Encode(w)
}

// Renew ends every connection, so that each window comes again for a fresh pass
// and a fresh page: for a page that no longer gives a sign of life.
func (s *Server) Renew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		_ = conn.Close()
	}
}

// keep notes a connection for [Server.Renew], unless the end came first.
func (s *Server) keep(ctx context.Context, conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return false
	}
	if s.conns == nil {
		s.conns = make(map[net.Conn]struct{})
	}
	s.conns[conn] = struct{}{}
	return true
}

func (s *Server) drop(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}
