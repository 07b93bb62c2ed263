// Package driver takes a job through a printer that is asked in words how it is:
// ready, sent, confirmed, and clean of what it held where that went wrong. What
// is said on the wire is the dialect's.
package driver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"balie/printer"
	"balie/printer/internal/wire"
)

// Dialect is how such a printer is spoken to.
type Dialect interface {
	// Encode gives the parts of doc that are sent one by one.
	Encode(doc printer.Document) ([][]byte, error)
	// Split gives a function that cuts what the printer says into answers.
	Split() func(b byte) (answer string, complete bool)
	// Greet brings a printer whose wire was opened anew to where it takes a command:
	// it may be in the middle of one. clean says that nothing of a job was.
	Greet(ctx context.Context, l *wire.Line, clean bool) error
	// Status asks how the printer is. A printer that does not answer is [wire.ErrMute].
	Status(ctx context.Context, l *wire.Line) (printer.Status, error)
	// Send sends the parts. sent is how many of them may have reached the printer in part.
	Send(ctx context.Context, l *wire.Line, parts [][]byte) (sent int, err error)
	// Confirm waits until the printer says that all of it is printed, and tells how it
	// did; clean says that it holds nothing of it any more.
	Confirm(ctx context.Context, l *wire.Line) (by string, clean bool, err error)
	// Forget makes the printer forget what it has not printed, and waits for its word.
	Forget(ctx context.Context, l *wire.Line) error
}

// recovery is how long it may take to clear up after a job that failed.
const recovery = 10 * time.Second

// Printer is a printer at the end of a port. It opens the port when it is first
// needed and again when it was lost, and holds it in between.
type Printer struct {
	open    func(ctx context.Context) (printer.Port, error)
	dialect Dialect
	log     *slog.Logger

	turn  chan struct{} // holds a token while nobody uses what follows
	line  *wire.Line
	clean bool // the printer holds nothing of an earlier job, of this process or another

	busy atomic.Bool // a job is on its way

	mu   sync.Mutex // guards last
	last printer.Status
}

var (
	_ printer.Follower = (*Printer)(nil)
	_ printer.Clearer  = (*Printer)(nil)
)

// New makes the driver of a printer. open opens its wire; it is called when the
// first job or status needs it and whenever the wire was lost. Nothing of a
// document comes into the log.
func New(open func(ctx context.Context) (printer.Port, error), d Dialect, log *slog.Logger) *Printer {
	p := &Printer{open: open, dialect: d, log: log, turn: make(chan struct{}, 1)}
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

func (p *Printer) release() { p.turn <- struct{}{} }

func (p *Printer) hangUp() {
	if p.line != nil {
		p.line.Close()
		p.line = nil
	}
}

// Status asks the printer. While a job is on its way it is the job's last
// knowledge instead, since a question in the middle would become part of the data.
func (p *Printer) Status(ctx context.Context) (printer.Status, error) {
	if p.busy.Load() {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.last, nil
	}
	select {
	case <-p.turn:
		defer p.release()
	case <-ctx.Done():
		return printer.Status{}, fmt.Errorf("waiting for the printer: %w", ctx.Err())
	}
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
	parts, err := p.dialect.Encode(doc)
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
	r, err := p.print(ctx, job{parts, reached})
	p.know(r.Status)
	attrs := []any{"outcome", r.Outcome.String(), "by", r.By, "faults", r.Status.Faults}
	if err != nil {
		p.log.WarnContext(ctx, "job ended", append(attrs, "error", err)...)
		return r, err
	}
	p.log.InfoContext(ctx, "job ended", attrs...)
	return r, nil
}

// Clear makes the printer forget whatever an earlier job left in it.
func (p *Printer) Clear(ctx context.Context) error {
	select {
	case <-p.turn:
		defer p.release()
	case <-ctx.Done():
		return fmt.Errorf("waiting for the printer: %w", ctx.Err())
	}
	p.clean = false
	s, err := p.ask(ctx)
	switch {
	case err == nil && s.Has(printer.Mute):
		err = wire.ErrMute
	case err == nil:
		err = p.dialect.Forget(ctx, p.line)
	}
	if err != nil {
		return fmt.Errorf("clearing printer: %w", err)
	}
	p.clean = true
	return nil
}

func (p *Printer) know(s printer.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = s
}

// connect opens the port where it is not open.
func (p *Printer) connect(ctx context.Context) error {
	if p.line != nil && !p.line.Lost() {
		return nil
	}
	p.hangUp()
	port, err := p.open(ctx)
	if err != nil {
		return err
	}
	p.line = wire.Open(port, p.dialect.Split())
	return p.dialect.Greet(ctx, p.line, p.clean)
}

// ask reads the status. A port that turns out to be lost is opened once more: the
// printer may have been switched off and on since the last job. A printer that does
// not answer is a status, and costs the line: its answer may yet come.
func (p *Printer) ask(ctx context.Context) (printer.Status, error) {
	for again := false; ; again = true {
		if err := p.connect(ctx); err != nil {
			return printer.Status{}, err
		}
		p.line.Drop()
		s, err := p.dialect.Status(ctx, p.line)
		switch {
		case errors.Is(err, wire.ErrLost) && !again && ctx.Err() == nil:
			continue
		case errors.Is(err, wire.ErrMute):
			p.line.Shut()
			s, err = mute(), nil
		}
		if err == nil {
			p.know(s)
		}
		return s, err
	}
}

func mute() printer.Status { return printer.Status{Faults: []printer.Fault{printer.Mute}} }
