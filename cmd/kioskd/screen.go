package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/kiosk"
	"balie/ui"
	"balie/ui/admit"
)

// How often it is looked whether the window lives, and for how long it may be
// silent. A page gives a sign of life every few seconds.
const (
	tendEvery = 5 * time.Second
	silentFor = 30 * time.Second
)

// screen serves the pages, and lets the window in.
type screen struct {
	ui      *ui.Server
	server  *http.Server
	listen  net.Listener
	window  *net.UnixListener
	admits  *admit.Server
	url     string
	renewed time.Time // of the goroutine of tend
}

func (b *booth) buildScreen(context.Context) (err error) {
	c := b.config
	if err := makeRunDir(c.RunDir); err != nil {
		return err
	}
	service, err := b.buildTechnician()
	if err != nil {
		return err
	}
	o := ui.Options{Press: b.press, Say: b.speech.say(), Technician: service.Handler()}
	if c.Cards.PIN == string(kiosk.PINScreen) {
		o.PIN = b.readers.pin.put
	}
	b.screen, err = b.openScreen(o, "screen.listen", c.Screen.Listen, "window.sock")
	return err
}

// openScreen makes a screen at an address, and the socket through which its window is let
// in.
func (b *booth) openScreen(o ui.Options, key, listen, socket string) (s *screen, err error) {
	c := b.config
	if o.Hospital, err = hospital(c.Hospital); err != nil {
		return nil, exit.Errorf(exit.Usage, "%w", err)
	}
	uids, err := windowUsers(c.Screen)
	if err != nil {
		return nil, exit.Errorf(exitUnusable, "%w", err)
	}
	o.Texts, o.Development, o.FrameAncestors, o.Log = b.texts, c.Screen.Development, c.Screen.FrameAncestors, b.log
	s = &screen{}
	if s.ui, err = ui.New(o); err != nil {
		return nil, exit.Errorf(exit.Usage, "hospital: %w", err)
	}
	if s.listen, err = net.Listen("tcp", listen); err != nil {
		return nil, exit.Errorf(exitUnusable, "%s: %w: stop what uses it, or choose another port", key, err)
	}
	s.url = "http://" + s.listen.Addr().String() + "/"
	if s.window, err = admit.Listen(filepath.Join(c.RunDir, socket)); err != nil {
		return nil, errors.Join(exit.Errorf(exitUnusable, "run_dir: %w", err), s.listen.Close())
	}
	s.admits = &admit.Server{URL: s.url, Admit: s.ui.Admit, UIDs: uids, Log: b.log}
	s.server = &http.Server{
		Handler: s.ui.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(b.log.Handler(), slog.LevelWarn),
	}
	s.server.RegisterOnShutdown(s.ui.Close)
	return s, nil
}

// makeRunDir makes the folder of the sockets; each socket asks who comes.
func makeRunDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return exit.Errorf(exitUnusable, "run_dir: %w: make it for the user of kioskd, or choose another", err)
	}
	return nil
}

func hospital(c config.Hospital) (ui.Hospital, error) {
	h := ui.Hospital{Name: c.Name, Phone: c.Phone, Primary: c.Primary, Accent: c.Accent}
	if c.Logo == "" {
		return h, nil
	}
	logo, err := os.ReadFile(c.Logo)
	if err != nil {
		return h, fmt.Errorf("hospital.logo: %w", err)
	}
	h.Logo = logo
	return h, nil
}

// windowUsers are who may have the screen's token. In development it is the user
// that kioskd runs as, too.
func windowUsers(c config.Screen) ([]uint32, error) {
	var uids []uint32
	if c.Development {
		uids = append(uids, uint32(os.Geteuid()))
	}
	if n, err := strconv.ParseUint(c.WindowUser, 10, 32); err == nil {
		return append(uids, uint32(n)), nil
	}
	u, err := user.Lookup(c.WindowUser)
	if err != nil && c.Development {
		return uids, nil
	}
	var unknown user.UnknownUserError
	if err != nil && !errors.As(err, &unknown) {
		return nil, fmt.Errorf("screen.window_user: looking up %q: %w", c.WindowUser, err)
	}
	if err != nil {
		return nil, fmt.Errorf("screen.window_user: no user %q on this machine: systemd-sysusers makes it from packaging/systemd/sysusers.conf", c.WindowUser)
	}
	n, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("screen.window_user: %q has no numeric id", c.WindowUser)
	}
	return append(uids, uint32(n)), nil
}

// serve serves the pages until ctx ends.
func (s *screen) serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if s.server.Shutdown(end) != nil {
			_ = s.server.Close() // whoever still asks is cut off
		}
	})
	defer stop()
	if err := s.server.Serve(s.listen); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the screen: %w", err)
	}
	return nil
}

// admit lets windows in until ctx ends.
func (s *screen) admit(ctx context.Context) error { return s.admits.Serve(ctx, s.window) }

// tend sends for the window anew when its page has gone silent.
func (s *screen) tend(ctx context.Context) error {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if silent(now, s.ui.Alive(), s.renewed) {
				s.renewed = now
				s.admits.Renew()
			}
		}
	}
}

// silent tells whether a window that was alive once has said nothing for too long,
// and was not sent for just now.
func silent(now, alive, renewed time.Time) bool {
	return !alive.IsZero() && now.Sub(alive) > silentFor && now.Sub(renewed) > silentFor
}

// Close gives the addresses back, also where nothing was served.
func (s *screen) Close() error {
	err := s.listen.Close()
	if s.window != nil {
		err = errors.Join(err, s.window.Close())
	}
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
