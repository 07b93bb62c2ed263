package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/setup"
	"balie/cmd/internal/state"
	"balie/sync/outbox"
)

const decommissionHelp = `Takes this kiosk out of service for good: waits until the portal has all that people
did, has the portal revoke its certificate, stops kioskd and kioskview, and wipes keys,
identity, worklist and queue. It says what it did, and asks before.

What cannot be delivered, because the portal refused it or is away, keeps it from going
on. --export writes the queue into a file first, sealed as it is: who runs the portal can
open it. --without-portal wipes without asking the portal: have it revoke the kiosk.

Exit codes:
  0  wiped
  2  not wanted after all: nothing was done
  3  the queue is not empty; nothing was wiped
  4  kioskd does not run: start it, or say --without-portal`

// decommissioning is a call of the command.
type decommissioning struct {
	door         *door
	path, export string
	wait         time.Duration
	yes, alone   bool
	systemctl    func(context.Context, ...string) error
}

func decommissionCommand(d *door) *cobra.Command {
	o := decommissioning{door: d, systemctl: setup.Systemctl}
	cmd := &cobra.Command{
		Use: "decommission", Short: "Take this kiosk out of service for good, and wipe it", Long: decommissionHelp, Args: cobra.NoArgs,
		Example: "  kioskctl decommission\n  kioskctl decommission --export queue.db --wait 1m",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&o.path, "config", configFile, "kioskd's configuration `FILE`")
	cmd.Flags().StringVar(&o.export, "export", "", "write what is left of the queue, sealed, into this `FILE`")
	cmd.Flags().DurationVar(&o.wait, "wait", 5*time.Minute, "how long to wait for the portal to have everything")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&o.alone, "without-portal", false, "wipe without the portal, and without kioskd")
	return cmd
}

func (o decommissioning) run(ctx context.Context, in io.Reader, out io.Writer) error {
	c, err := config.Load(o.path)
	if err != nil {
		return exit.Errorf(exit.Usage, "%w", err)
	}
	if _, err := os.Stat(o.export); o.export != "" && err == nil {
		return exit.Errorf(exit.Usage, "--export: %s is there already", o.export)
	}
	if !o.yes {
		answer, err := setup.NewTalk(in, out).Ask("All that this kiosk keeps will be wiped. Type wipe to go on")
		if err != nil || answer != "wipe" {
			return exit.Errorf(exit.Usage, "nothing was done")
		}
	}
	if !o.alone {
		if err := o.retire(ctx, out); err != nil {
			return err
		}
	}
	if err := o.systemctl(ctx, append([]string{"disable", "--now"}, setup.Units()...)...); err != nil {
		fmt.Fprintf(out, "! %v\n", err)
	}
	return o.wipe(ctx, c, out)
}

// retire drains the queue and has the portal take the kiosk out of service.
func (o decommissioning) retire(ctx context.Context, out io.Writer) error {
	client := o.door.client()
	s, err := o.drained(ctx, client)
	if err != nil {
		return err
	}
	if left := s.Queue.Pending + s.Queue.Parked; left > 0 && o.export == "" {
		return exit.Errorf(exitOutOfOrder, "%d actions wait for the portal and %d are parked: nothing was wiped: kioskctl queue list says why; --export keeps them in a file",
			s.Queue.Pending, s.Queue.Parked)
	}
	fmt.Fprintf(out, "queue          %d waiting, %d parked\n", s.Queue.Pending, s.Queue.Parked)
	if err := client.Retire(ctx, control.Retire{Exported: o.export != ""}); err != nil {
		return err
	}
	fmt.Fprintf(out, "portal         has taken %s out of service\n", s.Kiosk)
	return nil
}

// drained waits until the portal has everything, or time is up.
func (o decommissioning) drained(ctx context.Context, client *control.Client) (control.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, o.wait)
	defer cancel()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	var last control.Status
	for {
		s, err := client.Status(ctx)
		switch {
		case ctx.Err() != nil:
			return last, nil
		case err != nil:
			return last, err
		case s.Queue.Pending == 0:
			return s, nil
		}
		last = s
		if err := client.Deliver(ctx); err != nil && ctx.Err() == nil {
			return last, err
		}
		select {
		case <-ctx.Done():
			return last, nil
		case <-tick.C:
		}
	}
}

// wipe takes away all that the daemon kept, once it has ended.
func (o decommissioning) wipe(ctx context.Context, c config.Config, out io.Writer) error {
	unlock, err := o.locked(ctx, c.StateDir)
	if err != nil {
		return err
	}
	queue := filepath.Join(c.StateDir, "queue.db")
	if _, err := os.Stat(queue); err == nil && o.export != "" {
		if err := outbox.Export(ctx, queue, o.export); err != nil {
			return errors.Join(err, unlock())
		}
		fmt.Fprintf(out, "queue          exported, sealed, to %s\n", o.export)
	}
	var gone []string
	for _, dir := range []string{c.Credentials(), c.StateDir} {
		names, err := wipeFolder(dir)
		gone = append(gone, names...)
		if err != nil {
			return errors.Join(fmt.Errorf("wiping %s: %w", dir, err), unlock())
		}
	}
	if err := unlock(); err != nil {
		return err
	}
	fmt.Fprintf(out, "wiped          %s\n", strings.Join(gone, ", "))
	fmt.Fprintf(out, "left           %s, which holds no secret, and the journal\n", o.path)
	return nil
}

// locked waits until the daemon has let go of its folder.
func (o decommissioning) locked(ctx context.Context, dir string) (unlock func() error, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		unlock, err = state.Lock(dir)
		if !errors.Is(err, state.ErrHeld) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: stop it: systemctl stop kioskd; then call this again with --without-portal", err)
		case <-tick.C:
		}
	}
}

// wipeFolder writes over every file below a folder, and takes it away. Flash may keep
// what was written over; keys of value are in a TPM, or the disk is encrypted.
func wipeFolder(dir string) (gone []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
			return nil
		}
		if err == nil && d.Type().IsRegular() {
			err = overwrite(path)
		}
		if err == nil {
			err = os.Remove(path)
		}
		gone = append(gone, d.Name())
		return err
	})
	return gone, err
}

func overwrite(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	zeros := make([]byte, 64<<10)
	for left := info.Size(); left > 0 && err == nil; left -= int64(len(zeros)) {
		_, err = f.Write(zeros[:min(left, int64(len(zeros)))])
	}
	return errors.Join(err, f.Sync(), f.Close())
}
