package main

import (
	"context"
	"fmt"
	"sync"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// retirement ends the daemon once the kiosk is out of service.
type retirement struct {
	done chan struct{}
	once sync.Once
}

// Retire has the portal take this kiosk out of service, and erases what it has of the
// portal's. The queue, and the key that its rows are checked with, stay.
func (b *booth) Retire(ctx context.Context, r control.Retire) error {
	s, err := b.Status(ctx)
	if err != nil {
		return err
	}
	waiting, parked := s.Queue.Pending, s.Queue.Parked
	if r.Exported {
		waiting, parked = 0, waiting+parked
	}
	if waiting > 0 || parked > 0 && !r.Exported {
		return control.BadRequest(fmt.Errorf("%d actions wait for the portal and %d are parked: deliver them, or export the queue", waiting, parked))
	}
	if err := b.identity.Retire(ctx, waiting, parked); err != nil {
		return err
	}
	if err := b.erase(); err != nil {
		return err
	}
	b.retired.once.Do(func() { close(b.retired.done) })
	return nil
}

// wait ends the daemon when the kiosk is out of service.
func (r *retirement) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-r.done:
		return exit.Errorf(exitState, "this kiosk was taken out of service")
	}
}
