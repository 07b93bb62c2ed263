// Package barcode reads a barcode scanner on a serial line: a virtual COM port
// (CDC-ACM) or RS-232, found by a name that stays through hw/serial. What is scanned
// is a [Scan], which cannot be printed by accident: the code of a letter lets its
// reader in. A scanner that acts as a keyboard is not read: whatever window has the
// focus would.
//
// It knows nothing of what a code means. Whoever can hold a paper to the glass can
// write anything into a code: a Scan is text from a stranger.
//
// A virtual scanner on a pseudo-terminal is in barcodetest, and what is relied on in
// docs/scanner.md.
package barcode

import (
	"context"
	"errors"
	"fmt"
	"time"

	"balie/hw/serial"
	"balie/internal/secret"
)

// Scan is a code that was scanned.
type Scan struct {
	Code      secret.Text
	Symbology Symbology // Unsaid where the scanner is not set to say it
}

// Config is how a scanner is set, and who hears of its troubles. Zero values stand for
// the defaults named.
type Config struct {
	Path   string // a name that stays: /dev/serial/by-id/…
	Baud   int    // 9600; a virtual COM port has none, and takes any
	Ending Ending // Any
	// Identifiers says that the scanner is set to send the AIM symbology identifier
	// before each code. A code without one is dropped then; without this setting it is
	// part of the code, so that no paper can pass for another kind of code.
	Identifiers bool
	Longest     int // bytes of a code at most, 512; longer ones are dropped

	// State, where not nil, is called when the scanner comes, with nil, and when it goes
	// or cannot be opened, with the reason in one line; not again for the same.
	State func(error)
	// Dropped, where not nil, is called for each code that is not given on. The error
	// wraps one of this package, and holds nothing of the code.
	Dropped func(error)
}

// Why a code was dropped.
var (
	ErrTooLong      = errors.New("a code is longer than is taken")
	ErrGarbled      = errors.New("a code came garbled: scan again; where it happens often, compare baud rate and ending")
	ErrNoEnding     = errors.New("a code came without an ending: set the scanner to send one, or another ending here")
	ErrNoIdentifier = errors.New("a code came without an AIM identifier: set the scanner to send them, or expect none here")
)

// ErrSetting is that a setting cannot be.
var ErrSetting = errors.New("barcode scanner: no such setting")

const (
	longest = 512
	// again is how long it waits before it looks for a scanner that is not there.
	again = time.Second
	// tick is how long a read waits; ctx is looked at in between.
	tick = 100 * time.Millisecond
	// silence is after how many ticks without a byte a code that has no ending yet gets
	// none any more. Scanners send a code in one piece: at 300 baud, the slowest that
	// makers offer, a byte takes a third of a tick.
	silence = 5
)

// Port is an open line to a scanner.
type Port interface {
	// Read gives 0, nil where nothing came for a tenth of a second.
	Read(b []byte) (int, error)
	Close() error
}

// Scanner reads one scanner.
type Scanner struct {
	config Config
	open   func(context.Context) (Port, error)
	said   string // the State that was told last, as text
}

// New is the scanner at the path. Nothing is opened yet. The error wraps [ErrSetting].
func New(c Config) (*Scanner, error) {
	if c.Path == "" {
		return nil, fmt.Errorf("%w: it needs a path, such as one in /dev/serial/by-id", ErrSetting)
	}
	return NewOn(c, func(ctx context.Context) (Port, error) {
		return serial.Open(ctx, serial.Config{Path: c.Path, Baud: c.Baud, ReadTimeout: tick})
	})
}

// NewOn is a scanner on any line; Path and Baud are the opener's.
func NewOn(c Config, open func(context.Context) (Port, error)) (*Scanner, error) {
	if !c.Ending.known() {
		return nil, fmt.Errorf("%w: ending %q; there are cr, lf, crlf, and none for any of them", ErrSetting, string(c.Ending))
	}
	if c.Longest < 0 {
		return nil, fmt.Errorf("%w: codes of at most %d bytes", ErrSetting, c.Longest)
	}
	if c.Longest == 0 {
		c.Longest = longest
	}
	return &Scanner{config: c, open: open, said: "nothing yet"}, nil
}

// Run calls scanned for each code, one at a time, until ctx ends, and gives its error.
// A scanner that is not there is waited for, one that is unplugged too; what was half
// scanned by then is forgotten. All callbacks are called in Run's goroutine: while one
// lasts nothing is read.
func (s *Scanner) Run(ctx context.Context, scanned func(Scan)) error {
	for {
		err := s.session(ctx, scanned)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.tell(err)
		timer := time.NewTimer(again)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// session reads the scanner from its opening to its loss, or to the end of ctx.
func (s *Scanner) session(ctx context.Context, scanned func(Scan)) error {
	port, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = port.Close() }() // nothing was written that could be lost
	s.tell(nil)
	l := newLine(s.config)
	defer l.forget()
	buffer, quiet := make([]byte, 256), 0
	for ctx.Err() == nil {
		n, err := port.Read(buffer)
		for _, b := range buffer[:n] {
			s.give(scanned, l.take(b))
		}
		clear(buffer[:n])
		if err != nil {
			return err
		}
		if quiet++; n > 0 {
			quiet = 0
		}
		if quiet == silence {
			s.give(scanned, l.unended())
		}
	}
	return nil
}

// give gives on what came of a line.
func (s *Scanner) give(scanned func(Scan), o outcome) {
	switch {
	case o.err != nil && s.config.Dropped != nil:
		s.config.Dropped(o.err)
	case o.err == nil && !o.scan.Code.Empty():
		scanned(o.scan)
	}
}

// tell says how the scanner stands, where that is news.
func (s *Scanner) tell(err error) {
	said := ""
	if err != nil {
		said = err.Error()
	}
	if said == s.said || s.config.State == nil {
		return
	}
	s.said = said
	s.config.State(err)
}
