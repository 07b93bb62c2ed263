package kiosk

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"balie/kiosk/surface"
)

// loop owns the state. What it starts runs in the group, and is waited for.
type loop struct {
	*Kiosk
	group  *errgroup.Group
	views  surface.Latest[View]
	state  State
	visits surface.Spans // what ends with a visit
}

func newLoop(k *Kiosk, g *errgroup.Group, views surface.Latest[View]) *loop {
	return &loop{Kiosk: k, group: g, views: views, visits: surface.Spans{}}
}

func (l *loop) run(ctx context.Context) error {
	l.state = Start(l.settings, time.Now())
	l.views.Offer(l.state.View())
	l.step(ctx, Tick{})
	for {
		alarm, stop := surface.Alarm(l.state.Wake())
		select {
		case in := <-l.inputs:
			l.step(ctx, in)
		case <-alarm:
			l.step(ctx, Tick{})
		case answer := <-l.asked:
			answer <- l.state.health()
		case <-ctx.Done():
			stop()
			return nil
		}
		stop()
	}
}

func (l *loop) step(ctx context.Context, in Input) {
	id, err := uuid.NewV7()
	if err != nil { // no randomness left: Step makes no promise without an id
		l.parts.Log.Error("making an id", "err", err)
	}
	before := l.state
	next, effects := Step(before, Event{At: time.Now(), ID: id, Input: in})
	l.state = next
	if next.Seq != before.Seq {
		l.views.Offer(next.View())
	}
	l.note(before, next, in)
	for _, e := range effects {
		l.do(ctx, e)
	}
}

// note writes what a technician wants to know of a visit: never who it was.
func (l *loop) note(before, next State, in Input) {
	log := l.parts.Log.With("visit", next.LastVisit)
	a, b := before.View(), next.View()
	if a.Screen != b.Screen || a.Notice != b.Notice {
		log.Info("screen", "screen", string(b.Screen), "notice", b.Notice)
	}
	if out := next.out(); !slices.Equal(before.out(), out) {
		l.order(log, out)
	}
	switch in := in.(type) {
	case CardRead:
		l.failed("reading the card", in.Visit, in.Err)
	case Fetched:
		l.failed("asking for appointments", in.Visit, in.Err)
	case HolderReady:
		l.failed("asking how the holder can be proved", in.Visit, in.Err)
	case HolderProved:
		l.failed("proving the holder", in.Visit, in.Err)
	case FetchedLater:
		l.failed("asking for later appointments", in.Visit, in.Err)
	case Committed:
		l.failed("committing the check-in", in.Visit, in.Err)
		switch {
		case in.Err == nil && before.of(in.Visit, Committing):
			log.Info("committed", "of", in.Visit)
		case in.Err == nil:
			log.Warn("committed too late: who it was for was sent to the desk", "of", in.Visit)
		}
	case Delivery:
		switch {
		case in.Delivered:
			log.Info("delivered", "of", in.Visit)
		case in.Refused:
			log.Error("refused by the portal: who it was for was sent to the desk", "of", in.Visit)
		default:
			log.Warn("not delivered in time", "of", in.Visit)
		}
	case TicketDone:
		log.Info("ticket", "of", in.Visit, "outcome", in.Result.Outcome.String(), "by", in.Result.By)
		l.failed("printing the ticket", in.Visit, in.Err)
	case SlipDone:
		log.Info("slip", "of", in.Visit, "outcome", in.Result.Outcome.String(), "by", in.Result.By)
		l.failed("printing a slip", in.Visit, in.Err)
	case PrinterAnswered:
		if in.Err != nil && !before.PrinterLost {
			log.Warn("asking the printer", "err", in.Err)
		}
	default:
		l.noteAsked(in)
	}
}

// noteAsked writes why something that a holder, or somebody without a card, asked for was
// not done.
func (l *loop) noteAsked(in Input) {
	switch in := in.(type) {
	case AppRegistered:
		l.failed("asking for a code of the app", in.Visit, in.Err)
	case Cancelled:
		l.failed("cancelling an appointment", in.Visit, in.Err)
	case Contacted:
		l.failed("asking how somebody is reached", in.Visit, in.Err)
	case BlockKept:
		l.failed("keeping a block", in.Visit, in.Err)
	case StaffCalled:
		l.failed("calling the staff", in.Visit, in.Err)
	}
}

// order says what does not work now, or that all does again.
func (*loop) order(log *slog.Logger, out []string) {
	if len(out) == 0 {
		log.Info("in order")
		return
	}
	log.Warn("out of order", "what", strings.Join(out, " "))
}

// failed logs why a part gave nothing, unless the visit was over and it was told
// to stop.
func (l *loop) failed(what string, visit uint64, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		l.parts.Log.Warn(what, "of", visit, "err", err)
	}
}

func (s State) health() Health {
	return Health{
		Screen: s.screen(), Visits: s.LastVisit, Out: s.out(),
		Readers: slices.Clone(s.Readers), Printer: s.Printer,
	}
}
