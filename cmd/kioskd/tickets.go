package main

import (
	"context"
	"errors"
	"sync"

	"balie/cmd/internal/exit"
	"balie/hw/serial"
	"balie/kiosk"
	"balie/printer"
	"balie/printer/escpos"
)

// tickets is the ticket printer, and what it last said.
type tickets struct {
	*escpos.Printer
	profile string
	columns int
	port    string

	mu   sync.Mutex
	last error // guarded by mu; why it could not be asked
}

var _ kiosk.Tickets = (*tickets)(nil)

func (b *booth) buildPrinter(ctx context.Context) error {
	c := b.config.Printer
	if c.Port == "" {
		b.log.Warn("no printer.port is set: this booth prints no tickets")
		return nil
	}
	profile, err := escpos.LoadProfile(c.Profile, c.Profiles...)
	if err != nil {
		return exit.Errorf(exit.Usage, "printer.profile: %w", err)
	}
	at := serial.Config{Path: c.Port, Baud: c.Baud}
	if err := b.probePort(ctx, at); err != nil {
		return exit.Errorf(exitUnusable, "printer.port: %w", err)
	}
	open := func(ctx context.Context) (printer.Port, error) { return serial.Open(ctx, at) }
	b.tickets = &tickets{Printer: escpos.New(open, profile, b.log), profile: profile.Name, columns: profile.Columns, port: c.Port}
	return nil
}

// probePort finds what can only be a mistake. A cable that is out may be put in.
func (b *booth) probePort(ctx context.Context, at serial.Config) error {
	port, err := serial.Open(ctx, at)
	switch {
	case err == nil:
		return port.Close()
	case errors.Is(err, serial.ErrNotSerial), errors.Is(err, serial.ErrDenied), errors.Is(err, serial.ErrBusy), errors.Is(err, serial.ErrSetting):
		return err
	}
	b.log.Warn("no printer yet: waiting for it", "err", err)
	return nil
}

// ticketPart is the printer as the booth takes it: an interface that is nil where
// there is none.
func (b *booth) ticketPart() kiosk.Tickets {
	if b.tickets == nil {
		return nil
	}
	return b.tickets
}

// Status asks the printer, and remembers why it could not be asked.
func (t *tickets) Status(ctx context.Context) (printer.Status, error) {
	s, err := t.Printer.Status(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = err
	return s, err
}

// trouble is why the printer could not be asked when it last was; empty if it could.
func (t *tickets) trouble() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil {
		return ""
	}
	return t.last.Error()
}
