package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"balie/cmd/internal/roots"
	"balie/hw/eid"
	"balie/internal/durable"
	"balie/sync/portal/reference"
)

// serve is portald itself: it serves until ctx ends.
func serve(ctx context.Context, s settings, stderr io.Writer) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	testRoots, err := roots.Read(s.testRoots...)
	if err != nil {
		return usage("--trust-test-root: %v", err)
	}
	config, err := s.tls()
	if err != nil {
		return err
	}
	trust, err := eid.NewTrust(eid.TrustOptions{TestRoots: testRoots})
	if err != nil {
		return usage("--trust-test-root: %v", err)
	}
	store, secrets, err := s.portal(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	unlock, err := lock(s.state)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	log := slog.New(slog.NewTextHandler(stderr, nil))
	server, err := reference.New(reference.Options{
		Store: store, Secrets: secrets, Verifier: verifier{trust}, Test: trust.Testing(), Bench: s.bench, Lookups: s.lookups, Log: log,
		Cost: reference.Cost{Passes: reference.UsualCost.Passes, KiB: s.hashKiB},
	})
	if err != nil {
		return err
	}
	return s.run(ctx, server, store, config, log)
}

// run listens, says where, and serves until ctx ends.
func (s settings) run(ctx context.Context, portal *reference.Server, store *reference.Store, config *tls.Config, log *slog.Logger) (err error) {
	switch s.seed {
	case "demo":
		if err = portal.Seed(ctx); err == nil && len(s.testRoots) > 0 {
			err = suiteStaff(ctx, store)
		}
	case "suite":
		err = seedSuite(ctx, portal, store)
	}
	if err != nil {
		return advise(err)
	}
	if s.people != "" {
		if err := admit(ctx, portal, s.people); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return &exitError{exitAddress, fmt.Errorf("listening: %w: choose another --listen", err)}
	}
	url := s.scheme() + "://" + here(listener.Addr())
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	if err := announce(s.state, url); err != nil {
		return errors.Join(&exitError{exitState, err}, listener.Close())
	}
	defer func() { err = errors.Join(err, os.Remove(portaldPath(s.state))) }()
	log.Info("portal listens", "url", url, "test", len(s.testRoots) > 0, "bench", s.bench, "seed", s.seed)
	group, ctx := errgroup.WithContext(ctx)
	if s.seed == "demo" {
		group.Go(func() error { return portal.KeepSeeded(ctx) })
	}
	listen(ctx, group, portal.Handler(), listener)
	return group.Wait()
}

// here is an address as this computer reaches it: where all are listened on, by
// localhost.
func here(a net.Addr) string {
	if tcp, is := a.(*net.TCPAddr); is && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return a.String()
}

// listen serves until ctx ends, and lets calls that run end.
func listen(ctx context.Context, group *errgroup.Group, handler http.Handler, listener net.Listener) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 3 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if server.Shutdown(end) != nil {
			return server.Close()
		}
		return nil
	})
}

// place is portald.json.
type place struct {
	URL   string `json:"url"`
	Staff string `json:"staff"`
}

// announce writes portald.json, at once or not at all.
func announce(dir, url string) error {
	text, err := json.MarshalIndent(place{URL: url, Staff: url + "/staff/"}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing portald.json: %w", err)
	}
	return durable.WriteFile(portaldPath(dir), append(text, '\n'))
}

// lock makes the state folder ours until unlock, and takes away what an earlier
// portald said of itself.
func lock(dir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, "portald.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, &exitError{exitState, fmt.Errorf("locking the state folder: %w", err)}
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(&exitError{exitState, fmt.Errorf("another portald works in %s: choose another --state-dir", dir)}, f.Close())
	}
	if err := os.Remove(portaldPath(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(&exitError{exitState, fmt.Errorf("preparing the state folder: %w", err)}, f.Close())
	}
	return f.Close, nil
}
