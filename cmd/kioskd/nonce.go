package main

import (
	"context"
	"sync"
	"time"
)

// How long a challenge of the portal is kept for the next card, of the ten minutes that
// it is good for, and how soon another is asked for after one that did not come.
const (
	nonceTime  = 5 * time.Minute
	nonceAgain = time.Minute
)

// nonces keeps a challenge of the portal ready for the chip of the next card, so that
// nobody waits for it. While there is none the chip answers one of the booth's own, and
// the portal, which knows its own, marks it so.
type nonces struct {
	portal interface {
		Challenge(ctx context.Context) ([]byte, time.Time, error)
	}
	taken chan struct{} // has room for one

	mu   sync.Mutex // guards what follows
	next []byte     // nil: none
	from time.Time  // on the monotonic clock
}

func newNonces(portal interface {
	Challenge(ctx context.Context) ([]byte, time.Time, error)
}) *nonces {
	return &nonces{portal: portal, taken: make(chan struct{}, 1)}
}

// take gives the challenge that is ready, once; nil where none is.
func (n *nonces) take() []byte {
	if n == nil {
		return nil // a technician's reading, without a portal
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	next := n.next
	if time.Since(n.from) > nonceTime {
		next = nil
	}
	n.next = nil
	select {
	case n.taken <- struct{}{}:
	default:
	}
	return next
}

// left is how long the one that is ready may still be taken.
func (n *nonces) left() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next == nil {
		return 0
	}
	return nonceTime - time.Since(n.from)
}

// run keeps one ready until ctx ends.
func (n *nonces) run(ctx context.Context) error {
	for {
		wait := time.NewTimer(n.fetch(ctx))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-n.taken:
			wait.Stop()
		case <-wait.C:
		}
	}
}

// fetch asks for one where none is ready, and says when the next is to be asked for.
func (n *nonces) fetch(ctx context.Context) time.Duration {
	if left := n.left(); left > 0 {
		return left
	}
	next, _, err := n.portal.Challenge(ctx)
	if err != nil {
		return nonceAgain // that the portal is away is the courier's to say
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next, n.from = next, time.Now()
	return nonceTime
}
