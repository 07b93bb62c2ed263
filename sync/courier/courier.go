// Package courier carries what people did from the outbox to the portal until the
// portal has it. It is not the queue, and it keeps nothing on disk: what it was
// doing when the power went is done again.
//
// An action is sent again whenever it is not known for sure what became of it; the
// portal takes an id once, so this does no harm. It is out of the queue only by the
// portal's own word: "accepted" or "duplicate". "Refused" parks it, with the
// portal's code, for a technician; nothing is ever thrown away.
//
// Trouble of the portal slows the courier down: full jitter on an exponential
// back-off, longer where the portal says Retry-After. Something new to carry ends a
// back-off of the courier's own, since someone stands at the booth, but not one
// that the portal asked for. A portal that has stopped this kiosk is asked now and
// then whether that still holds, and is sent nothing.
package courier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// Queue is what is carried from; [outbox.Outbox] is one.
type Queue interface {
	Next(ctx context.Context, n int) ([]outbox.Sealed, error)
	Settle(ctx context.Context, results []outbox.Result) error
	Due(ctx context.Context) (wait time.Duration, pending bool, err error)
	Added() <-chan struct{}
	Wait(ctx context.Context, id uuid.UUID) error
	Stats(ctx context.Context) (outbox.Stats, error)
	SkipTo(ctx context.Context, counter uint64) error
	Purge(ctx context.Context) error
}

// Portal is who is carried to; [portal.Client] is one.
type Portal interface {
	Send(ctx context.Context, actions []api.Action) ([]api.ActionResult, error)
	Self(ctx context.Context) (portal.Self, error)
}

// Keys takes the portal's newest sealing keys; [seal.Ring] does.
type Keys interface {
	Update(s seal.Signed) (changed bool, err error)
}

// Options are the parts of a courier.
type Options struct {
	Kiosk  string // id, that the portal must know this kiosk by
	Queue  Queue
	Portal Portal
	Keys   Keys
	Log    *slog.Logger // nil logs nothing
	// Jitter picks a time from above 0 to limit; nil picks at random.
	Jitter func(limit time.Duration) time.Duration
}

// How often the portal is asked about this kiosk and its keys, and how long that
// may take while something new may be waiting to be carried.
const (
	meetEvery = time.Hour
	meetTime  = 5 * time.Second
)

// Courier carries. Run is called once; the other methods at any time and by several
// goroutines.
type Courier struct {
	o    Options
	now  chan struct{} // of Try
	pace pace          // of the goroutine of Run, as is the rest until mu

	met    bool      // the portal was asked about this kiosk since the start
	meetAt time.Time // when to ask again
	halted bool      // the portal does not take this kiosk, as far as is known

	mu    sync.Mutex // guards state
	state State
}

// New makes a courier; it does nothing until Run.
func New(o Options) *Courier {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Jitter == nil {
		o.Jitter = random
	}
	return &Courier{o: o, now: make(chan struct{}, 1), pace: pace{jitter: o.Jitter, size: maxBatch}}
}

// Run carries until ctx ends. Nothing else ends it: what goes wrong is in
// [Courier.State] and in the log, and is tried again.
func (c *Courier) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		c.rest(ctx, c.round(ctx))
	}
	return nil
}

// Delivered returns nil once the portal has the action, also where it had it
// before; else an error wrapping [outbox.ErrParked], [outbox.ErrUnknown] or that of
// ctx.
func (c *Courier) Delivered(ctx context.Context, id uuid.UUID) error { return c.o.Queue.Wait(ctx, id) }

// Try ends any rest, also one that the portal asked for; a technician asks for it.
func (c *Courier) Try() {
	select {
	case c.now <- struct{}{}:
	default:
	}
}

// round does what is to be done now, and gives how long to rest after it.
func (c *Courier) round(ctx context.Context) rest {
	c.forgetAdded()
	batch, err := c.o.Queue.Next(ctx, c.pace.size)
	if err != nil {
		return c.failed(ctx, err)
	}
	if !time.Now().Before(c.meetAt) && (!c.met || len(batch) == 0) {
		if err := c.meet(ctx); err != nil && (c.halted || stops(err) || len(batch) == 0) {
			return c.failed(ctx, err)
		}
	}
	if batch = fit(batch); len(batch) > 0 {
		return c.send(ctx, batch)
	}
	return c.idle(ctx)
}

// forgetAdded drops the word of what was added up to now: the batch taken next
// knows of it.
func (c *Courier) forgetAdded() {
	select {
	case <-c.o.Queue.Added():
	default:
	}
}

// idle rests until something is due.
func (c *Courier) idle(ctx context.Context) rest {
	wait, pending, err := c.o.Queue.Due(ctx)
	if err != nil {
		return c.failed(ctx, err)
	}
	if toMeet := max(0, time.Until(c.meetAt)); !pending || toMeet < wait {
		wait = toMeet
	}
	return rest{wait: wait}
}

// rest waits for its time, for something new unless it is held, for [Courier.Try],
// or for ctx.
func (c *Courier) rest(ctx context.Context, r rest) {
	c.plan(r)
	timer := time.NewTimer(r.wait)
	defer timer.Stop()
	added := c.o.Queue.Added()
	if r.held {
		added = nil
	}
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-added:
	case <-c.now:
	}
}

// meet asks the portal about this kiosk, takes its keys, and cleans the queue up.
// An error means that the portal did not answer, or that this kiosk is not its.
func (c *Courier) meet(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, meetTime)
	defer cancel()
	self, err := c.o.Portal.Self(limited)
	c.heard(err)
	if err != nil {
		return fmt.Errorf("meeting the portal: %w", err)
	}
	if self.Kiosk != c.o.Kiosk {
		return errOtherKiosk
	}
	switch err := c.o.Queue.SkipTo(ctx, self.LastCounter); {
	case errors.Is(err, outbox.ErrCounter): // somebody else's: those that come next here are new to the portal
		c.o.Log.Error("portal's counter not taken", "code", "counter-too-far")
	case err != nil:
		return fmt.Errorf("meeting the portal: %w", err)
	}
	c.takeKeys(self.Keys)
	c.met, c.halted, c.meetAt = true, false, time.Now().Add(meetEvery/2+c.o.Jitter(meetEvery/2))
	c.pace.failures = 0
	c.went(ctx)
	if err := c.o.Queue.Purge(ctx); err != nil {
		return fmt.Errorf("meeting the portal: %w", err)
	}
	return nil
}

// takeKeys keeps the portal's keys. Keys that are not taken stop nothing: the ones
// in use are still good.
func (c *Courier) takeKeys(s seal.Signed) {
	changed, err := c.o.Keys.Update(s)
	c.noteKeys(keysCode(err))
	switch {
	case err != nil:
		c.o.Log.Error("portal's keys not taken", "code", keysCode(err))
	case changed:
		c.o.Log.Info("portal's keys changed")
	}
}

// errOtherKiosk says that the token is that of another kiosk. What this one sealed
// can then not be opened, so none of it is sent.
var errOtherKiosk = errors.New("the portal knows this kiosk by another id")
