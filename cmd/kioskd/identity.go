package main

import (
	"context"
	"errors"
	"os"

	"balie/cmd/internal/control"
	keystore "balie/cmd/internal/device"
	"balie/cmd/internal/exit"
	"balie/sync/identity"
	"balie/sync/portal"
)

// identify finds out who this kiosk is.
func (b *booth) identify() (err error) {
	if b.keys, err = keystore.Keys(b.config.Portal.TPM); err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	cas, err := b.config.Portal.CAs()
	if err != nil {
		return exit.Errorf(exit.Usage, "%w", err)
	}
	b.identity, err = identity.Open(identity.Options{Dir: b.config.Credentials(), Keys: b.keys, URL: b.config.Portal.URL, CAs: cas})
	if errors.Is(err, identity.ErrNotEnrolled) {
		return exit.Errorf(exitState, "%w: enrol this kiosk: kioskctl enrol --portal URL --token TOKEN", err)
	}
	if err != nil {
		return exit.Errorf(exitState, "portal.credentials: %w", err)
	}
	b.id = b.identity.Kiosk()
	return nil
}

// tendIdentity renews the certificate, and ends the daemon where the portal orders the
// kiosk to be wiped: nothing is left that it could go on with.
func (b *booth) tendIdentity(ctx context.Context) error {
	renewed := func() {
		b.portal.Close() // connections with the certificate before
		b.courier.Try()
	}
	err := b.identity.Run(ctx, identity.RunOptions{Renewed: renewed, Erase: b.erase, Log: b.log})
	if errors.Is(err, identity.ErrWiped) {
		return exit.Errorf(exitState, "%w; the queue is kept, sealed: enrol it again under the same id to have it delivered", err)
	}
	return err
}

// erase takes away what an order to wipe is about besides the identity. The queue, and
// the key that its rows are checked with, stay.
func (b *booth) erase() error {
	if err := b.worklist.Erase(); err != nil {
		return err
	}
	for _, name := range []string{"worklist.key", "portal-keys.json"} {
		if err := os.Remove(b.state(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Enrol enrols this kiosk again, where it is the same kiosk at the same portal.
func (b *booth) Enrol(ctx context.Context, e control.Enrol) (control.Enrolment, error) {
	token, err := portal.ParseToken(e.Token.Reveal())
	if err != nil {
		return control.Enrolment{}, control.EnrolError(err)
	}
	err = b.identity.EnrolAgain(ctx, e.Portal, token)
	var pending *identity.PendingError
	switch {
	case errors.As(err, &pending):
		return control.Enrolment{Kiosk: b.id, Pending: true, Fingerprint: pending.Fingerprint}, nil
	case err != nil:
		return control.Enrolment{}, control.EnrolError(err)
	}
	b.portal.Close()
	b.courier.Try()
	return control.Enrolment{Kiosk: b.id, Fingerprint: b.identity.Status().Fingerprint}, nil
}

func (b *booth) identityStatus() control.Identity {
	s := b.identity.Status()
	return control.Identity{Keys: s.Kind, Fingerprint: s.Fingerprint, NotAfter: s.NotAfter, RenewFrom: s.RenewFrom, Error: s.Trouble}
}
