package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
)

const deskHelp = `Puts a whole booth on this desk: the bench with its virtual hardware, the reference
portal, the daemon kioskd, and its window where there is a display. All are the real
programs, and they run until Ctrl-C.

It prints where to look:

  booth    the screen, as it hangs in the hall
  bench    the hardware: put cards in, pull them out, open the printer's cover
  portal   what the hospital's staff sees

Everything is kept in the state folder and is there again the next time.`

// The addresses of a desk, where they are free.
const (
	deskBooth  = "127.0.0.1:8610"
	deskBench  = "127.0.0.1:8620"
	deskPortal = "127.0.0.1:8630"
)

// deskSettings are the options as given.
type deskSettings struct {
	bin, state string
	readers    int
	window     string
	quiet      bool
}

func deskCommand() *cobra.Command {
	var s deskSettings
	cmd := &cobra.Command{
		Use: "desk", Short: "A whole booth on this desk, with portal and window", Long: deskHelp,
		Example: "  kiosksim desk --bin build/bin --state build/desk", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDesk(cmd.Context(), s, cmd.OutOrStdout()) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.bin, "bin", "build/bin", "`folder` of the programs")
	flags.StringVar(&s.state, "state", "build/desk", "`folder` of everything that is kept")
	flags.IntVar(&s.readers, "readers", 1, "how many card readers, 1 to 16")
	flags.StringVar(&s.window, "window", "auto", "the booth in a window of its own: auto (where there is a display), always, never")
	flags.BoolVar(&s.quiet, "quiet", false, "without what the parts log")
	return cmd
}

func runDesk(ctx context.Context, s deskSettings, out io.Writer) error {
	window, err := wantsWindow(s.window)
	if err != nil {
		return err
	}
	unlock, err := lock(s.state)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }() // the file is closed with the process at the latest
	o := desk.Options{
		Bin: s.bin, State: s.state, Readers: s.readers, Booth: deskBooth, Bench: deskBench, Portal: deskPortal,
		Window: window, LineTime: 14 * time.Millisecond, Change: func(c *config.Config) { c.Desk.On, c.Cards.PIN = true, "screen" },
	}
	if !s.quiet {
		o.Log = os.Stderr
	}
	fmt.Fprintln(out, "starting the booth …")
	d, err := desk.Start(ctx, o)
	if err != nil {
		if ctx.Err() != nil { // Ctrl-C while it started, which ended what ran
			return nil
		}
		return err
	}
	if err := employ(ctx, d, s.state); err != nil {
		return errors.Join(err, d.Close())
	}
	fmt.Fprintf(out, "\n  booth    %s\n  bench    %s\n  portal   %s/staff/\n\nOpen the bench and drag a card into the reader. Ctrl-C ends it all.\nAs a clerk: F9 on the booth's screen, badge %s\nAs a technician: %s --socket %s status\n\n",
		d.BoothURL, d.BenchURL, d.PortalURL, deskBadge, filepath.Join(s.bin, "kioskctl"), d.ControlSocket())
	return errors.Join(d.Wait(ctx), d.Close())
}

// wantsWindow tells whether the booth gets a window.
func wantsWindow(when string) (bool, error) {
	switch when {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "", nil
	}
	return false, &usageError{fmt.Errorf("--window: %q is none of auto, always, never", when)}
}

// deskBadge is the badge of the one clerk of the desk, who does not exist.
const deskBadge = "00112233445566778899aabbccddeeff"

// employ puts a clerk on the portal's staff list.
func employ(ctx context.Context, d *desk.Desk, state string) error {
	file := filepath.Join(state, "staff.json")
	if err := os.WriteFile(file, []byte(`[{"id": "kaat", "name": "Kaat", "role": "desk", "badge": "`+deskBadge+`"}]`), 0o600); err != nil {
		return fmt.Errorf("employing a clerk: %w", err)
	}
	return d.Portald(ctx, "staff", file)
}
