package eid

import (
	"context"
	"errors"
	"fmt"

	"balie/hw/card"
	"balie/internal/secret"
)

// Why a PIN was not verified. A wrong PIN is card.PINError, which has the tries
// left and wraps card.ErrWrongPIN; a blocked one is card.ErrBlocked.
var (
	ErrPINCancelled = errors.New("PIN entry cancelled")
	ErrPINTimeout   = errors.New("no PIN entered in time")
	ErrPINLength    = errors.New("a PIN has 4 to 12 digits")
	ErrLastTry      = errors.New("one PIN try left, which is not spent here")
	ErrTriesUnknown = errors.New("this card does not tell how many PIN tries are left")
)

// lastTry is how many tries must be left for none to be made.
const lastTry = 1

// Entry has the holder's PIN verified by the card: it sends VERIFY, or has a reader
// with keys send it, and gives the card's response APDU.
type Entry func(ctx context.Context, c card.Card) (response []byte, err error)

// Typed is a PIN that was typed elsewhere than on the reader: 4 to 12 digits. It is
// wiped when the Entry returns, whatever came of it, so the Entry serves once.
func Typed(pin secret.Bytes) Entry {
	return func(ctx context.Context, c card.Card) ([]byte, error) {
		defer pin.Wipe()
		var command [13]byte
		defer clear(command[:])
		copy(command[:], []byte{0x00, 0x20, 0x00, 0x01, 0x08})
		if err := pinBlock(command[5:], pin.Reveal()); err != nil {
			return nil, err
		}
		return c.Transmit(ctx, command[:])
	}
}

// pinBlock writes the eight bytes of VERIFY: 2L, the digits two to a byte, Fs.
// ("Public Belpic Applet Ref Manual", VERIFY; ISO 9564-1 format 2.)
func pinBlock(block, pin []byte) error {
	if len(pin) < 4 || len(pin) > 12 {
		return ErrPINLength
	}
	for i := range block {
		block[i] = 0xFF
	}
	block[0] = 0x20 | byte(len(pin))
	for i, digit := range pin {
		if digit < '0' || digit > '9' {
			return ErrPINLength
		}
		at := 1 + i/2
		if i%2 == 0 {
			block[at] = (digit-'0')<<4 | 0x0F
		} else {
			block[at] = block[at]&0xF0 | (digit - '0')
		}
	}
	return nil
}

// PINTries asks how many PIN tries are left; 0 is blocked. The error wraps
// [ErrTriesUnknown] on applets older than 1.7, which take the question for a wrong
// PIN (eid-mw pinpad.cpp) and so are never asked.
func PINTries(ctx context.Context, c card.Card) (left int, err error) {
	s := newSession(c)
	defer s.close()
	if err := s.tellsTries(ctx); err != nil {
		return 0, err
	}
	err = s.do(ctx, func(ctx context.Context) error {
		left, err = s.tries(ctx)
		return err
	})
	return left, err
}

// tellsTries makes sure that the applet is one that can be asked.
func (s *session) tellsTries(ctx context.Context) error {
	d, err := s.cardData(ctx)
	if err != nil {
		return classify(err)
	}
	if d.Applet < 0x17 {
		return fmt.Errorf("applet %s: %w", d.Version(), ErrTriesUnknown)
	}
	return nil
}

// tries is VERIFY without a PIN. A PIN that is verified already answers 9000, which
// tells nothing of tries; it is logged off first.
func (s *session) tries(ctx context.Context) (int, error) {
	s.logOff(ctx)
	r, err := s.send(ctx, card.Command{INS: 0x20, P2: 0x01})
	if err != nil {
		return 0, fmt.Errorf("asking for PIN tries: %w", err)
	}
	if n, is := r.Status.Tries(); is {
		return n, nil
	}
	if r.Status == card.StatusOK {
		return maxTries, nil
	}
	return 0, classify(fmt.Errorf("asking for PIN tries: %w", r.Status.Err()))
}

// maxTries is how many tries a card gives.
const maxTries = 3

// logOff forgets a verified PIN. It is a favour: a card that does not, forgets it when
// it goes.
func (s *session) logOff(ctx context.Context) {
	_, _ = s.send(ctx, card.Command{CLA: 0x80, INS: 0xE6})
}

// enter has the PIN verified, unless the last try would be spent. It is never done
// again by itself: a VERIFY whose answer was lost may have cost a try.
func (s *session) enter(ctx context.Context, entry Entry) error {
	left, err := s.tries(ctx)
	switch {
	case err != nil:
		return err
	case left == 0:
		return card.ErrBlocked
	case left <= lastTry:
		return ErrLastTry
	}
	s.exchanges++
	raw, err := entry(ctx, s.card)
	if err != nil {
		return fmt.Errorf("verifying the PIN: %w", err)
	}
	s.bytes += len(raw)
	r, err := card.ParseResponse(raw)
	if err != nil {
		return fmt.Errorf("verifying the PIN: %w", err)
	}
	return pinError(r.Status)
}

// pinError is what a status word of VERIFY means. 6400 to 6403 are the reader's own:
// PC/SC part 10 §2.5.2.
func pinError(s card.Status) error {
	switch s {
	case 0x6400:
		return ErrPINTimeout
	case 0x6401:
		return ErrPINCancelled
	case 0x6402, 0x6403:
		return ErrPINLength
	case card.StatusOK:
		return nil
	}
	if _, is := s.Tries(); is {
		return s.Err()
	}
	return classify(fmt.Errorf("verifying the PIN: %w", s.Err()))
}
