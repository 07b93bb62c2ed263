package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/kiosk"
)

// idleEvery is how often the daemon is asked: short against the time in which the next
// person walks up.
const idleEvery = 250 * time.Millisecond

func idleCommand(d *door) *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use: "idle", Short: "Wait until nobody is at the booth", Args: cobra.NoArgs,
		Long: `Waits until no visit is under way and no paper is being printed, and ends. An update
waits like this before it restarts kioskd; what is in the queue stays there, and is
delivered by the new one. A kioskd that does not run serves nobody: that is code 0.

Exit code 3 where somebody is still there after --wait.`,
		Example: "  kioskctl idle --wait 10m && systemctl restart kioskd",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return waitIdle(cmd.Context(), d.client(), wait)
		},
	}
	cmd.Flags().DurationVar(&wait, "wait", time.Minute, "how long to wait, at most")
	return cmd
}

// errBusy is that somebody was there all the time.
var errBusy = errors.New("somebody is still at the booth, or a paper is being printed")

// waitIdle returns when nobody is at the booth.
func waitIdle(ctx context.Context, d control.Daemon, wait time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, wait, errBusy)
	defer cancel()
	tick := time.NewTicker(idleEvery)
	defer tick.Stop()
	for {
		idle, err := nobody(ctx, d)
		switch {
		case errors.Is(err, control.ErrNotRunning) || idle:
			return nil
		case err != nil && ctx.Err() == nil:
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errBusy) {
				return exit.Errorf(exitOutOfOrder, "%w", errBusy)
			}
			return ctx.Err()
		}
	}
}

// nobody tells whether nobody is at the booth, and nothing is being printed.
func nobody(ctx context.Context, d control.Daemon) (bool, error) {
	s, err := d.Status(ctx)
	if err != nil {
		return false, err
	}
	if on := kiosk.Screen(s.Screen.Showing); on != kiosk.ScreenWelcome && on != kiosk.ScreenClosed {
		return false, nil
	}
	printers, err := d.Printers(ctx)
	if err != nil {
		return false, err
	}
	for _, p := range printers {
		if p.Waiting > 0 {
			return false, nil
		}
	}
	return true, nil
}
