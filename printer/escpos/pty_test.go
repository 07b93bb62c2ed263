package escpos

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.bug.st/serial"

	"balie/printer"
	"balie/printer/printertest"
)

// tty is a virtual printer behind a real pseudo-terminal, and its driver.
type tty struct {
	device *printertest.Printer
	driver *Printer
	path   func() string
	unplug func() error
	replug func() error
	pullAt atomic.Int64 // bytes until the cable is pulled; 0 is never
}

func newTTY(t *testing.T, p Profile, o printertest.Options) *tty {
	t.Helper()
	o.Columns, o.Dots, o.Custom = p.Columns, p.Dots, p.Back.Status == statusCustom
	b := &tty{device: printertest.New(o)}
	line, err := printertest.StartPTY(b.device, t.TempDir()+"/printer")
	if err != nil {
		t.Fatal(err)
	}
	b.path, b.unplug, b.replug = line.Path, line.Unplug, line.Replug
	b.drive(t, p)
	t.Cleanup(func() {
		if err := line.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *tty) drive(t *testing.T, p Profile) {
	b.driver = New(b.open, p, slog.New(slog.DiscardHandler))
	b.driver.limits.confirm = 2 * time.Second
	b.driver.limits.settle = time.Second / 2
	t.Cleanup(func() {
		if err := b.driver.Close(); err != nil {
			t.Error(err)
		}
	})
}

// open is what a program does that has no more than go.bug.st/serial.
func (b *tty) open(context.Context) (printer.Port, error) {
	port, err := serial.Open(b.path(), &serial.Mode{BaudRate: 115200})
	if err != nil {
		return nil, err
	}
	return &pulled{port, b}, port.SetReadTimeout(100 * time.Millisecond)
}

// pulled is a port whose cable is pulled once so many bytes have gone through.
type pulled struct {
	serial.Port
	tty *tty
}

func (p *pulled) Write(b []byte) (int, error) {
	left := p.tty.pullAt.Load()
	if left == 0 || int64(len(b)) < left {
		if left > 0 {
			p.tty.pullAt.Add(-int64(len(b)))
		}
		return p.Port.Write(b)
	}
	p.tty.pullAt.Store(0)
	n, err := p.Port.Write(b[:left])
	if err != nil {
		return n, err
	}
	if err := p.tty.unplug(); err != nil {
		return n, err
	}
	more, err := p.Port.Write(b[left:])
	return n + more, err
}

// long is a document of many chunks, so that things can happen in the middle.
func long() printer.Document {
	doc := printertest.Ticket("fr")
	for range 30 {
		doc.Blocks = append(doc.Blocks, printer.Paragraph{Text: "Gardez ce reçu à l’écart de toute source de chaleur."})
	}
	return doc
}

// ending is a way for a job to go, over a real tty.
type ending struct {
	profile  string // "epson-tm" where empty
	options  printertest.Options
	doc      printer.Document // a ticket where empty
	fault    printer.Fault
	at       int // bytes into the job; before it where 0
	pulled   bool
	outcomes []printer.Outcome
	by       string
	sees     printer.Fault // in the status after; none where empty
}

func endings() map[string]ending {
	confirmed := []printer.Outcome{printer.Confirmed}
	notSent, unknown := []printer.Outcome{printer.NotSent}, []printer.Outcome{printer.Unknown}
	// Where the fault is heard of before the end is sent, the rest is cleared.
	stopped := []printer.Outcome{printer.Unknown, printer.Failed}
	long := long()
	return map[string]ending{
		"ready":                  {outcomes: confirmed, by: byID},
		"ready, knows no id":     {options: printertest.Options{NoProcessID: true}, outcomes: confirmed, by: byPaper},
		"ready, profile: no id":  {profile: "generic-escpos", outcomes: confirmed, by: byPaper},
		"ready, has a mouth":     {profile: "custom-vkp80", outcomes: []printer.Outcome{printer.Taken}, by: byMouth},
		"near the end":           {fault: printer.PaperNearEnd, outcomes: confirmed, by: byID, sees: printer.PaperNearEnd},
		"slow":                   {options: printertest.Options{LineTime: 20 * time.Millisecond}, doc: long, outcomes: confirmed, by: byID},
		"slow, small buffer":     {options: printertest.Options{LineTime: 10 * time.Millisecond, Buffer: 512}, doc: long, outcomes: confirmed, by: byID},
		"paper end before":       {fault: printer.PaperEnd, outcomes: notSent, sees: printer.PaperEnd},
		"cover open before":      {fault: printer.CoverOpen, outcomes: notSent, sees: printer.CoverOpen},
		"offline before":         {fault: printer.Offline, outcomes: notSent, sees: printer.Offline},
		"mute before":            {fault: printer.Mute, outcomes: notSent, sees: printer.Mute},
		"cutter before":          {fault: printer.CutterError, outcomes: notSent, sees: printer.CutterError},
		"custom, cover before":   {profile: "custom-vkp80", fault: printer.CoverOpen, outcomes: notSent, sees: printer.CoverOpen},
		"paper end during":       {fault: printer.PaperEnd, at: 300, doc: long, outcomes: stopped, sees: printer.PaperEnd},
		"paper end at the last":  {fault: printer.PaperEnd, at: 535, outcomes: unknown, sees: printer.PaperEnd},
		"cover open during":      {fault: printer.CoverOpen, at: 300, doc: long, outcomes: stopped, sees: printer.CoverOpen},
		"offline during":         {fault: printer.Offline, at: 300, doc: long, outcomes: stopped, sees: printer.Offline},
		"mute during":            {fault: printer.Mute, at: 300, outcomes: unknown, sees: printer.Mute},
		"power off during":       {fault: printertest.PowerOff, at: 300, outcomes: unknown, sees: printer.Mute},
		"cable pulled during":    {pulled: true, at: 300, outcomes: unknown, sees: printer.Mute},
		"custom, cable pulled":   {profile: "custom-vkp80", pulled: true, at: 300, outcomes: unknown, sees: printer.Mute},
		"custom, paper end":      {profile: "custom-vkp80", fault: printer.PaperEnd, at: 300, outcomes: unknown, sees: printer.PaperEnd},
		"knows no id, paper end": {options: printertest.Options{NoProcessID: true}, fault: printer.PaperEnd, at: 300, doc: long, outcomes: stopped, sees: printer.PaperEnd},
	}
}

// TestEndings: over a real tty, every way for a job to go has its outcome, a
// status before and after, and a next document with nothing of the first on it.
func TestEndings(t *testing.T) {
	for name, e := range endings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if e.profile == "" {
				e.profile = "epson-tm"
			}
			if len(e.doc.Blocks) == 0 {
				e.doc = printertest.Ticket("nl")
			}
			e.run(t, newTTY(t, loaded(t, e.profile), e.options))
		})
	}
}

