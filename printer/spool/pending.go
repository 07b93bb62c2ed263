package spool

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/google/uuid"

	"balie/printer"
)

// errWithdrawn says that a job was called off before it began.
var errWithdrawn = errors.New("withdrawn")

// Step is a stage that a job reached, and what that rests on.
type Step struct {
	Stage printer.Stage
	By    string
}

// Pending is a job that was asked for.
type Pending struct {
	queue *queue
	job   Job
	out   chan struct{} // closed when it is held out, or has ended
	done  chan struct{} // closed when it has ended

	mu       sync.Mutex // guards all that follows
	steps    []Step
	stop     context.CancelFunc // of the one under way
	withdraw bool
	result   printer.Result
	err      error
}

func newPending(q *queue, job Job) *Pending {
	return &Pending{queue: q, job: job, out: make(chan struct{}), done: make(chan struct{})}
}

// ID is the job's, as it was asked for.
func (p *Pending) ID() uuid.UUID { return p.job.ID }

// Out is closed when the document is held out to be taken, and when the job has ended.
func (p *Pending) Out() <-chan struct{} { return p.out }

// Done is closed when the job has ended.
func (p *Pending) Done() <-chan struct{} { return p.done }

// Result is how the job ended; before that it is unknown. The error explains it to a
// technician.
func (p *Pending) Result() (printer.Result, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.result, p.err
}

// Stage is how far the job is.
func (p *Pending) Stage() printer.Stage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at()
}

// Steps are the stages that it has reached.
func (p *Pending) Steps() []Step {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.steps)
}

// at is Stage without the lock.
func (p *Pending) at() printer.Stage {
	if len(p.steps) == 0 {
		return Asked
	}
	return p.steps[len(p.steps)-1].Stage
}

// Withdraw calls the job off: one that waits is not sent, one under way is stopped as
// its printer stops it.
func (p *Pending) Withdraw() {
	if p.queue.remove(p) {
		p.queue.end(context.Background(), p, printer.Result{Outcome: printer.NotSent}, errWithdrawn)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.withdraw = true
	if p.stop != nil {
		p.stop()
	}
}

// begin gives the context in which the job is printed; it ends with a withdrawal.
func (p *Pending) begin(ctx context.Context) (context.Context, context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ctx, stop := context.WithCancel(ctx)
	p.stop = stop
	if p.withdraw {
		stop()
	}
	return ctx, stop
}

func (p *Pending) reach(stage printer.Stage, by string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps = append(p.steps, Step{stage, by})
	if stage == printer.Held {
		close(p.out)
	}
}

// end says how it ended, and lets go of the document.
func (p *Pending) end(r printer.Result, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.result, p.err = r, err
	p.job.Document = printer.Document{}
	if p.at() != printer.Held {
		close(p.out)
	}
	close(p.done)
}
