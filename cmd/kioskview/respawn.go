package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	firstPause   = 200 * time.Millisecond
	longestPause = 10 * time.Second
	steady       = time.Minute     // a window that lived so long starts the pauses anew
	stopTimeout  = 5 * time.Second // from SIGTERM to SIGKILL
)

// childError is a window that ended for a reason that a new one would not change.
type childError struct{ code int }

func (e *childError) Error() string { return fmt.Sprintf("the window ended with exit code %d", e.code) }

// childArgs are the options as given, without --respawn.
func childArgs(cmd *cobra.Command) []string {
	var args []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "respawn" {
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	})
	return args
}

// respawn runs the window as a child, and again whenever it dies, until ctx ends.
// It is for the main goroutine: the child is told of the death of the thread that
// started it.
func respawn(ctx context.Context, args []string, log *slog.Logger) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	pause := time.Duration(0)
	for {
		began := time.Now()
		err := child(ctx, self, args)
		if ctx.Err() != nil {
			return nil
		}
		if err := final(err); err != nil {
			return err
		}
		if time.Since(began) >= steady {
			pause = 0
		}
		pause = min(max(2*pause, firstPause), longestPause)
		log.Warn("window died; starting it again", "err", err, "in", pause)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// child runs one window until it ends. When ctx ends it is asked to end, and
// killed if it does not.
func child(ctx context.Context, self string, args []string) error {
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	return cmd.Run()
}

// final gives the error of a window that is not worth starting again: there is no
// way to show it. One that was ended from outside is.
func final(err error) error {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("starting the window: %w", err)
	}
	code := 0
	if exit != nil {
		code = exit.ExitCode()
	}
	switch code {
	case exitUsage, exitNoDisplay, exitNoSandbox:
		return &childError{code}
	}
	return nil
}
