package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"balie/cmd/internal/control"
	"balie/cmd/internal/driver"
	"balie/cmd/internal/version"
	"balie/kiosk/papers"
	"balie/printer"
)

// testPage is the test page for the printer of that name.
func (b *booth) testPage(name string) papers.Test {
	d := b.devices[name] // of the printer of A4, nothing is known
	return papers.Test{
		Booth: papers.Booth{Hospital: b.live.config().Hospital.Name, Kiosk: b.id}, Version: version.String(), Printed: time.Now().Format(time.DateTime),
		Printer: name, Role: d.Role, Port: d.Port, Profile: d.Profile, Columns: d.Columns,
	}
}

// follow prints a document and waits for its end. Where nobody waits any more, a
// secret that nobody took is drawn in.
func (b *booth) follow(ctx context.Context, name string, doc printer.Document) (control.Printed, error) {
	if _, found := b.devices[name]; !found {
		return control.Printed{}, control.ErrNoPrinter
	}
	p, err := submit(ctx, b.spool, name, doc)
	if err != nil {
		return control.Printed{}, err
	}
	stop := context.AfterFunc(ctx, p.Withdraw)
	defer stop()
	<-p.Done()
	result, err := p.Result()
	end := printed(name, result, err)
	for _, s := range p.Steps() {
		end.Steps = append(end.Steps, control.Step{Stage: string(s.Stage), By: s.By})
	}
	if doc.Secret { // whoever ordered it is told now, and it is on nobody else's books
		if err := b.spool.Settle(context.WithoutCancel(ctx), p.ID()); err != nil {
			b.log.Warn("noting that the outcome of a print job was told", "job", p.ID(), "err", err)
		}
	}
	return end, nil
}

func printed(name string, result printer.Result, err error) control.Printed {
	p := control.Printed{Printer: name, Outcome: result.Outcome.String(), By: result.By, Faults: faultNames(result.Status)}
	if err != nil {
		p.Error = err.Error()
	}
	return p
}

// printersTime is how long the printers may take to say how they are.
const printersTime = 10 * time.Second

// Printers asks every printer how it is, all at once.
func (b *booth) Printers(ctx context.Context) ([]control.PrinterState, error) {
	ctx, cancel := context.WithTimeout(ctx, printersTime)
	defer cancel()
	names := slices.Sorted(maps.Keys(b.devices))
	list := make([]control.PrinterState, len(names))
	var group errgroup.Group
	for i, name := range names {
		group.Go(func() error {
			list[i] = b.printerState(ctx, name, b.devices[name])
			return nil
		})
	}
	return list, group.Wait()
}

func (b *booth) printerState(ctx context.Context, name string, d driver.Device) control.PrinterState {
	now, err := d.Status(ctx)
	jobs := b.spool.State(name)
	s := control.PrinterState{
		Name: name, Role: d.Role, Port: d.Port, Profile: d.Profile, Faults: faultNames(now), Reachable: err == nil && !now.Has(printer.Mute),
		Ready: err == nil && now.Ready(), Waiting: jobs.Waiting, Stage: string(jobs.Stage), Clear: jobs.Clear, Trouble: jobs.Trouble,
	}
	for _, e := range b.left.list() {
		if e.Printer == name && e.Secret {
			s.Unsettled++
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		s.Error, s.Fault = err.Error(), driver.Fault(err)
	}
	return s
}
