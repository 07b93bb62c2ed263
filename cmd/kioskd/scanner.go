package main

import (
	"context"

	"balie/cmd/internal/exit"
	"balie/hw/barcode"
	"balie/internal/secret"
	"balie/kiosk"
)

// scanner reads the letters that people hold to it. Whoever can hold a paper there can
// write anything into a code: it is text from a stranger.
type scanner struct{ *barcode.Scanner }

var _ kiosk.Scanner = scanner{}

// Watch reports each code. What kind of barcode it stood in says nothing.
func (s scanner) Watch(ctx context.Context, report func(code secret.Text)) error {
	return s.Run(ctx, func(c barcode.Scan) { report(c.Code) })
}

// buildScanner makes the scanner's driver, where there is one. It opens nothing yet: one
// that is not plugged in is waited for.
func (b *booth) buildScanner(context.Context) error {
	if b.config.Scanner.Port == "" {
		return nil
	}
	settings := b.config.Scanner.Settings()
	settings.State = func(err error) {
		if err == nil {
			b.log.Info("scanner ready")
			return
		}
		b.log.Warn("no scanner: waiting for it", "err", err)
	}
	settings.Dropped = func(err error) { b.log.Warn("a scan was dropped", "err", err) }
	driver, err := barcode.New(settings)
	if err != nil {
		return exit.Errorf(exit.Usage, "scanner: %w", err)
	}
	b.scanner = &scanner{driver}
	return nil
}

// scannerPart is the scanner as the booth takes it: an interface that is nil where there
// is none.
func (b *booth) scannerPart() kiosk.Scanner {
	if b.scanner == nil {
		return nil
	}
	return b.scanner
}
