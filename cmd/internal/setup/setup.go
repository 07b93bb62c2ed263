package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// Exit codes besides those of package exit.
const (
	exitNotFound = 3 // a reader or a printer
	exitNotWell  = 4 // it is put up, and something does not work
)

// readyTime is how long the daemon may take until it answers, and a reader until it is
// there.
const readyTime = 60 * time.Second

// Setup puts a kiosk up.
type Setup struct {
	Config string // the file that is written
	Socket string // of kioskd
	Dev    string // "/dev"
	Out    io.Writer
	// Enrol has the portal take the kiosk.
	Enrol func(ctx context.Context, a Answers) error
	// Systemctl runs systemctl.
	Systemctl func(ctx context.Context, args ...string) error
}

// Run puts the kiosk up as the answers say. It can be run again after it failed.
func (s Setup) Run(ctx context.Context, a Answers) error {
	if err := a.resolve(Look(ctx, s.Dev)); err != nil {
		return err
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	if err := s.write(c); err != nil {
		return err
	}
	if err := s.enrol(ctx, c, a); err != nil {
		return err
	}
	if len(a.Units) > 0 {
		if err := s.start(ctx, a.Units); err != nil {
			return err
		}
	}
	if !a.Test {
		return nil
	}
	return s.try(ctx, c)
}

func (s Setup) say(format string, args ...any) { fmt.Fprintf(s.Out, format+"\n", args...) }

// write writes the configuration for the group that kioskd is of. The file before is
// kept beside it.
func (s Setup) write(c config.Config) error {
	temp, err := os.CreateTemp(filepath.Dir(s.Config), ".kioskd-*.toml")
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // it has its name, or is of no use
	_, err = temp.WriteString(c.Text())
	if err = errors.Join(err, temp.Chmod(0o640), ownedAs(temp, c.StateDir), temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	before := s.Config + ".before"
	if err := os.Rename(s.Config, before); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("keeping the configuration of before: %w", err)
	} else if err == nil {
		s.say("configuration  the one of before is kept as %s", before)
	}
	if err := os.Rename(temp.Name(), s.Config); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	s.say("configuration  %s is written", s.Config)
	return nil
}

// enrol has the portal take the kiosk, where it is not taken yet.
func (s Setup) enrol(ctx context.Context, c config.Config, a Answers) error {
	if _, err := os.Stat(filepath.Join(c.Credentials(), "kiosk.json")); err == nil {
		s.say("portal         this kiosk is enrolled already")
		return nil
	}
	if a.Portal == "" {
		s.say("portal         not enrolled: kioskctl enrol, before kioskd can start")
		return nil
	}
	return s.Enrol(ctx, a)
}

// start has systemd run the units, now and after a restart of the machine.
func (s Setup) start(ctx context.Context, units []string) error {
	for _, do := range []string{"enable", "restart"} {
		if err := s.Systemctl(ctx, append([]string{do}, units...)...); err != nil {
			return err
		}
	}
	s.say("started        %s", strings.Join(units, ", "))
	return nil
}

// Systemctl runs systemctl of this machine.
func Systemctl(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "systemctl", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("systemctl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// try tries every part through the daemon.
func (s Setup) try(ctx context.Context, c config.Config) error {
	client := control.NewClient(s.Socket)
	wait, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	roles := []string{config.PatientReader}
	if c.Cards.DeskReader != "" {
		roles = append(roles, config.DeskReader)
	}
	status, err := ready(wait, client, roles)
	if err != nil {
		return err
	}
	s.say("kioskd         runs as %s", status.Kiosk)
	var wrong []string
	for _, r := range status.Readers {
		s.say("%-14s %s: %s", r.Role+" reader", r.Name, r.State)
	}
	if !has(status, config.PatientReader) {
		s.say("! no card reader: %s", status.CardService)
		wrong = append(wrong, "card reader")
	}
	for _, name := range slices.Sorted(maps.Keys(c.AllPrinters())) {
		if !s.printsOn(ctx, client, c, name) {
			wrong = append(wrong, "printer "+name)
		}
	}
	if len(wrong) > 0 {
		return exit.Errorf(exitNotWell, "the kiosk is put up, but does not work yet: %s: kioskctl doctor says what to do", strings.Join(wrong, ", "))
	}
	s.say("done           kioskctl doctor looks at everything at any time")
	return nil
}

// has tells whether there is a reader of a role.
func has(s control.Status, role string) bool {
	return slices.ContainsFunc(s.Readers, func(r control.Reader) bool { return r.Role == role })
}

// ready waits until the daemon answers and has found a reader of each role, which it
// finds one after the other, or time is up: then it is as it is.
func ready(ctx context.Context, client *control.Client, roles []string) (last control.Status, err error) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		last, err = client.Status(ctx)
		if err == nil && !slices.ContainsFunc(roles, func(role string) bool { return !has(last, role) }) {
			return last, nil
		}
		select {
		case <-ctx.Done():
			if err != nil {
				return last, fmt.Errorf("kioskd was started and does not answer: journalctl -u kioskd says why: %w", err)
			}
			return last, nil
		case <-tick.C:
		}
	}
}

// printsOn prints the commissioning page on a printer.
func (s Setup) printsOn(ctx context.Context, client *control.Client, c config.Config, name string) bool {
	p, err := client.Print(ctx, control.Order{Kind: "test", Language: c.Booth.Languages[0], Printer: name})
	if err != nil {
		s.say("! printer %s: %v", name, err)
		return false
	}
	s.say("%-14s %s", "printer "+name, p.Outcome)
	if len(p.Faults) > 0 || p.Error != "" {
		s.say("! printer %s: %s", name, strings.Join(append(p.Faults, p.Error), " "))
		return false
	}
	return true
}
