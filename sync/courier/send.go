package courier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// How much goes in one batch: what openapi.yaml allows in actions, and bytes of
// sealed bodies that a poor line carries within the time of a call.
const (
	maxBatch = 100
	maxBytes = 1 << 20
)

// settleTime is how long noting the portal's answer may take, also when the
// program is being stopped.
const settleTime = 5 * time.Second

// fit cuts a batch where it gets too long; one action always fits.
func fit(batch []outbox.Sealed) []outbox.Sealed {
	total := 0
	for i, s := range batch {
		if total += len(s.Body); total > maxBytes && i > 0 {
			return batch[:i]
		}
	}
	return batch
}

func wire(batch []outbox.Sealed) []api.Action {
	actions := make([]api.Action, 0, len(batch))
	for _, s := range batch {
		actions = append(actions, api.Action{
			Id: s.ID, Counter: s.Counter, Type: s.Type, OccurredAt: s.OccurredAt, Test: s.Test, KeyId: s.KeyID, Sealed: s.Body,
		})
	}
	return actions
}

// send sends a batch and notes what became of it.
func (c *Courier) send(ctx context.Context, batch []outbox.Sealed) rest {
	answers, err := c.o.Portal.Send(ctx, wire(batch))
	c.heard(err)
	switch {
	case err != nil && refusesBatch(err):
		return c.split(ctx, batch, err)
	case err != nil:
		return c.failed(ctx, err)
	}
	v := judge(batch, answers, c.pace.later)
	var r rest
	if v.odd > 0 {
		r = c.failed(ctx, errOdd)
		v.putOff(r.wait)
	}
	if err := c.settle(ctx, v.results); err != nil {
		return c.failed(ctx, err)
	}
	c.report(batch, v)
	if v.unknownKey {
		c.meetAt = time.Time{}
	}
	if v.odd == 0 {
		c.pace.faster()
		c.went(ctx)
	}
	return r
}

// refusesBatch tells whether the portal takes a batch for wrong as a whole, so that
// one of its actions may be the reason. Without a code of the API it is a proxy
// that speaks.
func refusesBatch(err error) bool {
	var e *portal.Error
	return errors.As(err, &e) && e.Code != "" && !stops(err) &&
		(e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge || e.Status == http.StatusUnprocessableEntity)
}

// split looks for the action that makes the portal refuse a batch, by smaller
// batches; once alone it is left for later, so that the others go on.
func (c *Courier) split(ctx context.Context, batch []outbox.Sealed, cause error) rest {
	if len(batch) > 1 {
		c.pace.size = len(batch) / 2
		return rest{}
	}
	r, one := c.failed(ctx, cause), batch[0]
	later := outbox.Result{ID: one.ID, State: outbox.Pending, Reason: code(cause), After: r.wait + c.pace.later(one.Attempts, 0)}
	if err := c.settle(ctx, []outbox.Result{later}); err != nil {
		return c.failed(ctx, err)
	}
	c.o.Log.Warn("portal refuses the form of an action; trying it again later", "action", one.ID, "type", one.Type, "code", later.Reason)
	return r
}

// settle notes what the portal said, even when ctx has just ended: the portal would
// only have to say it again.
func (c *Courier) settle(ctx context.Context, results []outbox.Result) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if err := c.o.Queue.Settle(ctx, results); err != nil {
		return fmt.Errorf("noting what the portal said: %w", err)
	}
	return nil
}

// report logs what needs a technician, by id and code.
func (c *Courier) report(batch []outbox.Sealed, v verdict) {
	for i, r := range v.results {
		if r.State == outbox.Parked {
			c.o.Log.Error("portal refuses an action; it is parked", "action", r.ID, "type", batch[i].Type, "code", r.Reason)
		}
	}
	if v.odd > 0 {
		c.o.Log.Warn("portal's answer is odd; sending those actions again", "actions", v.odd)
	}
	c.o.Log.Debug("carried", "actions", len(batch), "delivered", v.delivered)
}
