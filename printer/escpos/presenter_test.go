package escpos

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/printer"
	"balie/printer/printertest"
)

// handover is a way for a ticket to go once it is on its way out of a presenter.
type handover struct {
	options printertest.Options
	faults  []printer.Fault    // from the beginning on
	held    func(*bench) error // done when it is in the mouth
	cancel  bool               // the caller gives up when it is in the mouth
	open    bool               // the document is no secret
	outcome printer.Outcome    //
	fate    string             // of the paper
	says    string             // in the error; empty where there is none
}

func handovers() map[string]handover {
	fault := func(f printer.Fault) func(*bench) error {
		return func(b *bench) error { b.device.Set(f, true); return nil }
	}
	forgotten := []printer.Fault{printertest.Forgotten}
	return map[string]handover{
		"taken":                    {options: printertest.Options{Hand: 3 * time.Second}, outcome: printer.Taken, fate: "taken"},
		"taken at once":            {options: printertest.Options{Hand: 150 * time.Millisecond, Reach: time.Second}, outcome: printer.Taken, fate: "taken"},
		"taken late":               {options: printertest.Options{Hand: 27 * time.Second}, outcome: printer.Taken, fate: "taken"},
		"taken at the last moment": {options: printertest.Options{Hand: 29 * time.Second}, outcome: printer.Unknown, fate: "taken", says: "pushed out"},
		"forgotten":                {faults: forgotten, outcome: printer.Retracted, fate: "retracted", says: "nobody took"},
		"forgotten, retract off":   {faults: append(forgotten, printertest.RetractOff), outcome: printer.Unknown, fate: "ejected", says: "pushed out"},
		"never in the mouth":       {options: printertest.Options{Reach: time.Minute}, outcome: printer.Unknown, fate: "retracted", says: "come to the mouth"},
		"pulled early":             {faults: []printer.Fault{printertest.PulledEarly}, outcome: printer.Unknown, fate: "taken", says: "paper-jam"},
		"mute in the mouth":        {faults: forgotten, held: fault(printer.Mute), outcome: printer.Unknown, fate: "retracted", says: "not answer"},
		"noise in the mouth":       {faults: forgotten, held: fault(printertest.Garbage), outcome: printer.Unknown, fate: "retracted", says: "not answer"},
		"cover open in the mouth":  {faults: forgotten, held: fault(printer.CoverOpen), outcome: printer.Unknown, fate: "retracted", says: "cover-open"},
		"power off in the mouth":   {faults: forgotten, held: fault(printertest.PowerOff), outcome: printer.Unknown, fate: "held", says: "not answer"},
		"presenter in the mouth":   {faults: forgotten, held: fault(printer.Presenter), outcome: printer.Unknown, fate: "retracted", says: "presenter"},
		"cable out in the mouth":   {faults: forgotten, held: func(b *bench) error { return b.cable.Unplug() }, outcome: printer.Unknown, fate: "retracted", says: "lost"},
		"secret given up":          {faults: forgotten, cancel: true, outcome: printer.Retracted, fate: "retracted", says: "canceled"},
		"ticket given up":          {faults: forgotten, cancel: true, open: true, outcome: printer.Unknown, fate: "retracted", says: "canceled"},
	}
}

// TestHandover: what is said of a ticket in the mouth of a presenter is what became of
// it, and where that cannot be known it is unknown.
func TestHandover(t *testing.T) {
	for name, h := range handovers() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(loaded(t, "custom-vkp80"), h.options)
				defer b.driver.Close()
				h.run(t, b)
			})
		})
	}
}

