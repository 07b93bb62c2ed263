package barcodetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"balie/hw/barcode"
)

// T is what the suite needs of a *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Device is a scanner that a test can handle.
type Device interface {
	Send(b []byte) error
	Unplug() error
	Replug() error
}

// Suite is what every scanner has in common, as tests.
type Suite struct {
	// Config is how it is set. State and Dropped are the suite's own.
	Config barcode.Config
	// Open gives a scanner, set so, on a device of its own; once for each test.
	Open func(T, barcode.Config) (*barcode.Scanner, Device)
}

// Case is one test of the suite: hand Run a *testing.T of its own.
type Case struct {
	Name string
	Run  func(context.Context, T)
}

// Cases are the tests.
func (s Suite) Cases() []Case {
	var cases []Case
	for _, c := range []struct {
		name string
		run  func(T, *bench)
	}{
		{"one code", one},
		{"codes in a row", row},
		{"every length", lengths},
		{"letters beyond ASCII", letters},
		{"noise before a code", noise},
		{"garbled", garbled},
		{"no identifier", noIdentifier},
		{"no ending", noEnding},
		{"unplugged", unplugged},
		{"unplugged in a code", unpluggedInside},
	} {
		cases = append(cases, Case{c.name, func(ctx context.Context, t T) {
			t.Helper()
			b, end := s.begin(ctx, t)
			c.run(t, b)
			end(t)
		}})
	}
	return cases
}

// bench is a scanner that runs.
type bench struct {
	Device
	config  barcode.Config
	scans   chan barcode.Scan
	states  chan error
	dropped chan error
}

// begin runs a scanner and waits until it is open; end ends it.
func (s Suite) begin(ctx context.Context, t T) (b *bench, end func(T)) {
	t.Helper()
	b = &bench{config: s.Config, scans: make(chan barcode.Scan, 1000), states: make(chan error, 1000), dropped: make(chan error, 1000)}
	b.config.State = func(err error) { b.states <- err }
	b.config.Dropped = func(err error) { b.dropped <- err }
	scanner, device := s.Open(t, b.config)
	b.Device = device
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- scanner.Run(ctx, func(scan barcode.Scan) { b.scans <- scan }) }()
	if err := next(t, b.states); err != nil {
		t.Errorf("at the beginning its state is %v", err)
	}
	return b, func(t T) {
		t.Helper()
		cancel()
		if err := next(t, ended); !errors.Is(err, context.Canceled) {
			t.Errorf("Run gave %v", err)
		}
		b.nothing(t)
	}
}

// next waits for what must come.
func next[V any](t T, c <-chan V) (v V) {
	t.Helper()
	timer := time.NewTimer(20 * time.Second)
	defer timer.Stop()
	select {
	case v = <-c:
	case <-timer.C:
		t.Fatalf("nothing came for 20 s")
	}
	return v
}

// nothing demands that nothing is left that came.
func (b *bench) nothing(t T) {
	t.Helper()
	select {
	case scan := <-b.scans:
		t.Errorf("a scan came too: %q", scan.Code.Reveal())
	case err := <-b.states:
		t.Errorf("a state came too: %v", err)
	case err := <-b.dropped:
		t.Errorf("a code was dropped too: %v", err)
	default:
	}
}

// send puts a whole code on the wire, or bytes as they are.
func (b *bench) send(t T, code string) { b.raw(t, string(Encode(b.config, barcode.Code128, code))) }

func (b *bench) raw(t T, s string) {
	t.Helper()
	if err := b.Send([]byte(s)); err != nil {
		t.Fatalf("sending: %v", err)
	}
}

// expect demands a code.
func (b *bench) expect(t T, code string) {
	t.Helper()
	kind := barcode.Unsaid
	if b.config.Identifiers {
		kind = barcode.Code128
	}
	got := next(t, b.scans)
	if got.Code.Reveal() != code || got.Symbology != kind {
		t.Errorf("%q came, %v; not %q, %v", got.Code.Reveal(), got.Symbology, code, kind)
	}
	if said := fmt.Sprintf("%v %+v %q", got, got, got); len(code) > 2 && strings.Contains(said, code) {
		t.Errorf("a scan is printed as %s", said)
	}
}

