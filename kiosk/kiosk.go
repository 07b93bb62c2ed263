// Package kiosk is what the booth does, whatever it is made of.
//
// [Step] is a pure function from a state and an event to the next state and the
// effects wanted; [Kiosk.Run] owns the state in one goroutine, carries the
// effects out beside it and feeds their outcomes back as inputs. Time and ids
// come in with the events.
package kiosk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"balie/hw/eid"
)

// Limits on what a part may take; it is then as if it had failed.
const (
	deliveryWait = 5 * time.Second
	commitLimit  = 20 * time.Second
	printLimit   = 45 * time.Second
	statusLimit  = 10 * time.Second
)

// Parts is what a booth is made of.
type Parts struct {
	Cards   Cards
	Portal  Portal
	Queue   Queue
	Tickets Tickets // nil where Settings.Printer is false
	Show    func(View)
	Log     *slog.Logger
}

// Kiosk is a booth.
type Kiosk struct {
	parts  Parts
	start  Settings
	inputs chan Input
	pings  chan chan State
}

// New makes a booth of its parts.
func New(s Settings, p Parts) *Kiosk {
	return &Kiosk{parts: p, start: s, inputs: make(chan Input, 64), pings: make(chan chan State)}
}

// Press brings something that a person pressed. It never waits: presses that
// come faster than they can be taken are dropped.
func (k *Kiosk) Press(p Press) {
	select {
	case k.inputs <- Pressed{p}:
	default:
	}
}

// State asks the running loop for its state, and so whether it still runs.
func (k *Kiosk) State(ctx context.Context) (State, error) {
	answer := make(chan State, 1)
	select {
	case k.pings <- answer:
		return <-answer, nil
	case <-ctx.Done():
		return State{}, fmt.Errorf("asking the booth: %w", ctx.Err())
	}
}

// Run runs the booth until ctx ends; it returns when everything it started has
// ended. A check-in that is being committed then is still committed.
func (k *Kiosk) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := k.parts.Cards.Watch(ctx, func(e CardEvent) { k.send(ctx, CardChanged{e}) })
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("watching the readers: %w", err)
	})
	g.Go(func() error { return (&loop{Kiosk: k, group: g, visits: map[uint64]visit{}}).run(ctx) })
	return g.Wait()
}

func (k *Kiosk) send(ctx context.Context, in Input) {
	select {
	case k.inputs <- in:
	case <-ctx.Done():
	}
}

// loop owns the state. What it starts runs in the group, and is waited for.
type loop struct {
	*Kiosk
	group  *errgroup.Group
	state  State
	visits map[uint64]visit
}

// visit is what ends the effects of one visit.
type visit struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (l *loop) run(ctx context.Context) error {
	l.state = Start(l.start, time.Now())
	l.parts.Show(l.state.View())
	l.step(ctx, Tick{})
	for {
		timer := time.NewTimer(time.Until(l.state.Wake()))
		select {
		case in := <-l.inputs:
			l.step(ctx, in)
		case <-timer.C:
			l.step(ctx, Tick{})
		case answer := <-l.pings:
			answer <- l.state
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		timer.Stop()
	}
}

func (l *loop) step(ctx context.Context, in Input) {
	id, err := uuid.NewV7()
	if err != nil { // the machine has no randomness left: no promise can be made, and none is
		l.parts.Log.Error("no random numbers", "err", err)
		return
	}
	before := l.state
	next, effects := Step(before, Event{At: time.Now(), ID: id, Input: in})
	l.state = next
	if next.Seq != before.Seq {
		l.parts.Show(next.View())
	}
	l.note(before, next, in)
	for _, e := range effects {
		l.do(ctx, e)
	}
}

// note writes what a technician wants to know of a visit: never who it was.
func (l *loop) note(before, next State, in Input) {
	a, b := before.view(), next.view()
	if a.Screen != b.Screen || a.Notice != b.Notice {
		l.parts.Log.Info("screen", "screen", string(b.Screen), "notice", b.Notice, "visit", next.LastVisit)
	}
	if err := failure(in); err != nil {
		l.parts.Log.Warn("visit", "visit", next.LastVisit, "err", err)
	}
}

func failure(in Input) error {
	switch in := in.(type) {
	case CardRead:
		return in.Err
	case Fetched:
		return in.Err
	case Committed:
		return in.Err
	case TicketDone:
		return in.Err
	}
	return nil
}

// do starts an effect; its outcome comes back as an input. It never waits.
func (l *loop) do(ctx context.Context, e Effect) {
	switch e := e.(type) {
	case Forget:
		if v, ok := l.visits[e.Visit]; ok {
			v.cancel()
			delete(l.visits, e.Visit)
		}
	case ReadCard:
		l.background(ctx, l.of(ctx, e.Visit), 0, func(ctx context.Context) Input {
			record, err := l.parts.Cards.Read(ctx, e.Reader, l.seen(ctx, e.Visit))
			return CardRead{Visit: e.Visit, Record: record, Err: err}
		})
	case Fetch:
		l.background(ctx, l.of(ctx, e.Visit), fetchTime, func(ctx context.Context) Input {
			list, err := l.parts.Portal.Appointments(ctx, e.Proof)
			return Fetched{Visit: e.Visit, Appointments: list, Err: err}
		})
	case Commit:
		l.background(ctx, context.WithoutCancel(ctx), commitLimit, func(ctx context.Context) Input {
			ticket, err := l.parts.Queue.Commit(ctx, e.CheckIn)
			return Committed{Visit: e.Visit, Ticket: ticket, Err: err}
		})
	case AwaitDelivery:
		l.background(ctx, ctx, deliveryWait, func(ctx context.Context) Input {
			return Delivery{Visit: e.Visit, Delivered: l.parts.Queue.Delivered(ctx, e.ID) == nil}
		})
	case PrintTicket:
		l.background(ctx, ctx, printLimit, func(ctx context.Context) Input {
			result, err := l.parts.Tickets.Print(ctx, e.Ticket)
			return TicketDone{Visit: e.Visit, Result: result, Err: err}
		})
	case AskPrinter:
		l.background(ctx, ctx, statusLimit, func(ctx context.Context) Input {
			status, err := l.parts.Tickets.Status(ctx)
			return PrinterAnswered{Status: status, Err: err}
		})
	}
}

// of is the context of a visit: it ends with the visit.
func (l *loop) of(ctx context.Context, id uint64) context.Context {
	v, ok := l.visits[id]
	if !ok {
		v.ctx, v.cancel = context.WithCancel(ctx)
		l.visits[id] = v
	}
	return v.ctx
}

func (l *loop) seen(ctx context.Context, id uint64) func(i eid.Identity) {
	return func(i eid.Identity) { l.send(ctx, CardSeen{Visit: id, Identity: i}) }
}

// background runs do beside the loop, within its limit, and sends its outcome.
func (l *loop) background(loop, ctx context.Context, limit time.Duration, do func(context.Context) Input) {
	l.group.Go(func() error {
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
		}
		l.send(loop, do(ctx))
		return nil
	})
}
