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
	trust, err := eid.NewTrust(eid.TrustOptions{TestRoots: testRoots, CRLs: s.crls})
	if err != nil {
		return usage("--trust-test-root, --crls: %v", err)
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
	terminators, err := s.prefixes()
	if err != nil {
		return err
	}
	server, err := reference.New(reference.Options{
		Store: store, Secrets: secrets, Verifier: verifier{trust}, Test: trust.Testing(), Bench: s.bench, Lookups: s.lookups, Revocations: s.lists, Log: log,
		Terminators: terminators, CertificateLife: time.Duration(s.certificateDays) * 24 * time.Hour,
		Cost: reference.Cost{Passes: reference.UsualCost.Passes, KiB: s.hashKiB},
	})
	if err != nil {
		return err
	}
	kiosks, err := secrets.TLS()
	if err != nil {
		return err
	}
	return s.run(ctx, server, store, trust, config, kiosks, log)
}

// run listens, says where, and serves until ctx ends.
func (s settings) run(ctx context.Context, portal *reference.Server, store *reference.Store, trust *eid.Trust, config, kiosks *tls.Config, log *slog.Logger) (err error) {
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
	doors, at, err := s.open(config, kiosks)
	if err != nil {
		return err
	}
	if err := announce(s.state, at); err != nil {
		return errors.Join(&exitError{exitState, err}, closeAll(doors))
	}
	defer func() { err = errors.Join(err, os.Remove(portaldPath(s.state))) }()
	log.Info("portal listens", "url", at.URL, "staff", at.Staff, "test", len(s.testRoots) > 0, "bench", s.bench, "seed", s.seed)
	group, ctx := errgroup.WithContext(ctx)
	if s.seed == "demo" {
		group.Go(func() error { return portal.KeepSeeded(ctx) })
	}
	if s.crls != "" {
		group.Go(func() error { return s.keepCRLs(ctx, trust, log) })
	}
	for _, door := range doors {
		listen(ctx, group, portal.Handler(), door)
	}
	return group.Wait()
}

// open listens: for people and terminators, and for kiosks.
func (s settings) open(config, kiosks *tls.Config) (doors []net.Listener, at place, err error) {
	pages, err := door(s.listen, "--listen", config)
	if err != nil {
		return nil, at, err
	}
	at.Staff, doors = s.scheme()+"://"+here(pages.Addr())+"/staff/", append(doors, pages)
	if s.kiosks == "" {
		return doors, at, nil
	}
	forKiosks, err := door(s.kiosks, "--kiosks", kiosks)
	if err != nil {
		return nil, at, errors.Join(err, closeAll(doors))
	}
	at.URL = "https://" + here(forKiosks.Addr())
	return append(doors, forKiosks), at, nil
}

// door listens at an address that an option gave.
func door(at, option string, config *tls.Config) (net.Listener, error) {
	listener, err := net.Listen("tcp", at)
	if err != nil {
		return nil, &exitError{exitAddress, fmt.Errorf("listening: %w: choose another %s", err, option)}
	}
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	return listener, nil
}

func closeAll(doors []net.Listener) error {
	var errs []error
	for _, d := range doors {
		errs = append(errs, d.Close())
	}
	return errors.Join(errs...)
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
	URL   string `json:"url"` // for kiosks; empty where they come through a terminator only
	Staff string `json:"staff"`
}

// announce writes portald.json, at once or not at all.
func announce(dir string, at place) error {
	text, err := json.MarshalIndent(at, "", "  ")
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
