package spool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"balie/printer"
)

// queue is a printer and the jobs that are in line for it.
type queue struct {
	spool  *Spool
	name   string
	device printer.Printer

	order sync.Mutex    // held while a job is noted: the order on disk is that of the line
	wake  chan struct{} // there may be a job
	tried chan struct{} // closed once clearing it was tried

	mu      sync.Mutex // guards all that follows
	line    []*Pending
	now     *Pending // under way
	clean   bool
	trouble string
	ended   bool
}

func newQueue(s *Spool, name string, device printer.Printer) *queue {
	_, clears := device.(printer.Clearer)
	return &queue{spool: s, name: name, device: device, wake: make(chan struct{}, 1), tried: make(chan struct{}), clean: !clears}
}

// add notes a job and puts it in line.
func (q *queue) add(ctx context.Context, p *Pending) error {
	q.order.Lock()
	defer q.order.Unlock()
	if q.isEnded() {
		return ErrEnded
	}
	e := Entry{ID: p.job.ID, Printer: q.name, Secret: p.job.Document.Secret, Stage: Asked, At: time.Now()}
	if err := q.spool.o.Journal.Begin(ctx, e); err != nil {
		return fmt.Errorf("noting the job: %w", err)
	}
	q.mu.Lock()
	ended := q.ended
	if !ended {
		q.line = append(q.line, p)
	}
	q.mu.Unlock()
	if ended {
		q.end(ctx, p, printer.Result{Outcome: printer.NotSent}, ErrEnded)
	}
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return nil
}

func (q *queue) isEnded() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ended
}

func (q *queue) state() State {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := State{Waiting: len(q.line), Clear: q.clean, Trouble: q.trouble}
	if q.now != nil {
		s.Waiting++
		s.Stage = q.now.Stage()
	}
	return s
}

// run prints what comes, until ctx ends. A printer that is not clear is cleared
// first, and tried again from time to time where that fails: what an earlier job
// left in it may lie in its mouth.
func (q *queue) run(ctx context.Context) error {
	tried := sync.OnceFunc(func() { close(q.tried) })
	defer tried()
	for ctx.Err() == nil {
		trouble := q.clear(ctx)
		tried()
		p := q.next()
		switch {
		case p == nil:
			q.wait(ctx, trouble != nil)
		case trouble != nil:
			q.end(ctx, p, q.refused(ctx), fmt.Errorf("clearing the printer of an earlier job: %w", trouble))
		default:
			q.print(ctx, p)
		}
	}
	q.close(ctx)
	return nil
}

// next takes the first in line.
func (q *queue) next() *Pending {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.line) == 0 {
		return nil
	}
	p := q.line[0]
	q.line = q.line[1:]
	q.now = p
	return p
}

// remove takes a job out of the line, if it is still in it.
func (q *queue) remove(p *Pending) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.line, p)
	if i < 0 {
		return false
	}
	q.line = slices.Delete(q.line, i, i+1)
	return true
}

// wait waits for a job, or until it is time to try and clear the printer again.
func (q *queue) wait(ctx context.Context, again bool) {
	var retry <-chan time.Time
	if again {
		timer := time.NewTimer(q.spool.o.Retry)
		defer timer.Stop()
		retry = timer.C
	}
	select {
	case <-q.wake:
	case <-retry:
	case <-ctx.Done():
	}
}

// clear clears the printer where that is due.
func (q *queue) clear(ctx context.Context) error {
	c, clears := q.device.(printer.Clearer)
	if q.state().Clear || !clears {
		return nil
	}
	err := c.Clear(ctx)
	q.mu.Lock()
	defer q.mu.Unlock()
	was := q.trouble
	q.clean, q.trouble = err == nil, ""
	if err == nil {
		return nil
	}
	if q.trouble = err.Error(); q.trouble != was && ctx.Err() == nil {
		q.spool.o.Log.WarnContext(ctx, "printer cannot be cleared of what an earlier job left", "printer", q.name, "error", err)
	}
	return err
}

// refused is the result of a job for which the printer could not be cleared.
func (q *queue) refused(ctx context.Context) printer.Result {
	s, err := q.device.Status(ctx)
	if err != nil {
		s = printer.Status{Faults: []printer.Fault{printer.Mute}}
	}
	return printer.Result{Outcome: printer.NotSent, Status: s}
}

// print takes one job through its printer.
func (q *queue) print(run context.Context, p *Pending) {
	ctx, stop := p.begin(run)
	defer stop()
	if err := ctx.Err(); err != nil {
		q.end(run, p, printer.Result{Outcome: printer.NotSent}, errors.Join(errWithdrawn, err))
		return
	}
	reached := func(stage printer.Stage, by string) error {
		err := q.spool.o.Journal.Reach(context.WithoutCancel(ctx), p.job.ID, stage, by)
		if err == nil || stage != printer.Sending {
			p.reach(stage, by)
		}
		return err
	}
	result, err := q.follow(ctx, p.job.Document, reached)
	if result.Outcome == printer.Unknown || result.Outcome == printer.Failed {
		q.dirty()
	}
	q.end(run, p, result, err)
}

// follow has the printer say how far it is where it can.
func (q *queue) follow(ctx context.Context, doc printer.Document, reached func(printer.Stage, string) error) (printer.Result, error) {
	if f, follows := q.device.(printer.Follower); follows {
		return f.Follow(ctx, doc, reached)
	}
	if err := reached(printer.Sending, ""); err != nil {
		return printer.Result{Outcome: printer.NotSent}, fmt.Errorf("noting that the job begins: %w", err)
	}
	return q.device.Print(ctx, doc)
}

func (q *queue) dirty() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, clears := q.device.(printer.Clearer); clears {
		q.clean = false
	}
}

// end notes the outcome and tells it. A secret whose outcome could not be noted is
// unknown: after a crash it would be, and it must not be two things.
func (q *queue) end(ctx context.Context, p *Pending, r printer.Result, err error) {
	secret := p.job.Document.Secret
	noted := q.spool.o.Journal.End(context.WithoutCancel(ctx), p.job.ID, r.Outcome, r.By)
	if noted != nil {
		q.spool.o.Log.ErrorContext(ctx, "noting how a print job ended", "job", p.job.ID, "error", noted)
		if secret {
			r.Outcome = printer.Unknown
			err = errors.Join(err, fmt.Errorf("noting the outcome: %w", noted))
		}
	}
	q.mu.Lock()
	if q.now == p {
		q.now = nil
	}
	q.mu.Unlock()
	p.end(r, err)
}

// close ends what is in line when printing ends.
func (q *queue) close(ctx context.Context) {
	q.mu.Lock()
	q.ended = true
	line := q.line
	q.line = nil
	q.mu.Unlock()
	for _, p := range line {
		q.end(ctx, p, printer.Result{Outcome: printer.NotSent}, ErrEnded)
	}
}
