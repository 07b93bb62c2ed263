// Kiosksim is the booth's hardware on a desk without any: identity cards that
// never existed, readers behind a real pcscd, and a receipt printer on a pty. The
// programs of the booth see what they would see on a kiosk.
//
// It is for developers, tests and trainers. Nothing here belongs on a kiosk.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

const help = `Plays the hardware of a booth on a desk: virtual identity cards, readers behind a
real pcscd, a receipt printer. kioskd cannot tell it from the real thing.

  kiosksim desk          a whole booth on this desk: hardware, portal, daemon, window
  kiosksim demo          the main visits with nobody touching anything
  kiosksim bench         the hardware, with a page to work it by hand
  kiosksim card          look at, mint and play single cards
  kiosksim printer       a printer alone
  kiosksim bench-visits  what a check-in takes on the whole stack, measured
  kiosksim bench-card    what reading a card takes, counted and measured
  kiosksim bench-daemon  daemon and window while nobody is there, measured

Virtual readers need the Debian packages pcscd and vsmartcard-vpcd.

Exit codes:
  0  done, or ended by SIGTERM, SIGINT or SIGHUP
  1  it went wrong; the last line on stderr says what
  2  an option, an argument or a card description is wrong; nothing was started`

// Exit codes, as --help has them.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code := execute(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// commands are all there are, one file each.
func commands() []*cobra.Command {
	return []*cobra.Command{deskCommand(), demoCommand(), visitsCommand(), benchCommand(), benchCardCommand(), benchPrintCommand(), benchDaemonCommand(), cardCommand(), printerCommand()}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "kiosksim",
		Short:         "Plays the hardware of a booth",
		Long:          help,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.AddCommand(commands()...)
	return cmd
}

// execute runs a command and says how it ended, in one line on stderr if badly.
func execute(ctx context.Context, args []string) int {
	cmd := root()
	cmd.SetArgs(args)
	began := false // cobra tells in no other way whether it was the call that was wrong
	cmd.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(os.Stderr, "kiosksim:", strings.ReplaceAll(err.Error(), "\n", "; ")) // one line, of joined errors too
	var usage *usageError
	if !began || errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// usageError is something wrong with how the program was called.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() + " (see kiosksim --help)" }
func (e *usageError) Unwrap() error { return e.err }
