// Package spool keeps print jobs: from asked to taken, drawn in, failed or unknown,
// across a crash. Jobs for one printer are printed in the order in which they were
// asked for; printers do not wait for one another.
//
// A job is noted in a [Journal] before its first byte goes out, and at each stage
// after that. What is noted is never what is printed: after a crash a document is
// gone, so it cannot be printed a second time. Whoever asked for it learns how it
// ended, once, and makes it anew where that is right. For a secret (a code card, a
// password) unknown means revoke; it is never moved to another printer.
//
// Before a printer gets its first job, and after each that did not end well, it is
// cleared ([printer.Clearer]): nothing of one person comes out for the next.
package spool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"balie/printer"
)

// What a caller acts on.
var (
	// ErrKnown says that a job of that id was asked for before: it is not printed again.
	ErrKnown = errors.New("print job was asked for before")
	// ErrNoPrinter says that there is no printer of that name.
	ErrNoPrinter = errors.New("no such printer")
	// ErrNoJob says that there is no job of that id, or that it has not ended.
	ErrNoJob = errors.New("no such print job, or it has not ended")
	// ErrEnded says that the spool has ended.
	ErrEnded = errors.New("printing has ended")
)

// Asked is the stage of a job that waits; those after it are of package printer.
const Asked printer.Stage = "asked"

// Entry is what is kept of a job, and holds nothing of the document.
type Entry struct {
	ID      uuid.UUID
	Printer string
	Secret  bool
	Stage   printer.Stage
	Ended   bool
	Outcome printer.Outcome // where it has ended
	By      string          // what stage and outcome rest on
	At      time.Time       // of the last change, by the kiosk's clock
}

// Journal keeps entries so that they survive a power cut: what a method returned
// without an error is there afterwards. The spool's own goroutines call it at any time.
type Journal interface {
	// Begin notes a job that is asked for. The error wraps [ErrKnown] where one of its
	// id was there before, ended or not.
	Begin(ctx context.Context, e Entry) error
	// Reach notes the stage that a job has reached.
	Reach(ctx context.Context, id uuid.UUID, stage printer.Stage, by string) error
	// End notes how a job ended. One that is no secret is settled with that.
	End(ctx context.Context, id uuid.UUID, outcome printer.Outcome, by string) error
	// Settle notes that whoever asked for a job has its outcome on their own books. The
	// error wraps [ErrNoJob] where none of that id has ended.
	Settle(ctx context.Context, id uuid.UUID) error
	// Unsettled lists the jobs that have not ended, or not been settled, oldest first.
	Unsettled(ctx context.Context) ([]Entry, error)
}

// Options say what is printed on and where jobs are kept.
type Options struct {
	Journal  Journal
	Printers map[string]printer.Printer
	Log      *slog.Logger
	// Retry is how long a printer that could not be cleared is left alone; 0 is 10 s.
	Retry time.Duration
}

// Spool takes jobs. It is safe for use by several goroutines.
type Spool struct {
	o      Options
	queues map[string]*queue
}

// Open makes the spool, and says how the jobs of an earlier process ended that nobody
// has settled yet: of a secret that was not finished, unknown. Each is to be taken into
// the caller's books and then settled; until that is done it is told at every start.
func Open(ctx context.Context, o Options) (*Spool, []Entry, error) {
	if o.Retry == 0 {
		o.Retry = 10 * time.Second
	}
	s := &Spool{o: o, queues: map[string]*queue{}}
	for name, device := range o.Printers {
		s.queues[name] = newQueue(s, name, device)
	}
	left, err := s.recover(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the spool: %w", err)
	}
	return s, left, nil
}

// recover ends what an earlier process left: it cannot go on, for the document is gone.
func (s *Spool) recover(ctx context.Context) (left []Entry, err error) {
	list, err := s.o.Journal.Unsettled(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if !e.Ended {
			e.Ended, e.Outcome, e.By = true, afterCrash(e), "restart"
			if err := s.o.Journal.End(ctx, e.ID, e.Outcome, e.By); err != nil {
				return nil, err
			}
			s.o.Log.WarnContext(ctx, "print job of an earlier process", "job", e.ID, "printer", e.Printer, "secret", e.Secret,
				"stage", string(e.Stage), "outcome", e.Outcome.String())
		}
		left = append(left, e)
	}
	return left, nil
}

// afterCrash is the outcome of a job that a crash cut short. One that had not begun has
// printed nothing; of a secret not even that is relied on.
func afterCrash(e Entry) printer.Outcome {
	if e.Stage == Asked && !e.Secret {
		return printer.NotSent
	}
	return printer.Unknown
}

// Job is a document to be printed.
type Job struct {
	ID       uuid.UUID // of the caller: asked for twice, it is printed once
	Printer  string
	Document printer.Document
}

// Submit notes a job and puts it in line. It returns when the job is on disk; what
// comes of it, the [Pending] tells.
func (s *Spool) Submit(ctx context.Context, job Job) (*Pending, error) {
	q, found := s.queues[job.Printer]
	if !found {
		return nil, fmt.Errorf("printing on %q: %w", job.Printer, ErrNoPrinter)
	}
	p := newPending(q, job)
	if err := q.add(ctx, p); err != nil {
		return nil, fmt.Errorf("printing on %q: %w", job.Printer, err)
	}
	return p, nil
}

// Cleared waits until each printer was cleared of what an earlier process left in it, or
// could not be, or ctx ends.
func (s *Spool) Cleared(ctx context.Context) {
	for _, q := range s.queues {
		select {
		case <-q.tried:
		case <-ctx.Done():
			return
		}
	}
}

// Settle says that the outcome of a secret is on the caller's books.
func (s *Spool) Settle(ctx context.Context, id uuid.UUID) error {
	return s.o.Journal.Settle(ctx, id)
}

// Run prints until ctx ends; then what is under way is stopped as its printer stops it,
// and what waits is not sent.
func (s *Spool) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, q := range s.queues {
		group.Go(func() error { return q.run(ctx) })
	}
	return group.Wait()
}

// State is how the jobs of one printer stand.
type State struct {
	Waiting int           // jobs in line, the one under way included
	Stage   printer.Stage // of the one under way; empty where there is none
	Clear   bool          // nothing of an earlier job can come out of it
	Trouble string        // why it could not be cleared
}

// State tells how the jobs of a printer stand.
func (s *Spool) State(name string) State {
	q, found := s.queues[name]
	if !found {
		return State{}
	}
	return q.state()
}
