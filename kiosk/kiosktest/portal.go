package kiosktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
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

const challenge = "a challenge of the portal"

// Challenge is the same each time; an away portal gives none.
func (p *Portal) Challenge(ctx context.Context) ([]byte, error) {
	p.mu.Lock()
	err, takes := p.err, p.takes
	p.mu.Unlock()
	if waited := wait(ctx, takes); waited != nil {
		return nil, fmt.Errorf("asking for a challenge: %w: %w", kiosk.ErrPortalAway, waited)
	}
	if errors.Is(err, kiosk.ErrPortalAway) {
		return nil, fmt.Errorf("asking for a challenge: %w", err)
	}
	return []byte(challenge), nil
}

// signed tells whether a holder signed the challenge, and what the portal says to it.
func (p *Portal) signed(h eid.HolderProof) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if string(h.Challenge) != challenge || len(h.Signature) == 0 {
		return fmt.Errorf("asking for a holder: %w", kiosk.ErrHolderRefused)
	}
	return p.err
}

// AppointmentByLetter gives the same answer as Appointments, to whoever typed a date.
func (p *Portal) AppointmentByLetter(ctx context.Context, l kiosk.Letter) ([]kiosk.Appointment, error) {
	if l.Birth.Empty() {
		return nil, fmt.Errorf("asking by letter: %w", kiosk.ErrPatientUnknown)
	}
	return p.Appointments(ctx, Record().Proof)
}

// CallStaff rings, unless the portal is away.
func (p *Portal) CallStaff(context.Context, kiosk.HelpCall) (uuid.UUID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return uuid.UUID{1}, p.err
}

// StaffComes at once.
func (*Portal) StaffComes(context.Context, uuid.UUID) error { return nil }

// RegisterApp gives a code that nobody can use.
func (p *Portal) RegisterApp(_ context.Context, of kiosk.Proved) (secret.Text, time.Time, error) {
	return secret.NewText("4T9QWB7K"), time.Now().Add(10 * time.Minute), p.signed(of.Holder)
}

// Cancel cancels nothing.
func (p *Portal) Cancel(_ context.Context, of kiosk.Proved, _ string) error {
	return p.signed(of.Holder)
}

// Contact is of nobody.
func (p *Portal) Contact(_ context.Context, of kiosk.Proved) (kiosk.Contact, error) {
	return kiosk.Contact{Phone: secret.NewText("0470 00 00 00"), Email: secret.NewText("nobody@voorbeeld.example")}, p.signed(of.Holder)
}

// SetContact keeps nothing.
func (p *Portal) SetContact(_ context.Context, of kiosk.Proved, c kiosk.Contact) (kiosk.Contact, error) {
	return c, p.signed(of.Holder)
}

// LaterAppointments gives the same answer as Appointments, a week later, to whoever
// signed the challenge.
func (p *Portal) LaterAppointments(ctx context.Context, proof eid.Proof, holder eid.HolderProof) ([]kiosk.Appointment, error) {
	if string(holder.Challenge) != challenge || len(holder.Signature) == 0 {
		return nil, fmt.Errorf("asking for later appointments: %w", kiosk.ErrHolderRefused)
	}
	list, err := p.Appointments(ctx, proof)
	for i := range list {
		list[i].Start, list[i].End = list[i].Start.AddDate(0, 0, 7), list[i].End.AddDate(0, 0, 7)
	}
	return list, err
}
