package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// What the holder of a card has done at the portal. Each call has a key of its own: it is
// never tried twice, and so a second press is a second wish.

// RegisterApp gives a code that the app is registered with.
func (l lookups) RegisterApp(ctx context.Context, p kiosk.Proved) (code secret.Text, until time.Time, err error) {
	r, err := l.Client.RegisterApp(ctx, uuid.NewString(), person(p.Proof, p.Holder))
	return secret.NewText(r.Code), r.ExpiresAt, refusedHolder(err)
}

// Cancel cancels an appointment. A refusal for a reason of the portal's own is none of
// those that the booth knows.
func (l lookups) Cancel(ctx context.Context, p kiosk.Proved, appointment string) error {
	_, err := l.Client.Cancel(ctx, uuid.NewString(), appointment, wireProof(p.Proof), wireHolder(p.Holder))
	if errors.Is(err, portal.ErrRefused) {
		return fmt.Errorf("cancelling: %w", err)
	}
	return refusedHolder(err)
}

// Contact gives how the person is reached.
func (l lookups) Contact(ctx context.Context, p kiosk.Proved) (kiosk.Contact, error) {
	c, err := l.Client.Contact(ctx, wireProof(p.Proof), wireHolder(p.Holder))
	return reached(c), refusedHolder(err)
}

// SetContact corrects it.
func (l lookups) SetContact(ctx context.Context, p kiosk.Proved, c kiosk.Contact) (kiosk.Contact, error) {
	wire := api.Contact{Phone: c.Phone.Reveal(), Email: c.Email.Reveal()}
	now, err := l.Client.SetContact(ctx, uuid.NewString(), wireProof(p.Proof), wireHolder(p.Holder), wire)
	return reached(now), refusedHolder(err)
}

func reached(c api.Contact) kiosk.Contact {
	return kiosk.Contact{Phone: secret.NewText(plain(c.Phone)), Email: secret.NewText(plain(c.Email))}
}