func (e ending) run(t *testing.T, b *tty) {
	ctx := t.Context()
	first := printer.Document{Blocks: []printer.Block{printer.Paragraph{Text: "first"}}}
	if r, err := b.driver.Print(ctx, first); !r.Outcome.Done() {
		t.Fatalf("first job: %+v, %v", r, err)
	}
	if s, err := b.driver.Status(ctx); err != nil || len(s.Faults) != 0 {
		t.Fatalf("before: %v, %v", s, err)
	}
	switch {
	case e.pulled:
		b.pullAt.Store(int64(e.at))
	case e.at > 0:
		b.device.FaultAt(e.at, e.fault)
	case e.fault != "":
		b.device.Set(e.fault, true)
	}
	result, err := b.driver.Print(ctx, e.doc)
	e.check(t, result, err)
	if odd := b.device.Oddities(); e.at == 0 && e.options.Buffer == 0 && !e.options.NoProcessID && len(odd) > 0 {
		t.Errorf("not understood: %v", odd)
	}
	b.mend(t, e)
	// A printer that forgets nothing goes on, and what it had may be in its mouth.
	if s, err := b.driver.Status(ctx); err != nil || !s.Ready() {
		t.Fatalf("mended: %v, %v", s, err)
	}
	next := printer.Document{Blocks: []printer.Block{printer.Paragraph{Text: "next"}}}
	if r, err := b.driver.Print(ctx, next); !r.Outcome.Done() {
		t.Fatalf("next job: %+v, %v", r, err)
	}
	b.expectNext(t, e, result.Outcome)
}

func (e ending) check(t *testing.T, r printer.Result, err error) {
	t.Helper()
	expected := false
	for _, o := range e.outcomes {
		expected = expected || r.Outcome == o
	}
	if !expected || r.By != e.by {
		t.Fatalf("outcome %v by %q (%v), expected %v by %q", r.Outcome, r.By, err, e.outcomes, e.by)
	}
	if (err == nil) != (r.Outcome == printer.Confirmed || r.Outcome == printer.Taken) {
		t.Errorf("%v with error %v", r.Outcome, err)
	}
	if err != nil && strings.Contains(err.Error(), "K1-042") {
		t.Errorf("the error tells of the document: %v", err)
	}
	if e.sees == "" && len(r.Status.Faults) > 0 || e.sees != "" && !r.Status.Has(e.sees) {
		t.Errorf("status after %v, expected %q", r.Status.Faults, e.sees)
	}
}

