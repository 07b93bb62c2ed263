package escpos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"balie/printer"
)

// limits bound everything that waits for a printer.
type limits struct {
	answer  time.Duration // to a real-time question
	write   time.Duration // of one chunk
	hold    time.Duration // of one XOFF
	gap     time.Duration // after a chunk, for an XOFF to arrive; USB adapters collect for 16 ms
	confirm time.Duration // from the last byte to the printer's word
	settle  time.Duration // for the process id once GS r was answered
	recover time.Duration // to clear up after a job that failed
	poll    time.Duration // between two questions about the mouth
	count   time.Duration // for a counter to follow what the mouth has done
	draw    time.Duration // to draw a ticket in at once
}

func defaults() limits {
	return limits{
		answer: time.Second, write: 5 * time.Second, hold: 10 * time.Second, gap: 20 * time.Millisecond,
		confirm: 15 * time.Second, settle: 3 * time.Second, recover: 5 * time.Second,
		poll: 100 * time.Millisecond, count: 5 * time.Second, draw: 10 * time.Second,
	}
}

// Printer is a receipt printer at the end of a port. It opens the port when it
// is first needed and again when it was lost, and holds it in between.
type Printer struct {
	open    func(ctx context.Context) (printer.Port, error)
	profile Profile
	log     *slog.Logger
	limits  limits

	turn  chan struct{} // holds a token while nobody uses what follows
	line  *line
	state state
	noID  bool // the printer turned out not to know GS ( H
	owed  int  // of the line before
	// silent: it turned out to answer nothing in the order of the data
	silent bool

	busy atomic.Bool // a job is on its way

	mu   sync.Mutex // guards last
	last printer.Status
}

// state is what the printer may still hold of an earlier job.
type state int

const (
	stateUnknown state = iota // another process may have left anything behind
	stateClean
	stateSent  // all of a job was taken and nothing confirmed: clean, unless a fault shows
	stateDirty // a job of ours did not end well
)

var (
	_ printer.Follower = (*Printer)(nil)
	_ printer.Clearer  = (*Printer)(nil)
)

// New makes the driver of a printer. open opens its wire; it is called when the
// first job or status needs it and whenever the wire was lost. Nothing of a
// document comes into the log.
func New(open func(ctx context.Context) (printer.Port, error), profile Profile, log *slog.Logger) *Printer {
	p := &Printer{open: open, profile: profile, log: log.With("printer", profile.Name), limits: defaults(), turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// Close gives the port back. The printer can be used again: it opens anew.
func (p *Printer) Close() error {
	<-p.turn
	defer p.release()
	p.hangUp()
	return nil
}

// Status asks the printer. While a job is on its way it is the job's last
// knowledge instead, since a question in the middle would become part of the data.
func (p *Printer) Status(ctx context.Context) (printer.Status, error) {
	if p.busy.Load() {
		return p.known(), nil
	}
	select {
	case <-p.turn:
	case <-ctx.Done():
		return printer.Status{}, fmt.Errorf("waiting for the printer: %w", ctx.Err())
	}
	defer p.release()
	s, err := p.ask(ctx)
	if err != nil {
		return printer.Status{}, fmt.Errorf("asking printer: %w", err)
	}
	return s, nil
}

// Print prints doc once.
func (p *Printer) Print(ctx context.Context, doc printer.Document) (printer.Result, error) {
	return p.Follow(ctx, doc, func(printer.Stage, string) error { return nil })
}

// Follow prints doc once and says how far it is.
func (p *Printer) Follow(ctx context.Context, doc printer.Document, reached func(printer.Stage, string) error) (printer.Result, error) {
	body, err := encode(doc, p.profile)
	if err != nil {
		return printer.Result{Outcome: printer.NotSent}, fmt.Errorf("encoding: %w", err)
	}
	select {
	case <-p.turn:
		defer p.release()
	case <-ctx.Done():
		return printer.Result{Outcome: printer.NotSent}, fmt.Errorf("waiting for the printer: %w", ctx.Err())
	}
	p.busy.Store(true)
	defer p.busy.Store(false)
	j := job{body: body, secret: doc.Secret, reached: reached}
	j.parts = slices.ContainsFunc(doc.Blocks, func(b printer.Block) bool { _, cuts := b.(printer.Cut); return cuts })
	result, err := p.print(ctx, &j)
	p.know(result.Status)
	p.report(ctx, len(body.bytes), result, err)
	return result, err
}

// Clear rids the printer of whatever an earlier job left in it. One that has stopped
// is told to forget all the same, where it can be: what it holds would come out when
// its trouble ends.
func (p *Printer) Clear(ctx context.Context) error {
	select {
	case <-p.turn:
		defer p.release()
	case <-ctx.Done():
		return fmt.Errorf("waiting for the printer: %w", ctx.Err())
	}
	p.state = stateDirty
	s, err := p.ask(ctx)
	if err == nil && !s.Ready() && p.profile.Back.Clear && !s.Has(printer.Mute) {
		err = p.clear(ctx)
	}
	if err == nil && !s.Ready() {
		err = fmt.Errorf("printer is not ready: %v", s.Faults)
	}
	if err == nil {
		err = p.cleanse(ctx)
	}
	if err != nil {
		return fmt.Errorf("clearing printer: %w", err)
	}
	p.state = stateClean
	return nil
}

func (p *Printer) release() { p.turn <- struct{}{} }

func (p *Printer) know(s printer.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = s
}

func (p *Printer) known() printer.Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

func (p *Printer) report(ctx context.Context, bytes int, r printer.Result, err error) {
	attrs := []any{"outcome", r.Outcome.String(), "by", r.By, "faults", r.Status.Faults, "bytes", bytes}
	if err != nil {
		p.log.WarnContext(ctx, "job ended", append(attrs, "error", err)...)
		return
	}
	p.log.InfoContext(ctx, "job ended", attrs...)
}

// connect opens the port where it is not open.
func (p *Printer) connect(ctx context.Context) error {
	if p.line != nil && !p.line.lost() {
		return nil
	}
	if p.line != nil {
		p.owed = p.line.owed
	}
	p.hangUp()
	port, err := p.open(ctx)
	if err != nil {
		return err
	}
	p.line = newLine(port, p.profile.Back.Status == statusCustom)
	p.line.owed = p.owed
	if p.state == stateClean || p.state == stateSent {
		return nil
	}
	// The printer may be in the middle of a command, whose length a question would become.
	return p.line.sendNow(ctx, free("").bytes, p.limits.write)
}

func (p *Printer) hangUp() {
	if p.line != nil {
		p.line.close()
		p.line = nil
	}
}

// ask reads the status. A port that turns out to be lost is opened once more:
// the printer may have been switched off and on since the last job.
func (p *Printer) ask(ctx context.Context) (printer.Status, error) {
	for again := false; ; again = true {
		if err := p.connect(ctx); err != nil {
			return printer.Status{}, err
		}
		s, err := p.line.query(ctx, p.profile.Back.Status, p.limits.answer)
		if errors.Is(err, errLost) && !again && ctx.Err() == nil {
			continue
		}
		if err == nil {
			p.know(s)
		}
		if p.state == stateSent && !s.Ready() {
			p.state = stateDirty
		}
		return s, err
	}
}
