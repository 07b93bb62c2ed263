package main

import (
	"context"
	"errors"
	"fmt"

	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/pcsc"
	"balie/kiosk"
	"balie/sync/portal"
)

// Holder tells how the holder of the card in a reader can be proved.
func (r *readers) Holder(ctx context.Context, reader string) (pinpad bool, tries int, err error) {
	k, err := r.pcsc.Connect(ctx, reader)
	if err != nil {
		return false, 0, holderError(err)
	}
	defer func() { _ = k.Close() }() // asked, or lost
	features, err := k.Features(ctx)
	if err != nil {
		return false, 0, holderError(err)
	}
	_, pinpad = features[pcsc.VerifyPINDirect]
	tries, err = eid.PINTries(ctx, k)
	return pinpad, tries, holderError(err)
}

// ProveHolder has the PIN verified and the challenge signed, and judges the signature:
// by the key of the certificate, under a root that is trusted, of the person that the
// card's identity names.
func (r *readers) ProveHolder(ctx context.Context, p kiosk.ProveHolder) (eid.HolderProof, int, error) {
	return r.proveBy(ctx, p, &r.pin)
}

// proveBy takes a PIN that was typed on a screen from where it lies.
func (r *readers) proveBy(ctx context.Context, p kiosk.ProveHolder, typed *pinBox) (eid.HolderProof, int, error) {
	k, err := r.pcsc.Connect(ctx, p.Reader)
	if err != nil {
		return eid.HolderProof{}, 0, holderError(err)
	}
	defer func() { _ = k.Close() }() // asked, or lost
	entry := eid.Pinpad{Verify: k.VerifyPIN, Language: windowsLanguage(p.Language)}.Entry()
	if !p.Pinpad {
		pin := typed.take()
		defer pin.Wipe() // also where the card is never asked for it
		if pin.Len() == 0 {
			return eid.HolderProof{}, 0, fmt.Errorf("proving the holder: %w", kiosk.ErrPINShort)
		}
		entry = eid.Typed(pin)
	}
	h, err := eid.ProveHolder(ctx, k, r.trust, p.Challenge, entry)
	var wrong card.PINError
	if errors.As(err, &wrong) {
		return eid.HolderProof{}, wrong.Left, holderError(err)
	}
	if err != nil {
		return eid.HolderProof{}, 0, holderError(err)
	}
	i, _, err := eid.VerifyProof(p.Proof, r.trust)
	if err != nil || !eid.VerifyHolder(h, i, r.trust).Proved() {
		return eid.HolderProof{}, 0, fmt.Errorf("judging the holder's signature: %w", kiosk.ErrHolderRefused)
	}
	tries, err := eid.PINTries(ctx, k)
	return h, tries, holderError(err)
}

// windowsLanguage is how a reader's display is told its language.
func windowsLanguage(language string) uint16 {
	if id, known := map[string]uint16{"nl": 0x0813, "fr": 0x080C, "de": 0x0407}[language]; known {
		return id
	}
	return 0x0809
}

// holderError says which of the kiosk's errors it is, and keeps the rest for the log.
func holderError(err error) error {
	if err == nil {
		return nil
	}
	for _, kind := range []struct{ is, as error }{
		{card.ErrBlocked, kiosk.ErrPINBlocked}, {card.ErrWrongPIN, kiosk.ErrPINWrong}, {eid.ErrLastTry, kiosk.ErrPINLastTry},
		{eid.ErrPINLength, kiosk.ErrPINShort}, {eid.ErrPINCancelled, kiosk.ErrPINCancelled}, {eid.ErrPINTimeout, kiosk.ErrPINTimeout},
		{eid.ErrTriesUnknown, kiosk.ErrPINOldCard}, {eid.ErrNoCertificate, kiosk.ErrNoHolder},
	} {
		if errors.Is(err, kind.is) {
			return fmt.Errorf("%w: %w", kind.as, err)
		}
	}
	return cardError(err)
}

// Challenge is one of the portal's, for this kiosk.
func (l lookups) Challenge(ctx context.Context) ([]byte, error) {
	challenge, _, err := l.Client.Challenge(ctx)
	if err != nil {
		return nil, portalError(err)
	}
	return challenge, nil
}

// wireHolder is what the portal is shown of the holder's proof.
func wireHolder(h eid.HolderProof) portal.HolderProof {
	return portal.HolderProof{Challenge: h.Challenge, Signature: h.Signature, Certificate: h.Certificate, CA: h.CA, Root: h.Root}
}

// refusedHolder is [portalError] where a holder is asked for.
func refusedHolder(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, portal.ErrHolderRefused):
		return fmt.Errorf("%w: %w", kiosk.ErrHolderRefused, err)
	}
	return portalError(err)
}

// LaterAppointments gives those after today.
func (l lookups) LaterAppointments(ctx context.Context, proof eid.Proof, h eid.HolderProof) ([]kiosk.Appointment, error) {
	list, err := l.Client.LaterAppointments(ctx, wireProof(proof), wireHolder(h))
	if err != nil {
		return nil, refusedHolder(err)
	}
	var out []kiosk.Appointment
	for _, a := range list {
		out = append(out, appointment(a))
	}
	return out, nil
}
