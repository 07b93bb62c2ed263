package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/kiosk"
	"balie/sync/courier"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// lookups asks the portal while a person waits.
type lookups struct {
	*portal.Client
	given *given
	away  fallback
}

var _ kiosk.Portal = lookups{}

// Appointments gives today's, from the worklist while the portal is away. One that was checked in to here counts as such, also
// where the portal has not heard of it yet.
func (l lookups) Appointments(ctx context.Context, proof eid.Proof) ([]kiosk.Appointment, error) {
	list, err := l.Client.Appointments(ctx, wireProof(proof))
	if err != nil {
		list, err = l.away.appointments(ctx, proof, err)
	}
	if err != nil {
		return nil, portalError(err)
	}
	return l.known(ctx, list), nil
}

// known are appointments as the booth takes them, with what it knows of them itself.
func (l lookups) known(ctx context.Context, list []api.Appointment) []kiosk.Appointment {
	out := make([]kiosk.Appointment, 0, len(list))
	for _, a := range list {
		known := appointment(a)
		if ticket, checkedIn := l.given.ticket(ctx, a.Id); checkedIn && !a.CheckedIn {
			known.CheckedIn, known.Ticket = true, ticket
		}
		out = append(out, known)
	}
	return out
}

func appointment(a api.Appointment) kiosk.Appointment {
	return kiosk.Appointment{
		ID: a.Id, Start: a.Start, End: a.End, Label: plain(a.Label), Place: plain(a.Place), Route: plain(a.Route), RouteURL: a.RouteUrl,
		Phone: plain(a.Phone), Campus: plain(a.Campus), Video: a.Video, CheckedIn: a.CheckedIn, Ticket: plain(a.Ticket),
	}
}

// plain is a text of the portal without what is no letter and changes others:
// control characters, and marks that turn the direction of writing (Unicode
// category Cf, UAX #9).
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf) {
			return -1
		}
		return r
	}, text)
}

// portalError says which of the kiosk's errors it is, and keeps the rest for the log.
func portalError(err error) error {
	kind := kiosk.ErrPortalAway
	switch {
	case errors.Is(err, portal.ErrPatientUnknown):
		kind = kiosk.ErrPatientUnknown
	case errors.Is(err, portal.ErrCardRefused):
		kind = kiosk.ErrCardRefused
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// wireProof is what the portal is shown of what the card gave.
func wireProof(p eid.Proof) portal.Proof {
	return portal.Proof{
		Identity: p.Identity, Signature: p.Signature, RRN: p.RRN, Root: p.Root,
		Challenge: p.Challenge, Answer: p.Answer, PublicKey: p.PublicKey, Certificate: portal.CertificateID(p.Holder),
	}
}

// queue puts check-ins on disk and waits for the portal to have them.
type queue struct {
	kiosk   string
	outbox  *outbox.Outbox
	courier *courier.Courier
	kept    *kept
	given   *given
	clock   func() bool // tells whether the clock is right
}

var _ kiosk.Queue = queue{}

// Commit returns when the check-in is on disk for good.
func (q queue) Commit(ctx context.Context, c kiosk.CheckIn) (ticket string, err error) {
	receipt, err := q.outbox.Append(ctx, outbox.Action{
		ID: c.ID, Type: portal.TypeCheckIn, OccurredAt: c.At, Test: c.Test,
		Body: func(counter uint64) ([]byte, error) {
			return portal.CheckIn{
				Appointment: c.Appointment, Ticket: q.ticket(counter), Proof: wireProof(c.Proof), Letter: c.Letter.Code, Birth: c.Letter.Birth,
				Document: c.Document, ReadAt: c.At,
			}.Body()
		},
	})
	q.kept.note(err)
	if err != nil {
		return "", fmt.Errorf("committing: %w", err)
	}
	ticket = q.ticket(receipt.Counter)
	q.given.give(c.Appointment, c.ID, ticket)
	return ticket, nil
}

// Block returns when the block is on disk for good. It goes before all else.
func (q queue) Block(ctx context.Context, b kiosk.Block) error {
	body := q.blocked(b)
	_, err := q.outbox.Append(ctx, outbox.Action{
		ID: b.ID, Type: portal.TypeCardBlocked, Priority: 100, OccurredAt: b.At, Test: b.Test,
		Body: func(uint64) ([]byte, error) { return body.Body() },
	})
	q.kept.note(err)
	if err != nil {
		return fmt.Errorf("keeping a block: %w", err)
	}
	return nil
}

// blocked is what the portal is told. Where the clock may be wrong it says so: the portal
// then ends whatever was reserved before it heard of the block.
func (q queue) blocked(b kiosk.Block) portal.CardBlocked {
	number, _ := portal.FoldSymbols(b.Number.Reveal(), cardNumberLength) // empty where it is none
	body := portal.CardBlocked{Card: number, UserName: b.UserName, Birth: b.Birth, ClockKnown: q.clock()}
	if !b.Number.Empty() && number == "" {
		body.Card = b.Number.Reveal() // nobody's: the answer is the same
	}
	if b.Proof.Identity.Len() > 0 {
		p := wireProof(b.Proof)
		body.Person = &portal.Person{Card: &p}
	}
	return body
}

// kept remembers whether the last check-in could be kept, for who looks after the
// booth: people are only told to go to the desk.
type kept struct {
	mu  sync.Mutex
	err error // guarded by mu
}

func (k *kept) note(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = err
}

// trouble says what to do, until a check-in is kept again.
func (k *kept) trouble() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.err == nil:
		return ""
	case errors.Is(k.err, outbox.ErrFull):
		return "the disk is full: the last check-in was not kept: make room where state_dir is"
	}
	return "the last check-in was not kept: journalctl -u kioskd says why"
}

// full tells whether the last check-in was not kept because the disk is full.
func (k *kept) full() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return errors.Is(k.err, outbox.ErrFull)
}

// ticket is the number that stands for a person in the hall: the kiosk and the last
// three digits of the action's counter, so that it does not come twice in a day.
func (q queue) ticket(counter uint64) string { return fmt.Sprintf("%s-%03d", q.kiosk, counter%1000) }

// Delivered waits until the portal has the action.
func (q queue) Delivered(ctx context.Context, id uuid.UUID) error {
	err := q.courier.Delivered(ctx, id)
	if errors.Is(err, outbox.ErrParked) {
		return fmt.Errorf("%w: %w", kiosk.ErrActionRefused, err)
	}
	return err
}
