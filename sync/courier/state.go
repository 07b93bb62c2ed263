package courier

import (
	"context"
	"fmt"
	"time"
)

// State is how the courier stands with the portal.
type State struct {
	// Reachable says that the portal answered the last call, if only to say no.
	Reachable bool
	// Stopped says that the portal does not take this kiosk. The queue is kept, and
	// nothing is sent until the portal takes it again.
	Stopped bool
	LastOK  time.Time // when a call last went well; zero: never
	Error   string    // code of what last went wrong; empty since a call went well
	ErrorAt time.Time // when Error began to be so; zero without one
	Keys    string    // code of why the portal's keys were not taken; empty: they were
	NextTry time.Time // when something is done next if nothing happens; in the past: right now

	Waiting, Parked, Acknowledged int       // actions
	Oldest                        time.Time // of those waiting, when it was done; zero: none
}

// State tells how things stand. Without an error of the queue, the error is nil.
func (c *Courier) State(ctx context.Context) (State, error) {
	c.mu.Lock()
	s := c.state
	c.mu.Unlock()
	stats, err := c.o.Queue.Stats(ctx)
	if err != nil {
		return s, fmt.Errorf("asking how the courier stands: %w", err)
	}
	s.Waiting, s.Parked, s.Acknowledged, s.Oldest = stats.Pending, stats.Parked, stats.Acknowledged, stats.Oldest
	return s, nil
}

// plan notes when something is done next.
func (c *Courier) plan(r rest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.NextTry = time.Now().Add(r.wait)
}

func (c *Courier) noteKeys(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Keys = code
}

// went notes that a call went well.
func (c *Courier) went(ctx context.Context) {
	c.mu.Lock()
	before := c.state
	c.state.Stopped, c.state.Error, c.state.ErrorAt, c.state.LastOK = false, "", time.Time{}, time.Now()
	c.mu.Unlock()
	if before.Error != "" || before.LastOK.IsZero() {
		c.o.Log.InfoContext(ctx, "portal answers", "before", before.Error)
	}
}

// failed notes what went wrong, logs it where it is another thing than before, and
// gives the rest that it calls for. A program that is being stopped has not failed.
func (c *Courier) failed(ctx context.Context, err error) rest {
	if ctx.Err() != nil {
		return rest{}
	}
	if stops(err) {
		c.halted, c.met, c.meetAt = true, false, time.Time{} // ask, before anything is sent
	}
	if why := code(err); c.noteFailure(why) {
		c.o.Log.WarnContext(ctx, "not carrying", "code", why, "stopped", c.halted)
	}
	if stops(err) {
		return c.pace.stopped(retryAfter(err))
	}
	return c.pace.slower(retryAfter(err))
}

// heard notes whether the portal answered a call.
func (c *Courier) heard(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Reachable = err == nil || answered(err)
}

// noteFailure tells whether it is news.
func (c *Courier) noteFailure(why string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	news := c.state.Error != why
	if news {
		c.state.ErrorAt = time.Now()
	}
	c.state.Error, c.state.Stopped = why, c.halted
	return news
}