// expectDropped demands that a code was dropped for a reason, and that the next is not.
func (b *bench) expectDropped(t T, why error, secret string) {
	t.Helper()
	if err := next(t, b.dropped); !errors.Is(err, why) || strings.Contains(err.Error(), secret) {
		t.Errorf("dropped for %v, not %v", err, why)
	}
	b.send(t, "AFTER-1")
	b.expect(t, "AFTER-1")
}

func one(t T, b *bench) {
	b.send(t, "BALIE-4711")
	b.expect(t, "BALIE-4711")
}

func row(t T, b *bench) {
	all := ""
	for i := range 50 {
		all += string(Encode(b.config, barcode.Code128, fmt.Sprintf("CODE-%d", i)))
	}
	b.raw(t, all)
	for i := range 50 {
		b.expect(t, fmt.Sprintf("CODE-%d", i))
	}
}

func lengths(t T, b *bench) {
	b.send(t, "7")
	b.expect(t, "7")
	longest := strings.Repeat("x", b.config.Longest-len(Encode(b.config, barcode.Code128, ""))+len(Encode(barcode.Config{Ending: b.config.Ending}, 0, "")))
	b.send(t, longest)
	b.expect(t, longest)
	for _, more := range []int{1, 2, 3, 2000} {
		b.send(t, longest+strings.Repeat("y", more))
		b.expectDropped(t, barcode.ErrTooLong, "xxx")
	}
}

func letters(t T, b *bench) {
	for _, code := range []string{"Müller & Søn €", "]C1]C1", "01054\x1D10AB", " blank "} {
		b.send(t, code)
		b.expect(t, code)
	}
}

func noise(t T, b *bench) {
	b.raw(t, "\x00\xFF\x80\x13\x02")
	b.send(t, "CLEAN-1")
	b.expect(t, "CLEAN-1")
	b.raw(t, "\x00\xFE\xF8")
	b.send(t, "")
	b.send(t, "CLEAN-2")
	b.expect(t, "CLEAN-2")
}

func garbled(t T, b *bench) {
	for _, code := range []string{"SECRET\xFF1", "SECRET\x1B[2J", "SECRET\x7F", "SECRET\xC3", "SECRET\u202E1"} {
		b.send(t, code)
		b.expectDropped(t, barcode.ErrGarbled, "SECRET")
	}
}

func noIdentifier(t T, b *bench) {
	plain := b.config
	plain.Identifiers = false
	for _, code := range []string{"SECRET", "]", "]C", "]-0SECRET", "]C-SECRET"} {
		b.raw(t, string(Encode(plain, 0, code)))
		if !b.config.Identifiers {
			b.expect(t, code)
			continue
		}
		b.expectDropped(t, barcode.ErrNoIdentifier, "SECRET")
	}
}

func noEnding(t T, b *bench) {
	b.raw(t, "SECRET-1")
	b.expectDropped(t, barcode.ErrNoEnding, "SECRET")
}

func unplugged(t T, b *bench) {
	b.send(t, "BEFORE")
	b.expect(t, "BEFORE")
	b.replug(t)
	b.send(t, "AFTER")
	b.expect(t, "AFTER")
}

// replug pulls the scanner out, and puts it in again when that was noticed.
func (b *bench) replug(t T) {
	t.Helper()
	if err := b.Unplug(); err != nil {
		t.Fatalf("unplugging: %v", err)
	}
	if err := next(t, b.states); err == nil {
		t.Errorf("unplugged, and its state is well")
	}
	if err := b.Replug(); err != nil {
		t.Fatalf("plugging in: %v", err)
	}
	for err := next(t, b.states); err != nil; err = next(t, b.states) {
		// lost first, not there then
	}
}

func unpluggedInside(t T, b *bench) {
	b.raw(t, "HALF-OF-ONE-")
	b.replug(t)
	select {
	case <-b.dropped: // a busy machine took half a second to pull the plug
	default:
	}
	b.send(t, "WHOLE")
	b.expect(t, "WHOLE")
}
