// Package surface has what the loop of every surface of the booth does alike, whatever it
// decides and shows: it hands on views, wakes when the state wants to, and ends what was
// begun for somebody who has gone.
package surface

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// Latest has the last view only: an older one may show who has gone.
type Latest[V any] chan V

// NewLatest has no view yet.
func NewLatest[V any]() Latest[V] { return make(Latest[V], 1) }

// Offer hands a view to whoever shows it, and never waits. A screen that does not take
// views misses the older one. It is for one goroutine.
func (l Latest[V]) Offer(v V) {
	for {
		select {
		case l <- v:
			return
		default:
		}
		select {
		case <-l:
		default:
		}
	}
}

// Show shows views as they come, until ctx ends.
func (l Latest[V]) Show(ctx context.Context, show func(V)) error {
	for {
		select {
		case v := <-l:
			show(v)
		case <-ctx.Done():
			return nil
		}
	}
}

// Alarm rings at a moment; at the zero one never. stop is to be called.
func Alarm(wake time.Time) (alarm <-chan time.Time, stop func()) {
	if wake.IsZero() {
		return nil, func() {}
	}
	timer := time.NewTimer(time.Until(wake))
	return timer.C, func() { timer.Stop() }
}

// Spans are the contexts of what is begun for one person after the other, by number. They
// are for one goroutine.
type Spans map[uint64]span

// span ends what is begun for one person.
type span struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// Of is the context of a number, below the one that it is first asked for with.
func (s Spans) Of(ctx context.Context, id uint64) context.Context {
	one, ok := s[id]
	if !ok {
		one.ctx, one.cancel = context.WithCancel(ctx)
		s[id] = one
	}
	return one.ctx
}

// End ends what was begun for a number.
func (s Spans) End(id uint64) {
	if one, ok := s[id]; ok {
		one.cancel()
		delete(s, id)
	}
}

// Beside has something done in the group, within a limit.
func Beside(ctx context.Context, g *errgroup.Group, limit time.Duration, do func(context.Context)) {
	g.Go(func() error {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		do(ctx)
		return nil
	})
}
