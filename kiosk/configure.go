package kiosk

import "context"

// Configured brings settings that are to hold from the next visit on.
type Configured struct{ Settings Settings }

func (Configured) input() {}

// Configure has the booth take settings once nobody stands at it. Whether it has a
// printer, and what a PIN is asked by, must be as before.
func (k *Kiosk) Configure(ctx context.Context, s Settings) { k.send(ctx, Configured{s}) }

// configured takes the settings that wait, where no visit is under way.
func (s State) configured() State {
	if s.Coming == nil || s.Visit.Stage != NoVisit {
		return s
	}
	next := Start(*s.Coming, s.Now)
	s.Settings, s.Language, s.Coming = next.Settings, next.Language, nil
	return s
}
