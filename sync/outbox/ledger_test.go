package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"balie/sync/outbox"
	"balie/sync/seal"
)

// ledger is what a booth was promised by its queue, and what a portal elsewhere had
// of it. Whatever happens to the disk, the two must fit.
type ledger struct {
	keys     keys
	appended map[uuid.UUID]uint64       // promised: counters
	settled  map[uuid.UUID]outbox.State // promised
	unknown  []outbox.Action            // of which Append gave an error
	highest  uint64                     // counter promised

	taken    map[uuid.UUID]outbox.Sealed // by the portal; the effect of each is there once
	counters map[uint64]uuid.UUID        // seen by the portal
}

func newLedger(k keys) *ledger {
	return &ledger{
		keys: k, appended: map[uuid.UUID]uint64{}, settled: map[uuid.UUID]outbox.State{},
		taken: map[uuid.UUID]outbox.Sealed{}, counters: map[uint64]uuid.UUID{},
	}
}

// step does one thing of a booth's life. An error of the queue is returned; what
// breaks a promise wraps errBroken.
func (l *ledger) step(b *outbox.Outbox, random *rand.Rand) error {
	ctx := context.Background()
	switch random.IntN(12) {
	case 0:
		return b.Purge(ctx)
	case 1:
		return b.SkipTo(ctx, l.highest+uint64(random.IntN(2000)))
	case 2, 3, 4:
		return l.carry(b, 1+random.IntN(4), random)
	case 5:
		if len(l.unknown) > 0 { // the caller asks again, with the id that it had
			a := l.unknown[random.IntN(len(l.unknown))]
			return l.append(b, a)
		}
	}
	a := action()
	a.OrderKey, a.Priority = []string{"", "a", "b"}[random.IntN(3)], []int{0, 0, 100}[random.IntN(3)]
	body := make([]byte, random.IntN(3000))
	a.Body = func(uint64) ([]byte, error) { return bytes.Clone(body), nil }
	return l.append(b, a)
}

var errBroken = errors.New("a promise was broken")

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errBroken}, args...)...)
}

func (l *ledger) append(b *outbox.Outbox, a outbox.Action) error {
	r, err := b.Append(context.Background(), a)
	if err != nil {
		l.unknown = append(l.unknown, a)
		return err
	}
	if r.Counter <= l.highest && l.appended[a.ID] == 0 && !l.isUnknown(a.ID) {
		return broken("counter %d was given after %d", r.Counter, l.highest)
	}
	if before := l.appended[a.ID]; before != 0 && before != r.Counter {
		return broken("an action had counter %d, now %d", before, r.Counter)
	}
	l.appended[a.ID], l.highest = r.Counter, max(l.highest, r.Counter)
	return nil
}

func (l *ledger) isUnknown(id uuid.UUID) bool {
	for _, a := range l.unknown {
		if a.ID == id {
			return true
		}
	}
	return false
}

// carry brings up to n actions to the portal, and has settled what it said.
func (l *ledger) carry(b *outbox.Outbox, n int, random *rand.Rand) error {
	list, err := b.Next(context.Background(), n)
	if err != nil {
		return err
	}
	var results []outbox.Result
	for _, s := range list {
		if err := l.take(s); err != nil {
			return err
		}
		r := outbox.Result{ID: s.ID, State: outbox.Acknowledged}
		if random.IntN(5) == 0 {
			r = outbox.Result{ID: s.ID, State: outbox.Pending, Reason: "busy", After: time.Millisecond}
		}
		results = append(results, r)
	}
	if err := b.Settle(context.Background(), results); err != nil {
		return err
	}
	for _, r := range results {
		l.settled[r.ID] = r.State
	}
	return nil
}

// take is the portal: it takes an id once, and a counter, and the same bytes always.
func (l *ledger) take(s outbox.Sealed) error {
	if before, again := l.taken[s.ID]; again {
		if before.Counter != s.Counter || !bytes.Equal(before.Body, s.Body) {
			return broken("action %s came with counter %d and other bytes than with %d", s.ID, s.Counter, before.Counter)
		}
		return nil
	}
	if of, seen := l.counters[s.Counter]; seen {
		return broken("counter %d came with %s and with %s", s.Counter, of, s.ID)
	}
	if _, err := l.keys.Open(seal.Context{Kiosk: "K1", Action: s.ID.String(), Counter: s.Counter, Type: s.Type}, s.Body); err != nil {
		return broken("action %d does not open: %v", s.Counter, err)
	}
	l.taken[s.ID], l.counters[s.Counter] = s, s.ID
	return nil
}

// check holds a queue that was just opened against what was promised.
func (l *ledger) check(b *outbox.Outbox) error {
	ctx := context.Background()
	for id, counter := range l.appended {
		row, err := b.Show(ctx, id)
		switch {
		case errors.Is(err, outbox.ErrUnknown):
			return broken("action %d is lost", counter)
		case err != nil:
			return err
		case row.Counter != counter || row.State == outbox.Parked:
			return broken("action %d is %+v", counter, row)
		case l.settled[id] == outbox.Acknowledged && row.State != outbox.Acknowledged:
			return broken("action %d was settled and is %s", counter, row.State)
		case row.State == outbox.Acknowledged && l.taken[id].ID == uuid.Nil:
			return broken("action %d is acknowledged, and the portal never had it", counter)
		}
	}
	return nil
}

// drain carries all that is left, and holds what the portal has against what was
// promised.
func (l *ledger) drain(b *outbox.Outbox) error {
	random := rand.New(rand.NewPCG(1, 1))
	for {
		stats, err := b.Stats(context.Background())
		if err != nil {
			return err
		}
		if stats.Pending == 0 {
			break
		}
		if err := l.carry(b, 100, random); err != nil {
			return err
		}
	}
	for id, counter := range l.appended {
		if l.taken[id].Counter != counter {
			return broken("action %d never came to the portal", counter)
		}
	}
	return nil
}
