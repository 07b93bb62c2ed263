package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"balie/cmd/internal/control"
	"balie/cmd/internal/version"
	"balie/printer"
)

// testPage shows a technician what a ticket relies on: accents and the euro sign
// (the code page), a full line (the width), a QR code, the cut.
func (b *booth) testPage(name string, d device) printer.Document {
	return printer.Document{Title: "test page", Language: "en", Blocks: []printer.Block{
		printer.Heading{Level: 2, Text: "Test page"},
		printer.Paragraph{Text: b.config.Hospital.Name, Center: true},
		printer.Rule{},
		printer.Field{Label: "Kiosk", Value: b.id},
		printer.Field{Label: "Version", Value: version.String()},
		printer.Field{Label: "Printed", Value: time.Now().Format("2006-01-02 15:04:05")},
		printer.Field{Label: "Printer", Value: name + " (" + d.Role + ")"},
		printer.Field{Label: "Profile", Value: d.Profile},
		printer.Field{Label: "Port", Value: d.Port},
		printer.Rule{},
		printer.Paragraph{Text: "Code page, accents and euro: é è ê ë ï ö ü ä à â ç ß œ É Ü € — these must be letters."},
		printer.Paragraph{Text: "The next line must fill the paper from edge to edge:"},
		printer.Paragraph{Text: strings.Repeat("0123456789", d.columns/10+1)[:d.columns]},
		printer.Space{},
		printer.Heading{Level: 1, Text: "K0-000"},
		printer.QR{Data: "https://example.com/balie/test", Caption: "This code must be read by a phone."},
		printer.Paragraph{Text: "A printer with a mouth holds this page out. Leave it there once: it must be drawn back in."},
	}}
}

// PrintTest prints the test page and follows it to its end. An empty name is the
// ticket printer.
func (b *booth) PrintTest(ctx context.Context, name string) (control.Printed, error) {
	if name == "" && b.tickets != nil {
		name = b.tickets.name
	}
	d, found := b.devices[name]
	if !found {
		return control.Printed{}, control.ErrNoPrinter
	}
	return b.follow(ctx, name, b.testPage(name, d))
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

func (b *booth) printerState(ctx context.Context, name string, d device) control.PrinterState {
	now, err := d.Status(ctx)
	jobs := b.spool.State(name)
	s := control.PrinterState{
		Name: name, Role: d.Role, Port: d.Port, Profile: d.Profile, Faults: faultNames(now), Reachable: err == nil && !now.Has(printer.Mute),
		Ready: err == nil && now.Ready(), Waiting: jobs.Waiting, Stage: string(jobs.Stage), Clear: jobs.Clear, Trouble: jobs.Trouble,
	}
	for _, e := range b.left {
		if e.Printer == name && e.Secret {
			s.Unsettled++
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		s.Error = err.Error()
	}
	return s
}
