package escpos

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/printer"
	"balie/printer/printertest"
)

// bench is a driver and the virtual printer at the end of its cable.
type bench struct {
	device *printertest.Printer
	cable  *printertest.Cable
	driver *Printer
	cut    int // bytes until the cable is pulled, where not negative
}

func newBench(p Profile, o printertest.Options) *bench {
	o.Columns, o.Dots, o.Custom = p.Columns, p.Dots, p.Back.Status == statusCustom
	b := &bench{device: printertest.New(o), cut: -1}
	b.cable = printertest.NewCable(b.device)
	b.driver = New(b.open, p, slog.New(slog.DiscardHandler))
	return b
}

func (b *bench) open(ctx context.Context) (printer.Port, error) {
	port, err := b.cable.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &puller{Port: port, bench: b}, nil
}

// puller pulls the cable after so many bytes.
type puller struct {
	printer.Port
	bench *bench
}

func (p *puller) Write(b []byte) (int, error) { return p.put(b, p.Port.Write) }

func (p *puller) put(b []byte, write func([]byte) (int, error)) (int, error) {
	left := p.bench.cut
	if left < 0 || len(b) < left {
		if left >= 0 {
			p.bench.cut -= len(b)
		}
		return write(b)
	}
	p.bench.cut = -1
	n, err := write(b[:left])
	if err != nil {
		return n, err
	}
	if err := p.bench.cable.Unplug(); err != nil {
		return n, err
	}
	return n, printertest.ErrUnplugged
}

// Takes and WriteNow make it a gate, as the cable is.
func (p *puller) Takes() (bool, error) { return p.Port.(printer.Gate).Takes() }

func (p *puller) WriteNow(b []byte) (int, error) { return p.put(b, p.Port.(printer.Gate).WriteNow) }

// whole tells how many of the papers are the document, complete and cut.
func whole(papers []printertest.Paper, text string) int {
	n := 0
	for _, p := range papers {
		if p.Text() == text && p.Cut == "full" {
			n++
		}
	}
	return n
}

// trouble is something that can happen at a byte of a job.
type trouble struct {
	name   string
	strike func(b *bench, at int)
	mend   func(b *bench) error
}

func troubles() []trouble {
	list := []trouble{{
		"unplugged",
		func(b *bench, at int) { b.cut = at },
		func(b *bench) error { b.cut = -1; return b.cable.Replug() },
	}}
	for _, f := range []printer.Fault{printer.PaperEnd, printer.CoverOpen, printer.CutterError, printer.Offline, printer.Mute, printertest.PowerOff} {
		list = append(list, trouble{
			string(f),
			func(b *bench, at int) { b.device.FaultAt(at, f) },
			func(b *bench) error { b.device.Set(f, false); return nil },
		})
	}
	return list
}

// TestTroubleAtEveryByte: whatever happens at whatever byte of a secret job, the
// outcome is true of what is on paper, a second document never carries anything
// of the first, and nothing is printed twice.
func TestTroubleAtEveryByte(t *testing.T) {
	doc := printer.Document{Secret: true, Blocks: []printer.Block{
		printer.Codes{Columns: 2, Codes: []string{"ABCD-EFGH", "JKLM-NPQR", "STUV-WXYZ", "2345-6789"}},
		printer.QR{Data: "https://route.example/46", Caption: "0123456789"},
	}}
	next := printer.Document{Blocks: []printer.Block{printer.Paragraph{Text: "next"}}}
	for name, o := range map[string]printertest.Options{
		"fast":             {},
		"slow":             {LineTime: 50 * time.Millisecond, Buffer: 300},
		"keeps half":       {KeepsHalf: true},
		"knows no id":      {NoProcessID: true},
		"drops half, slow": {LineTime: time.Second},
	} {
		for _, trouble := range troubles() {
			t.Run(name+", "+trouble.name, func(t *testing.T) {
				p := loaded(t, "epson-tm")
				stream, err := Encode(doc, p)
				if err != nil {
					t.Fatal(err)
				}
				outcomes := map[printer.Outcome]int{}
				for at := 0; at < len(stream)+60; at += 9 {
					synctest.Test(t, func(t *testing.T) {
						b := newBench(p, o)
						defer b.driver.Close()
						sweep{b, doc, next, trouble}.run(t, at, outcomes)
					})
				}
				if outcomes[printer.Confirmed] == 0 || outcomes[printer.Unknown] == 0 {
					t.Errorf("outcomes %v: it did not strike where it should", outcomes)
				}
			})
		}
	}
}

type sweep struct {
	*bench
	doc, next printer.Document
	trouble   trouble
}

func (s sweep) run(t *testing.T, at int, outcomes map[printer.Outcome]int) {
	ctx := context.Background()
	// A printer is clean after its first job: what the first one sends besides would
	// blur where the trouble strikes.
	text := s.must(t, s.doc)
	s.device.Discard()
	s.trouble.strike(s.bench, at)
	result, err := s.driver.Print(ctx, s.doc)
	outcomes[result.Outcome]++
	if (err == nil) != (result.Outcome == printer.Confirmed) {
		t.Fatalf("at %d: %+v, %v", at, result, err)
	}
	if err := s.trouble.mend(s.bench); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	nextText := s.must(t, s.next)
	<-time.After(time.Minute)
	papers := s.device.Papers()
	switch n := whole(papers, text); {
	case n > 1,
		result.Outcome == printer.Confirmed && n != 1,
		(result.Outcome == printer.NotSent || result.Outcome == printer.Failed) && n != 0,
		result.Outcome == printer.NotSent && len(papers) != 1:
		t.Fatalf("at %d: %+v, and on paper %d times:\n%s", at, result, n, all(papers))
	}
	if last := papers[len(papers)-1]; last.Text() != nextText || nextText != "next\n" {
		t.Fatalf("at %d: %+v, and the next document is:\n%s", at, result, all(papers))
	}
}

// must prints a document on a printer that has nothing wrong, and gives its text.
func (s sweep) must(t *testing.T, doc printer.Document) string {
	t.Helper()
	result, err := s.driver.Print(context.Background(), doc)
	if err != nil || result.Outcome != printer.Confirmed || len(result.Status.Faults) != 0 {
		t.Fatalf("without trouble: %+v, %v", result, err)
	}
	papers := s.device.Papers()
	return papers[len(papers)-1].Text()
}

func all(papers []printertest.Paper) string {
	var b strings.Builder
	for _, p := range papers {
		fmt.Fprintf(&b, "%s--- %s\n", p.Text(), p.Cut)
	}
	return b.String()
}

// TestStopsForEver: a printer that says stop and no more is given up, with the
// end of the document unsent.
func TestStopsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(loaded(t, "epson-tm"), printertest.Options{Buffer: 300, LineTime: time.Hour})
		defer b.driver.Close()
		b.driver.state = stateClean // so that its first line is the document's
		r, err := b.driver.Print(context.Background(), long())
		if r.Outcome != printer.Failed || err == nil || !strings.Contains(err.Error(), "takes no more data") {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
