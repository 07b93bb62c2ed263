package escpos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"balie/printer"
)

// errStays says that something did not come about in the time that it may take.
var errStays = errors.New("nothing changed in time")

// margin is how long before its time a ticket must have left the mouth to count as
// taken: at its time a printer draws it in or, where its setup has that switched
// off, pushes it out, before anybody's feet (Custom, VKP80III manual, FS P).
const margin = 2 * time.Second

// counted reads a counter with that unit.
func counted(text []byte, unit string) (int, bool) {
	digits, ok := bytes.CutSuffix(text, []byte(unit))
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(string(digits))
	return n, err == nil
}

// watch asks a Custom how it is, again and again, and shows all that it says to done
// until that has what it wants. A fault ends it, and so does silence: of some seconds,
// since what one late answer costs here is a card that must be made anew.
func (p *Printer) watch(ctx context.Context, limit time.Duration, done func(reply) bool) error {
	deadline := time.Now().Add(limit)
	for {
		if err := p.line.sendNow(ctx, []byte(askFull), p.limits.write); err != nil {
			return err
		}
		found, answered := false, false
		var fault error
		err := p.line.wait(ctx, p.limits.settle, func(r reply) bool {
			fault = p.hear(r)
			found = fault == nil && done(r)
			answered = r.kind == replyFull
			return fault != nil || found || answered
		})
		switch {
		case fault != nil || err != nil:
			return errors.Join(fault, err)
		case found:
			return nil
		case !time.Now().Before(deadline):
			return errStays
		}
		if err := p.rest(ctx); err != nil {
			return err
		}
	}
}

// rest is the time between two questions.
func (p *Printer) rest(ctx context.Context) error {
	timer := time.NewTimer(p.limits.poll)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// confirmCut waits until the counter of cuts has risen: its answer stands in the order
// of the data, behind the cut. A secret's symbols are wiped by then.
func (p *Printer) confirmCut(ctx context.Context, j *job) (string, error) {
	question := askCuts
	if j.secret {
		question = reset + askCuts
	}
	if err := p.askCount(ctx, question); err != nil {
		return "", err
	}
	cuts := 0
	err := p.watch(ctx, p.limits.confirm, func(r reply) (found bool) {
		if !j.parts && r.kind == replyFull && inMouth(r) && j.held.IsZero() {
			j.held = time.Now() // a quick hand may have it before the cuts are counted
		}
		cuts, found = p.counted(r, unitCuts)
		return found
	})
	switch {
	case errors.Is(err, errStays):
		return "", fmt.Errorf("counting cuts: %w", errMute)
	case err != nil:
		return "", err
	case cuts <= j.before.cuts:
		return "", errors.New("printer cut nothing")
	}
	return byCuts, nil
}

// inMouth tells whether a status says that a ticket is held out.
func inMouth(r reply) bool { return status(fullBits(), r.data).Has(printer.TicketInside) }

// present follows a ticket from the cutter to the mouth and out of it. What became of
// it is known by what the mouth and the counter say together; whatever they leave
// open is unknown.
func (p *Printer) present(ctx context.Context, j *job) (printer.Result, error) {
	r := printer.Result{Outcome: printer.Unknown, By: byMouth}
	if err := p.awaitMouth(ctx, j); err != nil {
		return p.lose(ctx, j, r, fmt.Errorf("waiting for the ticket to come to the mouth: %w", err))
	}
	p.reach(ctx, j, printer.Held, byMouth)
	hold := time.Duration(p.profile.Present.Hold) * time.Second
	err := p.watch(ctx, hold+p.limits.draw, func(r reply) bool { return r.kind == replyFull && !inMouth(r) })
	if err != nil {
		return p.lose(ctx, j, r, fmt.Errorf("waiting for the ticket to be taken: %w", err))
	}
	r.Outcome, err = p.judge(ctx, j.before.drawn, time.Since(j.held) < hold-margin)
	if err != nil {
		return p.lose(ctx, j, r, err)
	}
	p.state = stateClean
	r.Status = p.known()
	if r.Outcome == printer.Retracted {
		return r, errors.New("nobody took the ticket: the printer drew it in")
	}
	return r, nil
}

// awaitMouth waits until the ticket has been seen in the mouth, which was empty before.
func (p *Printer) awaitMouth(ctx context.Context, j *job) error {
	if !j.held.IsZero() {
		return nil
	}
	reach := time.Duration(p.profile.Present.Reach) * time.Second
	err := p.watch(ctx, reach, func(r reply) bool { return r.kind == replyFull && inMouth(r) })
	j.held = time.Now()
	return err
}

// judge says what became of a ticket that has left the mouth. Before its time only a
// hand can have had it; at its time the counter must say that it was drawn in.
func (p *Printer) judge(ctx context.Context, before int, early bool) (printer.Outcome, error) {
	deadline := time.Now().Add(p.limits.count)
	for {
		drawn, err := p.count(ctx, askDrawn, unitDrawn, p.limits.answer)
		switch {
		case err != nil:
			return printer.Unknown, fmt.Errorf("reading the counter of tickets drawn in: %w", err)
		case drawn == before+1:
			return printer.Retracted, nil
		case drawn != before:
			return printer.Unknown, fmt.Errorf("the counter of tickets drawn in went from %d to %d", before, drawn)
		case early:
			return printer.Taken, nil
		case !time.Now().Before(deadline):
			return printer.Unknown, errors.New("the ticket left the mouth at its time and was not drawn in: it was pushed out; switch retracting on in the printer's setup")
		}
		if err := p.rest(ctx); err != nil {
			return printer.Unknown, err
		}
	}
}

// lose ends a job whose ticket cannot be followed any more. One that holds a secret
// is drawn in, where that is still possible: then at least it is known where it is.
func (p *Printer) lose(ctx context.Context, j *job, r printer.Result, cause error) (printer.Result, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.limits.recover+p.limits.draw)
	defer cancel()
	p.state = stateDirty
	inside := p.known().Has(printer.TicketInside)
	if j.secret {
		err := p.connect(ctx)
		if err == nil {
			err = p.drawIn(ctx)
		}
		if err != nil {
			cause = fmt.Errorf("%w; drawing it in: %w", cause, err)
		} else if inside { // else it may have been another piece that was drawn in
			r.Outcome = p.drawnIn(ctx, j)
		}
	}
	s, err := p.ask(ctx)
	if err != nil {
		s = unreachable()
	}
	r.Status = s
	return r, cause
}

// drawnIn is the outcome of a ticket that was in the mouth when it was drawn in.
func (p *Printer) drawnIn(ctx context.Context, j *job) printer.Outcome {
	outcome, err := p.judge(ctx, j.before.drawn, false)
	if err != nil {
		p.log.WarnContext(ctx, "drawing in a ticket", "error", err)
	}
	return outcome
}

// drawIn cuts off what hangs from the printer and draws in what is in its mouth. What
// it may be in the middle of is filled up first. Where retracting is switched off
// nothing is cut by that, so a cut comes after it: before it, it would push out what is
// to be drawn in.
func (p *Printer) drawIn(ctx context.Context) error {
	if len(p.profile.Present.Retract) == 0 {
		return errors.New("its profile knows no way to draw a ticket in")
	}
	if err := p.tidy(ctx, reset+string(p.profile.Present.Retract)+string(p.profile.Cut.Full)); err != nil {
		return err
	}
	err := p.watch(ctx, p.limits.draw, func(r reply) bool { return r.kind == replyFull && !inMouth(r) })
	if errors.Is(err, errStays) {
		return errors.New("a ticket stays in the mouth: take it out")
	}
	return err
}
