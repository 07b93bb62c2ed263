package kiosktest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"balie/hw/eid"
	"balie/kiosk"
)

var _ kiosk.Portal = (*Portal)(nil)

// Portal gives everyone the same answer. The zero Portal knows of no appointments.
type Portal struct {
	mu    sync.Mutex
	list  []kiosk.Appointment
	err   error
	takes time.Duration
	asked int
}

// Answer is what it answers from now on, and after how long.
func (p *Portal) Answer(takes time.Duration, err error, list ...kiosk.Appointment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list, p.err, p.takes = list, err, takes
}

// Asked is how often it was asked.
func (p *Portal) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Appointments gives the answer; an away portal is what outlasts ctx.
func (p *Portal) Appointments(ctx context.Context, proof eid.Proof) ([]kiosk.Appointment, error) {
	p.mu.Lock()
	p.asked++
	list, err, takes := slices.Clone(p.list), p.err, p.takes
	p.mu.Unlock()
	if proof.Identity.Len() == 0 {
		return nil, fmt.Errorf("asking without a proof: %w", kiosk.ErrCardRefused)
	}
	if waited := wait(ctx, takes); waited != nil {
		return nil, fmt.Errorf("asking for appointments: %w: %w", kiosk.ErrPortalAway, waited)
	}
	if err != nil {
		return nil, fmt.Errorf("asking for appointments: %w", err)
	}
	return list, nil
}