func (b *tty) mend(t *testing.T, e ending) {
	t.Helper()
	if !e.pulled {
		b.device.Set(e.fault, false)
		return
	}
	if err := b.replug(); err != nil {
		t.Fatal(err)
	}
}

// expectNext waits for the paper of the next document, and looks whether the one
// before came out as its outcome says.
func (b *tty) expectNext(t *testing.T, e ending, outcome printer.Outcome) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var papers []printertest.Paper
	for n := 2; ; n++ {
		var err error
		if papers, err = b.device.Wait(ctx, n); err != nil {
			t.Fatalf("the next document did not come out:\n%s", all(papers))
		}
		if papers[len(papers)-1].Text() == "next\n" {
			break
		}
	}
	cut := 0
	for _, p := range papers[1:] {
		if p.Cut == "full" && strings.Contains(p.Text(), "[QR https://route.example/46]") {
			cut++
		}
	}
	if done := outcome.Done(); done && cut != 1 || outcome == printer.NotSent && len(papers) != 2 || cut > 1 {
		t.Errorf("%v, and on paper:\n%s", outcome, all(papers))
	}
	if e.sees == "" && len(papers) != 3 {
		t.Errorf("%d papers, expected 3", len(papers))
	}
}

// noisy is the master of a pseudo-terminal that turns answers into noise.
type noisy struct {
	*os.File
	armed atomic.Bool
	rng   *rand.Rand
}

func (n *noisy) Write(b []byte) (int, error) {
	if !n.armed.Load() {
		return n.File.Write(b)
	}
	noise := make([]byte, 3*len(b))
	for i := range noise {
		noise[i] = byte(n.rng.UintN(256))
	}
	if _, err := n.File.Write(noise); err != nil {
		return 0, err
	}
	return len(b), nil
}

// TestNoise: a printer that answers nonsense, from the start or from the middle of
// a job on, is never taken at its word.
func TestNoise(t *testing.T) {
	for seed := range uint64(3) {
		for _, late := range []bool{false, true} {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				b, wire := newNoisy(t, seed)
				if late {
					first := printer.Document{Blocks: []printer.Block{printer.Paragraph{Text: "first"}}}
					if r, err := b.driver.Print(t.Context(), first); r.Outcome != printer.Confirmed {
						t.Fatalf("first job: %+v, %v", r, err)
					}
				}
				wire.armed.Store(true)
				r, err := b.driver.Print(t.Context(), printertest.Ticket("de"))
				if err == nil || r.Outcome == printer.Confirmed || r.Outcome == printer.Sent {
					t.Errorf("seed %d, late %t: %+v, %v", seed, late, r, err)
				}
			})
		}
	}
}

func newNoisy(t *testing.T, seed uint64) (*tty, *noisy) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	wire := &noisy{File: master, rng: rand.New(rand.NewPCG(seed, 1))}
	b := &tty{device: printertest.New(printertest.Options{}), path: slave.Name}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = slave.Close() // its end ends the master's Read
		<-done
		_ = master.Close()
	})
	go func() {
		defer close(done)
		_ = b.device.Serve(context.WithoutCancel(t.Context()), wire)
	}()
	p := loaded(t, "epson-tm")
	b.drive(t, p)
	return b, wire
}

// TestNoiseInTheMiddle: the printer is heard well until the document is sent, and
// only noise answers the question whether it is printed.
func TestNoiseInTheMiddle(t *testing.T) {
	for seed := range uint64(3) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			b, wire := newNoisy(t, seed)
			p := loaded(t, "epson-tm")
			stream, err := Encode(printertest.Ticket("nl"), p)
			if err != nil {
				t.Fatal(err)
			}
			b.driver.open = func(ctx context.Context) (printer.Port, error) {
				port, err := b.open(ctx)
				return &alarm{Port: port, tail: stream[len(stream)-6:], ring: func() { wire.armed.Store(true) }}, err
			}
			r, err := b.driver.Print(t.Context(), printertest.Ticket("nl"))
			if err == nil || r.Outcome != printer.Unknown {
				t.Errorf("seed %d: %+v, %v", seed, r, err)
			}
		})
	}
}

// alarm rings before the chunk that ends with tail is written.
type alarm struct {
	printer.Port
	tail []byte
	ring func()
}

func (a *alarm) Write(b []byte) (int, error) {
	if len(b) < chunk && strings.HasSuffix(string(b), string(a.tail)) {
		a.ring()
	}
	return a.Port.Write(b)
}
