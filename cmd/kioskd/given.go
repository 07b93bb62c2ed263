package main

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"balie/sync/outbox"
)

// maxGiven is more tickets than a booth gives in a day; beyond it, it starts anew.
const maxGiven = 5000

// given remembers which appointments were checked in to here and under what number,
// for as long as the daemon runs: whoever comes back before the portal has heard of
// it gets the same number, and not a second one. It is in memory only, because an
// appointment is a person's.
type given struct {
	queue interface {
		Show(ctx context.Context, id uuid.UUID) (outbox.Row, error)
	}

	mu      sync.Mutex
	tickets map[string]givenTicket // guarded by mu; by appointment
}

type givenTicket struct {
	action uuid.UUID
	number string
}

func (g *given) give(appointment string, action uuid.UUID, number string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tickets == nil || len(g.tickets) >= maxGiven {
		g.tickets = map[string]givenTicket{}
	}
	g.tickets[appointment] = givenTicket{action, number}
}

// ticket is the number that was given for an appointment, unless the portal refused
// it since.
func (g *given) ticket(ctx context.Context, appointment string) (number string, is bool) {
	g.mu.Lock()
	t, is := g.tickets[appointment]
	g.mu.Unlock()
	if !is {
		return "", false
	}
	row, err := g.queue.Show(ctx, t.action)
	if err != nil || row.State == outbox.Parked {
		return "", false
	}
	return t.number, true
}
