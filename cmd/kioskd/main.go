// Kioskd is the daemon of an info booth: it reads cards, prints tickets, serves the
// screen and brings what people did to the portal. It is put together in build.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/logs"
	"balie/cmd/internal/manual"
	"balie/cmd/internal/state"
	"balie/cmd/internal/version"
)

const help = `The daemon of a Balie info booth. It watches the card readers through pcscd, prints
tickets, serves the screen that kioskview shows, keeps what people did on disk and
brings it to the portal.

SIGHUP has it read its configuration anew and take what needs no restart. It waits for what may come
later and come back: pcscd, a reader, the printer's cable, the portal, the window.
What can only be a mistake ends it at once, before anything is started, with one line
that says what to do.

It logs to stderr, one line per event, or to the journal field by field, and never a
name or a number of a person.
Look at a running one with kioskctl status.

Exit codes:
  0  ended by SIGTERM or SIGINT; a visit's promise that was being kept was kept
  1  something unforeseen; the last line on stderr says what
  2  an option or the configuration is wrong
  3  something the configuration names cannot be used: the address is taken, pcscd or
     the printer's port refuses this user, the port is not a serial device, no reader
     has that name, a user or a group does not exist
  4  another kioskd runs on the same state_dir
  5  what is kept cannot be used: written by a newer version or by another program,
     damaged, full, or no right to it; or the kiosk is not enrolled, or was wiped by
     order of the portal`

const examples = `  kioskd --config /etc/balie/kioskd.toml
  kioskd --config kioskd.toml --check     look whether it could start, and end`

// Exit codes besides those of package exit, as --help has them.
const (
	exitUnusable = 3
	exitRuns     = 4
	exitState    = 5
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := exit.Execute(ctx, command(), os.Args[1:], os.Stderr, nil)
	stop()
	os.Exit(code)
}

func command() *cobra.Command {
	var path string
	var check bool
	cmd := &cobra.Command{
		Use: "kioskd --config FILE", Short: "The daemon of an info booth",
		Long: help, Example: examples, Version: version.String(), Args: cobra.NoArgs,
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(path)
			if err != nil {
				return exit.Errorf(exit.Usage, "%w", err)
			}
			if !check {
				if err := overwriteFreed(); err != nil {
					return err
				}
			}
			log := slog.New(logs.Handler(os.Stderr))
			return run(cmd.Context(), c, check, log)
		},
	}
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.AddCommand(manual.Command(8))
	cmd.Flags().StringVar(&path, "config", "/etc/balie/kioskd.toml", "the configuration `FILE`")
	cmd.Flags().BoolVar(&check, "check", false, "look whether it could start here and now, and end")
	return cmd
}

// run takes hold of everything, then runs it until ctx ends. What cannot be taken
// hold of ends it before anything was started.
func run(ctx context.Context, c config.Config, check bool, log *slog.Logger) (err error) {
	if !c.Screen.Development { // a debugger is for desks
		if err := keepNoCore(); err != nil {
			return err
		}
	}
	unlock, err := state.Lock(c.StateDir)
	if errors.Is(err, state.ErrHeld) {
		return exit.Errorf(exitRuns, "%w: stop it, or give this one a state_dir of its own", err)
	}
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	b, err := build(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if check {
		fmt.Println("kioskd: it can start")
		return nil
	}
	return b.Run(ctx)
}
