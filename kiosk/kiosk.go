// Package kiosk is what the booth does, whatever it is made of.
//
// [Step] is a pure function from a state and an event to the next state and the
// effects wanted; [Kiosk.Run] owns the state in one goroutine, carries the
// effects out beside it and feeds their outcomes back as inputs. Time and ids
// come in with the events.
//
// It knows visits and never wires: what a card, a printer and the portal are to
// it is in parts.go. What a screen looks like is package ui; what is said on it
// is package kiosk/text.
package kiosk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"balie/internal/secret"
	"balie/kiosk/surface"
	"balie/printer"
)

// Parts is what a booth is made of.
type Parts struct {
	Cards   Cards
	Portal  Portal
	Queue   Queue
	Tickets Tickets // may be nil where Settings.Printer is false
	// CodeCards may be nil where Settings.CodeCards is false.
	CodeCards CodeCards
	// Scanner reads letters; nil is a booth without one.
	Scanner Scanner
	// Show is given every view, one after the other, by one goroutine. Where it is
	// slow it misses views, never the last.
	Show func(View)
	Log  *slog.Logger // nil logs nothing
}

// Kiosk is a booth.
type Kiosk struct {
	settings Settings
	parts    Parts
	inputs   chan Input
	asked    chan chan Health
}

// New makes a booth of its parts.
func New(s Settings, p Parts) *Kiosk {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Kiosk{settings: s, parts: p, inputs: make(chan Input, 64), asked: make(chan chan Health)}
}

// Press brings something that a person pressed. It never waits: presses that
// come faster than they can be taken are dropped.
func (k *Kiosk) Press(p Press) {
	select {
	case k.inputs <- Pressed{p}:
	default:
	}
}

// Health is what a technician may know of a booth that runs: nothing of whoever
// stands at it.
type Health struct {
	Screen  Screen
	Visits  uint64         // since it was started
	Out     []string       // what does not work, as keys of texts
	Readers []Reader       // that are there
	Printer printer.Status // as it last said
}

// Health asks the running booth how it is, and so whether it still runs.
func (k *Kiosk) Health(ctx context.Context) (Health, error) {
	answer := make(chan Health, 1)
	select {
	case k.asked <- answer:
		return <-answer, nil
	case <-ctx.Done():
		return Health{}, fmt.Errorf("asking the booth: %w", ctx.Err())
	}
}

// errWatchEnded is a Watch that ended although nobody asked it to.
var errWatchEnded = errors.New("ended by itself")

// Run runs the booth until ctx ends, and returns nil then; it returns when
// everything it started has ended. A check-in that is being committed then is
// still committed.
func (k *Kiosk) Run(ctx context.Context) error {
	if err := k.complete(); err != nil {
		return fmt.Errorf("running the booth: %w", err)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return k.watch(ctx) })
	g.Go(func() error { return k.scan(ctx) })
	views := surface.NewLatest[View]()
	g.Go(func() error { return views.Show(ctx, k.parts.Show) })
	g.Go(func() error { return newLoop(k, g, views).run(ctx) })
	return g.Wait()
}

// complete tells whether all parts are there.
func (k *Kiosk) complete() error {
	p := k.parts
	switch {
	case p.Cards == nil:
		return errors.New("no readers given")
	case p.Portal == nil:
		return errors.New("no portal given")
	case p.Queue == nil:
		return errors.New("no queue given")
	case p.Tickets == nil && k.settings.Printer:
		return errors.New("no printer given")
	case p.CodeCards == nil && k.settings.CodeCards:
		return errors.New("nothing given that makes code cards")
	case p.Show == nil:
		return errors.New("no screen given")
	case k.settings.Texts == nil:
		return errors.New("no texts given")
	}
	return nil
}

func (k *Kiosk) watch(ctx context.Context) error {
	err := k.parts.Cards.Watch(ctx, func(e CardEvent) { k.send(ctx, CardChanged{e}) })
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		err = errWatchEnded
	}
	return fmt.Errorf("watching the readers: %w", err)
}

// scan brings what is scanned.
func (k *Kiosk) scan(ctx context.Context) error {
	if k.parts.Scanner == nil {
		return nil
	}
	err := k.parts.Scanner.Watch(ctx, func(code secret.Text) { k.send(ctx, Scanned{code}) })
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		err = errWatchEnded
	}
	return fmt.Errorf("watching the scanner: %w", err)
}

// send brings an input to the loop, which takes all it can get; it waits no
// longer than the booth runs.
func (k *Kiosk) send(ctx context.Context, in Input) {
	select {
	case k.inputs <- in:
	case <-ctx.Done():
	}
}
