package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"balie/cmd/internal/config"
	"balie/cmd/internal/driver"
	"balie/cmd/internal/exit"
	"balie/internal/durable"
	"balie/printer"
	"balie/printer/spool"
	"balie/printer/spool/journal"
)

// buildPrinters makes the drivers of all printers, and the spool that their jobs go
// through.
func (b *booth) buildPrinters(ctx context.Context) error {
	b.devices = map[string]driver.Device{}
	all := b.config.AllPrinters()
	if len(all) == 0 {
		b.log.Warn("no printer.port is set: this booth prints nothing")
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		key := "printers." + name
		if name == config.TicketPrinter && b.config.Printer.Port != "" {
			key = "printer"
		}
		d, err := driver.Open(all[name], b.config.Printer.Profiles, b.log.With("name", name))
		if err != nil {
			return exit.Errorf(exit.Usage, "%s.profile: %w", key, err)
		}
		if err := b.probePort(ctx, name, d); err != nil {
			return exit.Errorf(exitUnusable, "%s.port: %w", key, err)
		}
		b.devices[name] = d
		if d.Role == config.TicketPrinter {
			b.tickets = &tickets{Device: d, name: name}
		}
	}
	return b.buildSpool(ctx)
}

// buildSpool opens the journal of print jobs. One that is damaged is set aside, and
// the booth goes on with a new one: what was printed when it broke is on paper, and
// nothing else that is kept stands for it.
func (b *booth) buildSpool(ctx context.Context) error {
	path := b.state("print.db")
	var damaged *durable.CorruptError
	var err error
	if b.journal, err = journal.Open(ctx, path); errors.As(err, &damaged) {
		b.log.Error("the journal of print jobs is damaged and was set aside", "file", damaged.Aside)
		b.journal, err = journal.Open(ctx, path)
	}
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	devices := map[string]printer.Printer{}
	for name, d := range b.devices {
		devices[name] = d.Printer
	}
	var left []spool.Entry
	if b.spool, left, err = spool.Open(ctx, spool.Options{Journal: b.journal, Printers: devices, Log: b.log}); err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	b.left.set(left)
	for _, e := range left {
		if e.Secret {
			b.log.Error("a print job with codes ended without anybody's word: what was on it is revoked",
				"job", e.ID, "printer", e.Printer, "outcome", e.Outcome.String(), "stage", string(e.Stage))
		}
	}
	if b.tickets != nil {
		b.tickets.spool = b.spool
	}
	return nil
}

// probePort finds what can only be a mistake.
func (b *booth) probePort(ctx context.Context, name string, d driver.Device) error {
	err := d.Probe(ctx)
	if err != nil && !driver.IsMistake(err) {
		b.log.Warn("no printer yet: waiting for it", "printer", name, "err", err)
		return nil
	}
	return err
}

// runSpool prints until ctx ends.
func (b *booth) runSpool(ctx context.Context) error {
	if b.spool == nil {
		return nil
	}
	return b.spool.Run(ctx)
}

// closePrinters gives back wires and journal.
func (b *booth) closePrinters() error {
	var errs []error
	for name, d := range b.devices {
		if err := d.Close(); err != nil {
			errs = append(errs, fmt.Errorf("closing printer %s: %w", name, err))
		}
	}
	if b.journal != nil {
		errs = append(errs, b.journal.Close())
	}
	return errors.Join(errs...)
}
