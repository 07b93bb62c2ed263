package courier_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"balie/sync/courier"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

var full = flag.Bool("full", false, "take the figures, and hold them against what is asked: make bench-sync")

// shelf is a queue of check-ins in memory, for a fleet: ten thousand files would
// measure the disk. It keeps what a courier may rely on: nothing that is pending is
// forgotten, and what was put off is not given before its time.
type shelf struct {
	added chan struct{}

	mu      sync.Mutex // guards waiting
	waiting []outbox.Sealed
	due     map[uuid.UUID]time.Time
}

func newShelf() *shelf { return &shelf{added: make(chan struct{}, 1), due: map[uuid.UUID]time.Time{}} }

func (q *shelf) add(s outbox.Sealed) {
	q.mu.Lock()
	q.waiting = append(q.waiting, s)
	q.mu.Unlock()
	select {
	case q.added <- struct{}{}:
	default:
	}
}

func (q *shelf) Next(_ context.Context, n int) (list []outbox.Sealed, _ error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, s := range q.waiting {
		if len(list) < n && !time.Now().Before(q.due[s.ID]) {
			list = append(list, s)
		}
	}
	return list, nil
}

func (q *shelf) Settle(_ context.Context, results []outbox.Result) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	settled := map[uuid.UUID]bool{}
	for _, r := range results {
		settled[r.ID] = r.State != outbox.Pending
		q.due[r.ID] = time.Now().Add(r.After)
	}
	var left []outbox.Sealed
	for _, s := range q.waiting {
		if !settled[s.ID] {
			left = append(left, s)
		}
	}
	q.waiting = left
	return nil
}

func (q *shelf) Due(context.Context) (wait time.Duration, pending bool, _ error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, s := range q.waiting {
		if left := max(0, time.Until(q.due[s.ID])); i == 0 || left < wait {
			wait = left
		}
	}
	return wait, len(q.waiting) > 0, nil
}

func (q *shelf) Stats(context.Context) (outbox.Stats, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return outbox.Stats{Pending: len(q.waiting)}, nil
}

func (q *shelf) Added() <-chan struct{}                   { return q.added }
func (*shelf) Wait(context.Context, uuid.UUID) error      { return nil }
func (*shelf) SkipTo(context.Context, uint64) error       { return nil }
func (*shelf) Purge(context.Context) error                { return nil }
func (*shelf) Update(seal.Signed) (changed bool, _ error) { return false, nil }

// hall is the portal that a fleet has in common. It counts who comes when.
type hall struct {
	mu     sync.Mutex // guards what follows
	up     bool
	back   time.Time
	calls  []int // in each second since it is back
	first  []int // of those, the first of a kiosk
	known  map[string]bool
	taken  map[uuid.UUID]int
	before int // calls while it was away
}

// come is a call of a kiosk; it tells whether there is an answer.
func (h *hall) come(kiosk string) error {
	if !h.up {
		h.before++
		return errAway
	}
	second := int(time.Since(h.back) / time.Second)
	for len(h.calls) <= second {
		h.calls, h.first = append(h.calls, 0), append(h.first, 0)
	}
	if h.calls[second]++; !h.known[kiosk] {
		h.known[kiosk] = true
		h.first[second]++
	}
	return nil
}

// stall is a kiosk at the portal.
type stall struct {
	*hall
	id string
}

func (s stall) Self(context.Context) (portal.Self, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return portal.Self{Kiosk: s.id}, s.come(s.id)
}

func (s stall) Send(_ context.Context, actions []api.Action) (results []api.ActionResult, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.come(s.id); err != nil {
		return nil, err
	}
	for _, a := range actions {
		s.taken[a.Id]++
		results = append(results, api.ActionResult{Id: a.Id, Status: api.Accepted})
	}
	return results, nil
}

// How a fleet lives: the portal is away for an hour, in which people check in at each
// kiosk a few times; then nobody comes any more, and an hour later it is counted.
const (
	outage      = time.Hour
	comers      = 3
	longestRest = 5 * time.Minute // between two tries of a courier: its jitter's window
)

// TestFigureFleet has a fleet lose its portal for an hour. None of what people did is
// lost or comes twice, and the kiosks do not come back all at once: they spread over
// the longest back-off.
func TestFigureFleet(t *testing.T) {
	kiosks := 500
	if *full {
		kiosks = 10_000
	}
	h := &hall{taken: map[uuid.UUID]int{}, known: map[string]bool{}}
	done := map[uuid.UUID]bool{}
	synctest.Test(t, func(t *testing.T) { runFleet(t, h, kiosks, done) })
	lost, twice := 0, 0
	for id := range done {
		switch h.taken[id] {
		case 0:
			lost++
		case 1:
		default:
			twice++
		}
	}
	last := 0
	for second, n := range h.first {
		if n > 0 {
			last = second
		}
	}
	peak, even := slices.Max(h.first), float64(kiosks)/longestRest.Seconds()
	// Of waits that are any time up to a limit, twice as many as evenly end at a moment
	// that nobody chose (the residual life of a renewal process), and chance adds to it.
	bound := 2*even + 5*math.Sqrt(2*even)
	t.Logf("%d kiosks, %d check-ins in an hour without a portal (%d calls in vain): %d lost, %d twice; back within %d s, at most %d kiosks in a second (%.0f if evenly, bound %.0f), %d calls",
		kiosks, len(done), h.before, lost, twice, last, peak, even, bound, slices.Max(h.calls))
	if lost+twice > 0 || len(done) != kiosks*comers {
		t.Errorf("%d done, %d lost, %d came twice", len(done), lost, twice)
	}
	if float64(peak) > bound || len(h.known) != kiosks || last > int(longestRest/time.Second) {
		t.Errorf("%d of %d kiosks came, at most %d in a second, the last after %d s", len(h.known), kiosks, peak, last)
	}
}

// runFleet runs a fleet through an outage, and gives what people did.
func runFleet(t *testing.T, h *hall, kiosks int, done map[uuid.UUID]bool) {
	ctx, cancel := context.WithCancel(t.Context())
	random := rand.New(rand.NewPCG(1, 2))
	var group sync.WaitGroup
	for i := range kiosks {
		id, q := fmt.Sprint("K", i), newShelf()
		own := rand.New(rand.NewPCG(3, uint64(i)))
		c := courier.New(courier.Options{
			Kiosk: id, Queue: q, Portal: stall{h, id}, Keys: q,
			Jitter: func(limit time.Duration) time.Duration { return 1 + time.Duration(own.Int64N(int64(limit))) },
		})
		group.Go(func() { _ = c.Run(ctx) }) // its error is nil
		for range comers {
			a := outbox.Sealed{ID: uuid.New(), Type: "check-in"}
			done[a.ID] = true
			time.AfterFunc(time.Duration(random.Int64N(int64(outage))), func() { q.add(a) })
		}
	}
	<-time.After(outage)
	h.mu.Lock()
	h.up, h.back = true, time.Now()
	h.mu.Unlock()
	<-time.After(time.Hour)
	cancel()
	group.Wait()
}
