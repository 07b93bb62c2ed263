package printertest

import (
	"context"
	"errors"
	"slices"

	"balie/printer"
)

// stages are all there are, in order.
func stages() []printer.Stage {
	return []printer.Stage{printer.Sending, printer.Delivered, printer.Printed, printer.Held}
}

// followed: a job that is followed reaches stages in their order, and is not begun where
// its beginning could not be noted.
func (s Suite) followed(ctx context.Context, t T) {
	d := s.Open(t)
	f, follows := d.Printer.(printer.Follower)
	if !follows {
		must(ctx, t, d, text("followed"))
		rest(ctx, t, d, 1)
		return
	}
	var reached []int
	r, err := f.Follow(ctx, text("followed"), func(stage printer.Stage, _ string) error {
		reached = append(reached, slices.Index(stages(), stage))
		return nil
	})
	if !r.Outcome.Done() {
		t.Fatalf("outcome %v: %v", r.Outcome, err)
	}
	if len(reached) == 0 || reached[0] != 0 || !slices.IsSorted(reached) || len(slices.Compact(slices.Clone(reached))) != len(reached) {
		t.Errorf("stages %v", reached)
	}
	full := errors.New("disk is full")
	r, err = f.Follow(ctx, text("hidden"), func(printer.Stage, string) error { return full })
	if r.Outcome != printer.NotSent || !errors.Is(err, full) {
		t.Errorf("not noted: outcome %v, %v", r.Outcome, err)
	}
	rest(ctx, t, d, 1)
}

// cleared: clearing a printer takes nothing that is out and brings nothing out, and it
// prints as before.
func (s Suite) cleared(ctx context.Context, t T) {
	d := s.Open(t)
	secret := text("secret")
	secret.Secret = true
	must(ctx, t, d, secret)
	if c, clears := d.Printer.(printer.Clearer); clears {
		for range 2 {
			if err := c.Clear(ctx); err != nil {
				t.Errorf("clearing: %v", err)
			}
		}
	}
	rest(ctx, t, d, 1)
}
