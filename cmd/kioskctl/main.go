// Kioskctl is the technician's command: it asks the running daemon how everything
// stands, and looks at cards by itself.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"balie/cmd/internal/cardcmd"
	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/manual"
	"balie/cmd/internal/version"
)

const help = `The technician's command of a Balie kiosk.

  kioskctl status        how everything stands, and what to do where it does not
  kioskctl card          read a card, watch the readers, check a PIN
  kioskctl queue         what the portal must still hear
  kioskctl worklist      today's appointments, for when the portal is away
  kioskctl printers      the printers of the booth, and how each is now
  kioskctl print test    a test page, and what the printer could prove of it
  kioskctl print KIND    any paper of the booth, on a printer or into a file
  kioskctl forms         sheets of A4 that are kept for the desk
  kioskctl audit         who of the staff did what at the desk, and whether that holds
  kioskctl metrics       the booth's numbers, for Prometheus
  kioskctl enrol         have the portal take this kiosk
  kioskctl doctor        look at every part, with or without kioskd
  kioskctl support-bundle  one archive for who maintains Balie, with nothing of a person
  kioskctl technician-code  set the code of the technician's page on the kiosk
  kioskctl decommission  take this kiosk out of service for good, and wipe it
  kioskctl setup         put this kiosk up, step by step or from a file of answers
  kioskctl config        look at the configuration, compare it, have it taken
  kioskctl idle          wait until nobody is at the booth

All but card, print with --to and the first enrol ask the running kioskd over its Unix socket. kioskd lets in root, its
own user, and the group that control.group names. Nothing that is shown is of a
person, but for what card read shows of the card that you put in.

Exit codes:
  0  done
  1  it went wrong; the last line on stderr says what; doctor: only warnings
  2  an option or an argument is wrong; doctor: something does not work
  3  status: something does not work;  card: no reader;
     idle: somebody is still there;
     worklist: none that is fresh;
     audit verify: a record is not as it was written;
     print, printers: no such printer, or it cannot be reached;
     queue: no such action, or not one that this can be done to;
     enrol: the portal is away, or is not the token's;
     config: something differs, or waits for a restart
  4  kioskd does not run;              card: no card in time;
     print, printers: it needs a person (paper, cover, jam);
     enrol: nobody confirmed it at the portal in time
  5  kioskd does not let this user in; card: not a Belgian identity card;
     print: nobody knows what became of it;
     enrol: what it gives cannot be kept here
  6  card: the card went, or failed;
     print: nobody took it, and the printer drew it back in;
     enrol: the token is not good, or another kiosk's
  7  card: read, but a check is invalid
  8  card: PC/SC cannot be reached`

// Exit codes besides those of package exit, as --help has them; those of card are
// its own.
const (
	exitOutOfOrder = 3
	exitNoAction   = 3
	exitNotRunning = 4
	exitRefused    = 5
	exitToken      = 6
	exitDiffers    = 3
)

const defaultSocket = "/run/balie/control.sock"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := exit.Execute(ctx, root(), os.Args[1:], os.Stderr, coded)
	stop()
	os.Exit(code)
}

// coded gives an error of the daemon's door its exit code, where it has none.
func coded(err error) error {
	var has *exit.Error
	switch {
	case errors.As(err, &has):
		return err
	case errors.Is(err, control.ErrNotRunning):
		return exit.Errorf(exitNotRunning, "%w", err)
	case errors.Is(err, control.ErrRefused):
		return exit.Errorf(exitRefused, "%w", err)
	case errors.Is(err, control.ErrUnknown):
		return exit.Errorf(exitNoAction, "%w: kioskctl queue list shows what there is", err)
	}
	return err
}

// door is the daemon behind the socket that an option names.
type door struct{ socket string }

func (d *door) client() *control.Client { return control.NewClient(d.socket) }

func root() *cobra.Command {
	d := &door{}
	cmd := &cobra.Command{
		Use: "kioskctl", Short: "The technician's command of a kiosk", Long: help, Version: version.String(),
		SilenceErrors: true, SilenceUsage: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.PersistentFlags().StringVar(&d.socket, "socket", defaultSocket, "kioskd's control `SOCKET`")
	cmd.AddCommand(statusCommand(d), cardcmd.Command(), queueCommand(d), worklistCommand(d), printersCommand(d), printCommand(d), formsCommand(d),
		metricsCommand(d), enrolCommand(d), auditCommand(d))
	cmd.AddCommand(configCommand(d), setupCommand(d), doctorCommand(d), bundleCommand(d), decommissionCommand(d), codeCommand(d))
	cmd.AddCommand(idleCommand(d), manual.Command(8))
	return cmd
}