func (h handover) run(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, f := range h.faults {
		b.device.Set(f, true)
	}
	var stages []printer.Stage
	r, err := b.driver.Follow(ctx, printer.Document{Secret: !h.open, Blocks: ticketBlocks()}, func(s printer.Stage, _ string) error {
		stages = append(stages, s)
		if s == printer.Held && h.cancel {
			cancel()
		}
		if s == printer.Held && h.held != nil {
			return h.held(b)
		}
		return nil
	})
	if r.Outcome != h.outcome || (err != nil) != (h.says != "") || err != nil && !strings.Contains(err.Error(), h.says) {
		t.Errorf("%v by %q, %v", r.Outcome, r.By, err)
	}
	<-time.After(40 * time.Second) // past all that the printer does by itself
	papers := b.device.Papers()
	if len(papers) != 1 || papers[0].Fate != h.fate {
		t.Errorf("%d papers, the first %q:\n%s", len(papers), papers[0].Fate, all(papers))
	}
	if want := []printer.Stage{printer.Sending, printer.Delivered, printer.Printed, printer.Held}; !slices.Equal(stages, want[:len(stages)]) {
		t.Errorf("stages %v", stages)
	}
	h.next(t, b)
}

// next mends all there is, and looks whether anything of the first document comes out
// with a second.
func (h handover) next(t *testing.T, b *bench) {
	for _, f := range b.device.Faults() {
		b.device.Set(f, false)
	}
	if err := b.cable.Replug(); err != nil {
		t.Fatal(err)
	}
	before := len(b.device.Papers())
	r, err := b.driver.Print(context.Background(), printer.Document{Blocks: []printer.Block{printer.Paragraph{Text: "next"}}})
	if !r.Outcome.Done() && h.options.Hand == 0 && h.options.Reach == 0 {
		t.Errorf("next: %v, %v", r, err)
	}
	papers := b.device.Papers()
	if len(papers) == before || papers[len(papers)-1].Text() != "next\n" {
		t.Fatalf("next on paper:\n%s", all(papers))
	}
	// What a printer that forgets nothing still had comes out, and is drawn in.
	for _, paper := range papers[before : len(papers)-1] {
		if paper.Fate != "retracted" {
			t.Errorf("left %s:\n%s", paper.Fate, paper.Text())
		}
	}
	if odd := b.device.Oddities(); len(odd) > 0 && h.says == "" {
		t.Errorf("not understood: %v", odd)
	}
}

func ticketBlocks() []printer.Block { return printertest.Ticket("nl").Blocks }

// TestNothingBeforeItIsNoted: a job whose beginning could not be noted is not begun.
func TestNothingBeforeItIsNoted(t *testing.T) {
	for _, name := range []string{"epson-tm", "custom-vkp80"} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(loaded(t, name), printertest.Options{})
			defer b.driver.Close()
			full := errors.New("disk is full")
			r, err := b.driver.Follow(context.Background(), printertest.Ticket("nl"), func(printer.Stage, string) error { return full })
			synctest.Wait() // until the printer has taken what it was asked before
			if r.Outcome != printer.NotSent || !errors.Is(err, full) || len(b.device.Papers()) > 0 || b.device.Holds() > 0 {
				t.Errorf("%s: %v, %v, %d papers", name, r, err, len(b.device.Papers()))
			}
		})
	}
}

