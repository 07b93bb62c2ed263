package desk

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"balie/kiosk"
	"balie/kiosk/surface"
)

// loop owns the state. What it starts runs in the group, and is waited for.
type loop struct {
	*Desk
	group *errgroup.Group
	views surface.Latest[kiosk.View]
	state State
	runs  surface.Spans // what ends with a run
}

func newLoop(d *Desk, g *errgroup.Group, views surface.Latest[kiosk.View]) *loop {
	return &loop{Desk: d, group: g, views: views, runs: surface.Spans{}}
}

func (l *loop) run(ctx context.Context) error {
	l.state = Start(l.settings, time.Now())
	l.views.Offer(l.state.View())
	for {
		alarm, stop := surface.Alarm(l.state.Wake())
		select {
		case in := <-l.inputs:
			l.step(ctx, in)
		case <-alarm:
			l.step(ctx, Tick{})
		case <-ctx.Done():
			stop()
			if l.state.signedIn() {
				l.parts.Office.End(context.WithoutCancel(ctx), "stopped")
			}
			return nil
		}
		stop()
	}
}

func (l *loop) step(ctx context.Context, in Input) {
	id, err := uuid.NewV7()
	if err != nil { // no randomness left: nothing can be promised
		l.parts.Log.Error("making an id", "err", err)
		return
	}
	before := l.state
	next, effects := Step(before, Event{At: time.Now(), ID: id, ClockKnown: l.parts.Office.ClockKnown(), Input: in})
	l.state = next
	if next.Seq != before.Seq {
		l.views.Offer(next.View())
	}
	l.note(before, next, in)
	for _, e := range effects {
		l.do(ctx, e)
	}
}

// note writes what a technician wants to know: never of whom it was.
func (l *loop) note(before, next State, in Input) {
	a, b := before.View(), next.View()
	if b.Staff != nil && (a.Staff == nil || a.Staff.Title != b.Staff.Title) {
		l.parts.Log.Info("desk", "shows", b.Staff.Title, "clerk", next.Clerk.ID)
	}
	switch in := in.(type) {
	case SignedIn:
		l.failed("signing in", in.Err)
	case OwnRead:
		l.failed("signing in by card", in.Err)
	case OwnProved:
		l.failed("signing in by card", in.Err)
	case CardRead:
		l.failed("reading a card at the desk", in.Err)
	case Accounted:
		l.failed("asking for an account", in.Err)
	case Committed:
		l.failed("committing for the desk", in.Err)
	case Delivery:
		if in.Refused != "" {
			l.parts.Log.Warn("the portal refused what the desk asked for", "code", in.Refused)
		}
	case Printed:
		l.failed("printing for the desk", in.Err)
	case Done:
		l.failed("changing an account for the desk", in.Err)
	case CardKnown:
		l.failed("asking for a code card", in.Err)
	}
}

func (l *loop) failed(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		l.parts.Log.Warn(what, "err", err)
	}
}
