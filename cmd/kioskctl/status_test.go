package main

import (
	"slices"
	"testing"
	"time"

	"balie/cmd/internal/control"
)

// TestWindowTrouble: a booth whose screen nobody sees is out of order, but for one on
// a desk, where a browser shows it or nothing does.
func TestWindowTrouble(t *testing.T) {
	now := time.Now()
	before := func(d time.Duration) *time.Time { return control.Moment(now.Add(-d)) }
	for _, c := range []struct {
		name        string
		alive       *time.Time
		development bool
		want        bool
	}{
		{name: "seen now", alive: before(5 * time.Second)},
		{name: "never seen", want: true},
		{name: "seen long ago", alive: before(time.Minute), want: true},
		{name: "never seen, on a desk", development: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := control.Status{CardService: "up", Readers: []control.Reader{{Name: "r", Role: "patient", State: "empty"}}, Development: c.development}
			s.Screen.Alive, s.Portal.Reachable = c.alive, true
			if got := slices.Contains(names(troubles(s, now)), "screen"); got != c.want {
				t.Errorf("out of order: %v, not %v", got, c.want)
			}
		})
	}
}