// TestClear: whatever an earlier process left in a printer does not come out, be it
// in the mouth, on the line, in the buffer or in the symbol store.
func TestClear(t *testing.T) {
	secret := printer.Document{Secret: true, Blocks: ticketBlocks()}
	for name, c := range map[string]struct {
		profile string
		bytes   int // that the earlier process got out, of all
		fault   printer.Fault
	}{
		"all of it":              {"epson-tm", 0, ""},
		"half of it":             {"epson-tm", 300, ""},
		"no paper":               {"epson-tm", 300, printer.PaperEnd},
		"in the mouth":           {"custom-vkp80", 0, ""},
		"half of it, with mouth": {"custom-vkp80", 300, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := loaded(t, c.profile)
				b := newBench(p, printertest.Options{})
				defer b.driver.Close()
				b.device.Set(printertest.Forgotten, true)
				stream, err := Encode(secret, p)
				if err != nil {
					t.Fatal(err)
				}
				if c.fault != "" {
					b.device.FaultAt(100, c.fault)
				}
				if c.bytes > 0 {
					stream = stream[:c.bytes]
				}
				b.device.Take(stream)
				if err := b.driver.Clear(context.Background()); (err == nil) != (c.fault == "") {
					t.Errorf("clearing: %v", err)
				}
				printed := len(b.device.Papers())
				b.device.Set(c.fault, false)
				if err := b.driver.Clear(context.Background()); err != nil {
					t.Error(err)
				}
				synctest.Wait() // until it has looked at the last question
				if n := b.device.Holds(); n > 0 {
					t.Errorf("it holds %d bytes", n)
				}
				papers := b.device.Papers()
				if c.fault != "" && (len(papers) != printed+1 || papers[printed].Cut != "torn") {
					t.Errorf("it came out: %s", all(papers))
				}
				if c.profile == "custom-vkp80" && (len(papers) != 1 || papers[0].Fate != "retracted") {
					t.Errorf("left: %+v", papers)
				}
			})
		})
	}
}

// TestTroubleAtEveryByteOfAMouth is TestTroubleAtEveryByte for a printer with a mouth,
// which cannot be told to forget: whatever happens at whatever byte of a secret, what
// is said of it is true, none of it is on paper twice, and in the end nothing of it is
// left where somebody else could take it.
func TestTroubleAtEveryByteOfAMouth(t *testing.T) {
	p := loaded(t, "custom-vkp80")
	doc := printer.Document{Secret: true, Blocks: ticketBlocks()}
	stream, err := Encode(doc, p)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[printer.Outcome]int{}
	for _, fault := range append(printertest.AllFaults(), "unplugged") {
		for at := 0; at < len(stream)+80; at += 41 {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(p, printertest.Options{LineTime: 20 * time.Millisecond, Hand: 5 * time.Second})
				defer b.driver.Close()
				if fault == "unplugged" {
					b.cut = at + len(free(reset).bytes) + 20 // past what clears it
				} else {
					b.device.FaultAt(at+len(free(reset).bytes)+20, fault)
				}
				mouthful(t, b, doc, fault, at, outcomes)
			})
		}
	}
	for _, o := range []printer.Outcome{printer.NotSent, printer.Unknown, printer.Taken, printer.Retracted} {
		if outcomes[o] == 0 {
			t.Errorf("outcomes %v: it did not strike where it should", outcomes)
		}
	}
}

func mouthful(t *testing.T, b *bench, doc printer.Document, fault printer.Fault, at int, outcomes map[printer.Outcome]int) {
	r, err := b.driver.Print(context.Background(), doc)
	outcomes[r.Outcome]++
	for _, f := range b.device.Faults() {
		b.device.Set(f, false)
	}
	b.device.Set(fault, false)
	b.cut = -1
	if err := b.cable.Replug(); err != nil {
		t.Fatal(err)
	}
	fates := map[string]int{}
	for range 2 { // what is in the mouth may be taken while it is cleared
		if err := b.driver.Clear(context.Background()); err != nil {
			t.Fatalf("%s at %d: %v", fault, at, err)
		}
	}
	synctest.Wait() // until it has looked at the last question
	codes := 0
	for _, paper := range b.device.Papers() {
		fates[paper.Fate]++
		if len(paper.QR()) > 0 {
			codes++
		}
	}
	wrong := r.Outcome == printer.Taken && fates["taken"] != 1 || r.Outcome == printer.Retracted && fates["retracted"] != 1 ||
		r.Outcome == printer.NotSent && codes > 0
	if wrong || codes > 1 || fates["held"]+fates["coming"] > 0 || b.device.Holds() > 0 {
		t.Errorf("%s at %d: %v (%v), and on paper %v:\n%s", fault, at, r.Outcome, err, fates, all(b.device.Papers()))
	}
}
