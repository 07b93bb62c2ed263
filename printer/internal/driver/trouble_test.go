package driver_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"balie/printer"
	"balie/printer/evolis"
	"balie/printer/evolis/evolistest"
	"balie/printer/internal/stage"
	"balie/printer/printertest"
	"balie/printer/zpl"
	"balie/printer/zpl/zpltest"
)

// secret is on the first job's paper and on no other.
const secret = "7KM2XD"

// dialect is a driver, its virtual printer, and how many bytes the first job has.
type dialect struct {
	name   string
	bytes  int
	device func() device
	driver func(open func(context.Context) (printer.Port, error)) printer.Printer
}

type device interface {
	printertest.Server
	Set(printer.Fault, bool)
	FaultAt(int, printer.Fault)
	Papers(context.Context, int) ([]string, error)
	Holds() int
}

func card() printer.Document {
	return printer.Document{Title: "card", Language: "nl", Secret: true, Blocks: []printer.Block{
		printer.Paragraph{Text: secret}, printer.Paragraph{Text: "Ziekenhuis Sint-Voorbeeld"}, printer.QR{Data: "https://kaart.example/B7"},
	}}
}

func dialects(t *testing.T) []dialect {
	t.Helper()
	silent := slog.New(slog.DiscardHandler)
	e, err := evolis.LoadProfile("evolis-primacy")
	if err != nil {
		t.Fatal(err)
	}
	z, err := zpl.LoadProfile("zebra-zpl")
	if err != nil {
		t.Fatal(err)
	}
	cards, err := evolis.Encode(card(), e)
	if err != nil {
		t.Fatal(err)
	}
	labels, err := zpl.Encode(card(), z)
	if err != nil {
		t.Fatal(err)
	}
	drive := func(open func(context.Context) (printer.Port, error)) printer.Printer {
		return zpl.New(open, z, silent)
	}
	return []dialect{
		{"evolis", len(cards), func() device { return evolistest.New(evolistest.Options{}) }, func(open func(context.Context) (printer.Port, error)) printer.Printer {
			return evolis.New(open, e, silent)
		}},
		{"zpl", len(labels), func() device { return zpltest.New(zpltest.Options{}) }, drive},
		{"zpl, silent", len(labels), func() device { return zpltest.New(zpltest.Options{Silent: true, Slow: true}) }, drive},
	}
}

// TestTroubleAtEveryByte lets faults, a power cut and a pulled cable strike all along
// a job with a secret. What the driver says is what came out; the secret never comes
// out twice, or with a later job; and the next job is printed.
func TestTroubleAtEveryByte(t *testing.T) {
	const unplugged printer.Fault = "unplugged"
	for _, d := range dialects(t) {
		step := max(d.bytes/60, 1) | 1
		for _, trouble := range []printer.Fault{stage.PowerOff, printer.Mute, printer.PaperEnd, printer.CoverOpen, unplugged} {
			t.Run(d.name+" "+string(trouble), func(t *testing.T) {
				seen := map[printer.Outcome]int{}
				for at := 1; at < d.bytes+80; at += step {
					synctest.Test(t, func(t *testing.T) {
						b := newBench(d)
						defer b.close(t)
						if trouble == unplugged {
							b.pullAt = at
						} else {
							b.device.FaultAt(at, trouble)
						}
						outcome := b.strike(t, fmt.Sprint("at byte ", at), trouble)
						seen[outcome]++
					})
				}
				t.Logf("%v", seen)
				if len(seen) < 2 {
					t.Errorf("only %v was seen: nothing was struck", seen)
				}
			})
		}
	}
}

// bench is a driver, a cable that can be pulled, and a virtual printer.
type bench struct {
	device device
	cable  *printertest.Cable
	driver printer.Printer
	pullAt int // bytes until the cable is pulled; 0 is never
}

func newBench(d dialect) *bench {
	b := &bench{device: d.device()}
	b.cable = printertest.NewCable(b.device)
	b.driver = d.driver(b.open)
	return b
}

func (b *bench) open(ctx context.Context) (printer.Port, error) {
	port, err := b.cable.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &pulled{port, b}, nil
}

func (b *bench) close(t *testing.T) {
	if err := b.driver.(interface{ Close() error }).Close(); err != nil {
		t.Error(err)
	}
}

// pulled is a port whose cable is pulled once so many bytes have gone through.
type pulled struct {
	printer.Port
	bench *bench
}

func (p *pulled) Write(b []byte) (int, error) {
	if left := p.bench.pullAt; left > 0 && len(b) >= left {
		p.bench.pullAt = 0
		n, err := p.Port.Write(b[:left])
		if err == nil {
			err = p.bench.cable.Unplug()
		}
		if err != nil {
			return n, err
		}
		more, err := p.Port.Write(b[left:])
		return n + more, err
	} else if left > 0 {
		p.bench.pullAt -= len(b)
	}
	return p.Port.Write(b)
}

// strike prints the card, mends what struck, prints once more, and compares.
func (b *bench) strike(t *testing.T, where string, trouble printer.Fault) printer.Outcome {
	t.Helper()
	r, err := b.driver.Print(t.Context(), card())
	if err != nil && strings.Contains(err.Error(), secret) {
		t.Errorf("%s: the error tells: %v", where, err)
	}
	b.device.Set(trouble, false)
	if err := b.cable.Replug(); err != nil {
		t.Fatal(err)
	}
	b.pullAt = 0
	next := printer.Document{Title: "next", Language: "nl", Blocks: []printer.Block{printer.Paragraph{Text: "next"}}}
	again, err := b.driver.Print(t.Context(), next)
	if again.Outcome != printer.Confirmed {
		t.Fatalf("%s: %v, and the next job %v: %v", where, r.Outcome, again.Outcome, err)
	}
	papers, err := b.device.Papers(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	b.compare(t, where, r.Outcome, papers)
	return r.Outcome
}

func (b *bench) compare(t *testing.T, where string, outcome printer.Outcome, papers []string) {
	t.Helper()
	copies := 0
	for _, p := range papers {
		copies += strings.Count(p, secret)
	}
	if last := papers[len(papers)-1]; strings.TrimSpace(last) != "next" {
		t.Errorf("%s: the next job reads %q", where, last)
	}
	switch {
	case copies > 1:
		t.Errorf("%s: %v, and %d copies of the secret", where, outcome, copies)
	case outcome == printer.Confirmed && copies != 1, (outcome == printer.NotSent || outcome == printer.Failed) && copies != 0:
		t.Errorf("%s: %v, and %d copies", where, outcome, copies)
	}
	if n := b.device.Holds(); n > 0 {
		t.Errorf("%s: %v, and %d left in the printer's memory", where, outcome, n)
	}
}

// TestSilenceIsAFault: a label printer without paper may not answer at all, and is
// then said to be mute.
func TestSilenceIsAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, d := range dialects(t) {
			if d.name != "zpl, silent" {
				continue
			}
			b := newBench(d)
			defer b.close(t)
			b.device.Set(printer.PaperEnd, true)
			if s, err := b.driver.Status(t.Context()); err != nil || !s.Has(printer.Mute) {
				t.Errorf("status %v, %v", s.Faults, err)
			}
			if r, err := b.driver.Print(t.Context(), card()); r.Outcome != printer.NotSent || err == nil {
				t.Errorf("outcome %v, %v", r.Outcome, err)
			}
			b.device.Set(printer.PaperEnd, false)
			if r, err := b.driver.Print(t.Context(), card()); r.Outcome != printer.Confirmed {
				t.Errorf("with paper, outcome %v, %v", r.Outcome, err)
			}
		}
	})
}
