package kiosktest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"balie/kiosk"
)

var _ kiosk.Queue = (*Queue)(nil)

// Queue keeps check-ins in memory. The zero Queue commits at once and delivers
// at once.
type Queue struct {
	mu      sync.Mutex
	takes   time.Duration
	full    error
	away    bool
	commits []kiosk.CheckIn
}

// Slow makes each commit take its time.
func (q *Queue) Slow(takes time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.takes = takes
}

// Fail makes each commit fail, until it is given nil.
func (q *Queue) Fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.full = err
}

// Away keeps everything from the portal.
func (q *Queue) Away() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.away = true
}

// Commits are those that were committed, in order.
func (q *Queue) Commits() []kiosk.CheckIn {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.commits)
}

// Commit commits, and gives "K1-001" to the first.
func (q *Queue) Commit(ctx context.Context, c kiosk.CheckIn) (string, error) {
	q.mu.Lock()
	takes, full := q.takes, q.full
	q.mu.Unlock()
	if err := wait(ctx, takes); err != nil {
		return "", fmt.Errorf("committing: %w", err)
	}
	if full != nil {
		return "", fmt.Errorf("committing: %w", full)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.commits = append(q.commits, c)
	return fmt.Sprintf("K1-%03d", len(q.commits)), nil
}

// Block keeps a block.
func (q *Queue) Block(_ context.Context, b kiosk.Block) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.full != nil {
		return fmt.Errorf("keeping a block: %w", q.full)
	}
	q.commits = append(q.commits, kiosk.CheckIn{ID: b.ID, At: b.At, Proof: b.Proof, Test: b.Test})
	return nil
}

// Delivered tells whether the portal has it; while the portal is away it waits
// as long as ctx.
func (q *Queue) Delivered(ctx context.Context, id uuid.UUID) error {
	q.mu.Lock()
	known := slices.ContainsFunc(q.commits, func(c kiosk.CheckIn) bool { return c.ID == id })
	away := q.away
	q.mu.Unlock()
	if known && !away {
		return nil
	}
	<-ctx.Done()
	return fmt.Errorf("waiting for the portal: %w", ctx.Err())
}
