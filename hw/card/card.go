// Package card is what every contact smart card has in common: command and
// response APDUs and status words (ISO/IEC 7816-4), and the [Card] that a
// driver speaks to. It knows no reader and no application: readers are in
// hw/pcsc, the Belgian eID is in hw/eid, a scripted card for tests in cardtest.
package card

import (
	"context"
	"errors"
)

// Card is a connected smart card. A Card belongs to one goroutine at a time.
//
// Transmit must return an error wrapping [ErrRemoved] when the card is gone,
// [ErrReset] when another program reset it since the last exchange, and
// [ErrComm] when the exchange failed but the card may still be there.
type Card interface {
	// ATR is the answer to reset, as the reader gave it.
	ATR() []byte
	// Transmit sends one command APDU and gives the whole response APDU: data and
	// the two bytes of the status word. GET RESPONSE and 6Cxx are the caller's.
	Transmit(ctx context.Context, command []byte) (response []byte, err error)
	// Begin keeps other programs off the card until End.
	Begin(ctx context.Context) error
	// End lets other programs at the card again.
	End() error
	// Reset connects anew and resets the card: all selections and a verified PIN are
	// gone, and so is a transaction.
	Reset(ctx context.Context) error
}

// Runner is a [Card] that makes its exchanges in a goroutine of its own. Who has many
// to make goes there once: a change of goroutine for each costs as much as a fifth of
// an exchange with a fast reader.
type Runner interface {
	Card
	// Run calls f in the card's goroutine, with the same card, usable until f
	// returns; meanwhile the Runner itself is not used. It gives the error of f, or
	// before that of ctx, upon which f soon ends by itself: its exchanges fail.
	Run(ctx context.Context, f func(Card) error) error
}

// What a caller acts on when an exchange fails.
var (
	ErrRemoved = errors.New("card removed")
	ErrReset   = errors.New("card was reset")
	ErrComm    = errors.New("communication with the card failed")
)
