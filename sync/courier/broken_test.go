package courier_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"balie/sync/courier"
	"balie/sync/outbox"
)

// broken is a queue on a disk that fails.
type broken struct {
	*outbox.Outbox
	next, settle error
}

func (q *broken) Next(ctx context.Context, n int) ([]outbox.Sealed, error) {
	if q.next != nil {
		return nil, q.next
	}
	return q.Outbox.Next(ctx, n)
}

func (q *broken) Settle(ctx context.Context, results []outbox.Result) error {
	if q.settle != nil {
		return q.settle
	}
	return q.Outbox.Settle(ctx, results)
}

// A disk that fails is met like a portal that is away: what the portal said is not
// noted, so it is sent again, once in effect and not in a hurry.
func TestADiskThatFails(t *testing.T) {
	for name, tt := range map[string]struct {
		q    broken
		want string
	}{
		"reading": {broken{next: errQueue}, "queue"}, "noting": {broken{settle: errQueue}, "queue"}, "full": {broken{settle: outbox.ErrFull}, "disk-full"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				b := newBooth(t, dir)
				defer b.close()
				q := tt.q
				q.Outbox = b.Outbox
				b.courier = courier.New(courier.Options{Kiosk: kiosk, Queue: &q, Portal: b.portal, Keys: b.ring, Jitter: b.jitter})
				b.add("", 0)
				b.start()
				later(time.Minute)
				if s := b.state(); s.Error != tt.want || s.Waiting != 1 || len(b.portal.seen()) > 7 {
					t.Errorf("%+v, %d batches", s, len(b.portal.seen()))
				}
				b.stop()
				q.next, q.settle = nil, nil
				b.start()
				settled()
				if s := b.state(); s.Error != "" || s.Waiting != 0 || len(b.portal.taken()) != 1 {
					t.Errorf("%+v, %d arrived", s, len(b.portal.taken()))
				}
			})
		})
	}
}
