package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"balie/cmd/internal/desk"
	admission "balie/ui/admit"
)

// paints is the booth's page at another address, where its first sign of life is seen:
// the page gives one once it is painted.
type paints struct {
	url     string
	painted chan struct{}
}

// servePaints serves it, and passes to it for a window, until ctx ends.
func servePaints(ctx context.Context, group *errgroup.Group, booth, socket string) (*paints, error) {
	target, err := url.Parse(booth)
	if err != nil {
		return nil, fmt.Errorf("finding the booth: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	door, err := admission.Listen(socket)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	p := &paints{url: "http://" + l.Addr().String() + "/", painted: make(chan struct{}, 1)}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo) // a page that goes takes its stream with it
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/alive" {
			select {
			case p.painted <- struct{}{}:
			default:
			}
		}
		proxy.ServeHTTP(w, r)
	})}
	group.Go(func() error { return ignoreClosed(server.Serve(l)) })
	passes := &admission.Server{URL: p.url, Admit: rand.Text, UIDs: []uint32{uint32(os.Geteuid())}, Log: slog.New(slog.DiscardHandler)}
	group.Go(func() error { return passes.Serve(ctx, door) })
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	return p, nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// benchWindow shows the same page in the window and in a browser, one after the other.
func benchWindow(ctx context.Context, s daemonSettings, d *desk.Desk, out io.Writer) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	defer func() {
		cancel()
		err = errors.Join(err, group.Wait())
	}()
	display, end, err := xvfb(ctx)
	if err != nil {
		return err
	}
	defer end()
	dir, err := os.MkdirTemp("", "bench-window-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	socket := filepath.Join(dir, "window.sock")
	p, err := servePaints(ctx, group, d.BoothURL, socket)
	if err != nil {
		return err
	}
	env := []string{"DISPLAY=" + display, "HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "NO_AT_BRIDGE=1"}
	ours := []string{filepath.Join(s.bin, "kioskview"), "--socket", socket, "--hide-cursor"}
	theirs := []string{"chromium", "--kiosk", "--app=" + p.url, "--no-first-run", "--no-sandbox", "--user-data-dir=" + filepath.Join(dir, "chromium")}
	window, err := p.show(ctx, env, ours)
	if err != nil {
		return err
	}
	browser, err := p.show(ctx, env, theirs)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "window              %6d ms to its first paint, %.0f MB in memory (proportional)\n", window.paint.Milliseconds(), float64(window.kB)/1000)
	fmt.Fprintf(out, "chromium --kiosk    %6d ms, %.0f MB; the window has %.2f of it (limit 0.60)\n", browser.paint.Milliseconds(), float64(browser.kB)/1000, float64(window.kB)/float64(browser.kB))
	return nil
}

// shown is what showing the page took.
type shown struct {
	paint time.Duration
	kB    int
}

// Rounds of showing the page: what is in no cache yet is not counted, as after a power
// cut, nor is a new profile.
const showRounds = 4

// show starts a program that shows the page some times, and gives the medians.
func (p *paints) show(ctx context.Context, env, command []string) (shown, error) {
	var paint []time.Duration
	var kB []int
	for round := range showRounds {
		once, err := p.showOnce(ctx, env, command)
		if err != nil {
			return shown{}, err
		}
		if round > 0 {
			paint, kB = append(paint, once.paint), append(kB, once.kB)
		}
	}
	return shown{median(paint), median(kB)}, nil
}

func (p *paints) showOnce(ctx context.Context, env, command []string) (s shown, err error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return s, fmt.Errorf("starting %s: %w", command[0], err)
	}
	defer func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()                                      // by a signal
		select {
		case <-p.painted: // a last one
		default:
		}
	}()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	select {
	case <-p.painted:
		s.paint = time.Since(began)
	case <-limit.C:
		return s, fmt.Errorf("%s shows no page", command[0])
	case <-ctx.Done():
		return s, ctx.Err()
	}
	settle := time.NewTimer(8 * time.Second)
	defer settle.Stop()
	select {
	case <-settle.C:
	case <-ctx.Done():
		return s, ctx.Err()
	}
	s.kB, _ = memory(cmd.Process.Pid)
	return s, nil
}

// xvfb starts an X server without a screen, and gives its display.
func xvfb(ctx context.Context) (display string, end func(), err error) {
	reads, writes, err := os.Pipe()
	if err != nil {
		return "", nil, fmt.Errorf("starting Xvfb: %w", err)
	}
	defer reads.Close()
	cmd := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1080x1920x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{writes}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err = errors.Join(cmd.Start(), writes.Close())
	if err != nil {
		return "", nil, fmt.Errorf("starting Xvfb: %w: apt-get install xvfb", err)
	}
	number, err := bufio.NewReader(reads).ReadString('\n')
	end = func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}
	if err != nil {
		end()
		return "", nil, fmt.Errorf("starting Xvfb: %w", err)
	}
	return ":" + strings.TrimSpace(number), end, nil
}
