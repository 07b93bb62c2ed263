package driver

import (
	"context"
	"errors"
	"fmt"

	"balie/printer"
	"balie/printer/internal/wire"
)

// job is a document on its way, in the parts that are sent one by one.
type job struct {
	parts   [][]byte
	reached func(printer.Stage, string) error
}

// reach says that a job is at a stage. It goes on whether that could be noted or not.
func (p *Printer) reach(ctx context.Context, j job, stage printer.Stage, by string) {
	if err := j.reached(stage, by); err != nil {
		p.log.WarnContext(ctx, "noting how far a job is", "stage", string(stage), "error", err)
	}
}

// print takes a job through: prepare, send, confirm. The document is sent once,
// whatever happens.
func (p *Printer) print(ctx context.Context, j job) (printer.Result, error) {
	s, err := p.prepare(ctx)
	if err != nil {
		return printer.Result{Outcome: printer.NotSent, Status: s}, err
	}
	if err := j.reached(printer.Sending, ""); err != nil {
		return printer.Result{Outcome: printer.NotSent, Status: s}, fmt.Errorf("noting that the job begins: %w", err)
	}
	p.clean = false
	sent, err := p.dialect.Send(ctx, p.line, j.parts)
	if err != nil && sent == 0 {
		return printer.Result{Outcome: printer.NotSent, Status: s}, fmt.Errorf("beginning to print: %w", err)
	}
	if err != nil {
		return p.abandon(ctx, sent < len(j.parts), err)
	}
	p.reach(ctx, j, printer.Delivered, "drained")
	by, clean, err := p.dialect.Confirm(ctx, p.line)
	if err != nil {
		return p.abandon(ctx, false, err)
	}
	p.reach(ctx, j, printer.Printed, by)
	r := printer.Result{Outcome: printer.Confirmed, By: by}
	if r.Status, err = p.ask(ctx); err != nil {
		p.log.WarnContext(ctx, "asking printer after a job", "error", err)
		r.Status = mute()
	}
	p.clean = clean && r.Status.Ready()
	return r, nil
}

// prepare brings the printer to the point where a document can be sent: it
// answers, has no fault, and holds nothing of an earlier job.
func (p *Printer) prepare(ctx context.Context) (printer.Status, error) {
	s, err := p.ask(ctx)
	if err != nil {
		return mute(), fmt.Errorf("asking printer: %w", err)
	}
	if !s.Ready() {
		return s, fmt.Errorf("printer is not ready: %v", s.Faults)
	}
	if p.clean {
		return s, nil
	}
	if err := p.dialect.Forget(ctx, p.line); err != nil {
		return s, fmt.Errorf("clearing printer of an earlier job: %w", err)
	}
	return s, nil
}

// abandon ends a job that has begun. Failed it is only where the end of it was
// never sent and the printer says that it has forgotten what it had: else all of
// it may be on paper, or come yet.
func (p *Printer) abandon(ctx context.Context, unsent bool, cause error) (printer.Result, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recovery)
	defer cancel()
	r := printer.Result{Outcome: printer.Unknown}
	err := p.connect(ctx)
	if err == nil {
		err = p.dialect.Forget(ctx, p.line)
	}
	switch {
	case errors.Is(err, wire.ErrMute):
		p.line.Shut()
		fallthrough
	case err != nil:
		cause = fmt.Errorf("%w; clearing printer: %w", cause, err)
	case unsent:
		r.Outcome = printer.Failed
	}
	if r.Status, err = p.ask(ctx); err != nil {
		r.Status = mute()
	}
	return r, fmt.Errorf("printing: %w", cause)
}
