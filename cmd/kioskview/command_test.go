package main

import (
	"bytes"
	"io"
	"log/slog"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// kioskview runs the program to its end, without a display.
func kioskview(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	v := &view{home: t.TempDir()}
	cmd := v.command(args...)
	cmd.Env = append(withoutDisplay(cmd.Env), "LC_ALL=C")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), said.String()
}

func TestSaysWhatIsWrongInOneLine(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no display", nil, exitNoDisplay, "no display to open a window on"},
		{"no display for the child", []string{"--respawn"}, exitNoDisplay, "no display to open a window on"},
		{"unknown option", []string{"--fullscreen"}, exitUsage, "unknown flag: --fullscreen"},
		{"an argument", []string{"http://example.org/"}, exitUsage, "takes options only"},
		{"no size", []string{"--size", "big"}, exitUsage, `"big" is not a size`},
		{"negative size", []string{"--size", "-5x100"}, exitUsage, "is not a size"},
		{"no socket", []string{"--socket", ""}, exitUsage, "a path is needed"},
		{"sandbox", []string{"--sandbox", "maybe"}, exitUsage, "one of auto, always, never"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stderr := kioskview(t, c.args...)
			if code != c.code || !strings.Contains(stderr, c.want) {
				t.Errorf("exit %d, %q; want %d and %q", code, stderr, c.code, c.want)
			}
			if n := strings.Count(stderr, "\n"); n != 1 {
				t.Errorf("%d lines, want 1:\n%s", n, stderr)
			}
		})
	}
}

func TestHelpNamesEveryExitCode(t *testing.T) {
	cmd := command(slog.New(slog.NewTextHandler(io.Discard, nil)))
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetArgs([]string{"--help"})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n  0  ", "\n  1  ", "\n  2  ", "\n  3  ", "\n  4  ", "--socket", "--respawn", "Examples:"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in the help", want)
		}
	}
}

func TestRespawn(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket, "--respawn")
	d.hear(t, "loaded")
	first := descendants(t, v.cmd.Process.Pid, "kioskview")
	if len(first) != 1 {
		t.Fatalf("%d windows under the parent, want 1", len(first))
	}
	if err := syscall.Kill(first[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	d.hear(t, "loaded")
	v.log.wait(t, "window died")
	if err := v.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := v.ended(t); code != exitOK {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
	eventually(t, "no window is left on the screen", func() bool { return is(shot(t, display), 1000, 1000, 0) })
}

func TestWindowDoesNotOutliveItsParent(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket, "--respawn")
	d.hear(t, "loaded")
	if err := v.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	v.ended(t)
	eventually(t, "no window is left on the screen", func() bool { return is(shot(t, display), 1000, 1000, 0) })
}

func TestPageProcessesEndWithAKilledWindow(t *testing.T) {
	display, d := xserver(t), newFakeDaemon(t)
	v := startView(t, display, "--socket", d.socket)
	d.hear(t, "loaded")
	web := descendants(t, v.cmd.Process.Pid, "WebKit")
	if len(web) < 2 {
		t.Fatalf("%d processes of WebKit, want at least 2", len(web))
	}
	if err := v.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	v.ended(t)
	for _, pid := range web {
		eventually(t, "it ended", func() bool { return exec.Command("kill", "-0", itoa(pid)).Run() != nil })
	}
}

func TestWatchdog(t *testing.T) {
	for usec, want := range map[string]time.Duration{
		"": 0, "x": 0, "0": 0, "-1": 0, "10000000": 5 * time.Second,
	} {
		if got := watchdog(usec); got != want {
			t.Errorf("WATCHDOG_USEC=%q: every %v, want %v", usec, got, want)
		}
	}
}
