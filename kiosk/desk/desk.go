// Package desk is what the staff do at a booth: they sign in for a shift, link a parent
// and a child, and help who cannot use the booth alone.
//
// As in package kiosk, [Step] is a pure function, [Desk.Run] owns the state in one
// goroutine, and what takes time runs beside it and comes back as an input. A screen is
// a [kiosk.View]: the same pages show it. Who is signed in, the key of their shift and
// the audit trail are behind [Office]: no state here holds a secret of theirs.
package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"balie/kiosk"
	"balie/kiosk/surface"
)

// Parts is what a desk is made of.
type Parts struct {
	Cards  Cards
	Office Office
	Papers Papers
	// Show is given every view, one after the other, by one goroutine.
	Show func(kiosk.View)
	Log  *slog.Logger
}

// Desk is the staff's side of a booth.
type Desk struct {
	settings Settings
	parts    Parts
	inputs   chan Input
	ended    chan struct{} // closed when Run has ended
}

// New makes a desk of its parts.
func New(s Settings, p Parts) *Desk {
	return &Desk{settings: s, parts: p, inputs: make(chan Input, 64), ended: make(chan struct{})}
}

// Press brings something that was pressed. It never waits: presses that come faster than
// they can be taken are dropped.
func (d *Desk) Press(p kiosk.Press) {
	select {
	case d.inputs <- Pressed{p}:
	default:
	}
}

// Card brings what happened at a reader of the desk.
func (d *Desk) Card(ctx context.Context, e kiosk.CardEvent) { d.send(ctx, CardChanged{e}) }

// Open has the desk come to a screen that it shares, where it is not there already. It
// never waits.
func (d *Desk) Open() {
	select {
	case d.inputs <- Opened{}:
	default:
	}
}

// send brings an input to the loop, which takes all it can get; it waits no longer than
// the desk runs.
func (d *Desk) send(ctx context.Context, in Input) {
	select {
	case d.inputs <- in:
	case <-ctx.Done():
	case <-d.ended:
	}
}

// Run runs the desk until ctx ends, once, and returns nil then. What is being committed is
// committed still.
func (d *Desk) Run(ctx context.Context) error {
	defer close(d.ended)
	p := d.parts
	if p.Cards == nil || p.Office == nil || p.Papers == nil || p.Show == nil || p.Log == nil || d.settings.Texts == nil {
		return fmt.Errorf("running the desk: %w", errors.New("a part is missing"))
	}
	g, ctx := errgroup.WithContext(ctx)
	views := surface.NewLatest[kiosk.View]()
	g.Go(func() error { return views.Show(ctx, p.Show) })
	g.Go(func() error { return newLoop(d, g, views).run(ctx) })
	return g.Wait()
}
