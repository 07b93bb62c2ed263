package pcsc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ebfe/scard"

	"balie/hw/card"
)

// Why there is no card to be had, besides what [balie/hw/card] tells.
var (
	ErrNoService = errors.New("pcscd cannot be reached")
	ErrNoAccess  = errors.New("pcscd refuses this user: polkit action org.debian.pcsc-lite.access_pcsc")
	ErrNoReader  = errors.New("no such reader")
	ErrNoCard    = errors.New("no card in the reader")
	ErrMute      = errors.New("the card does not answer: wrong way round, or broken")
	ErrClaimed   = errors.New("another program holds the reader for itself")
)

var errShortCommand = errors.New("exchanging with the card: the command is shorter than its header")

// isNone tells whether an error only says that there is no reader.
func isNone(err error) bool { return errors.Is(err, scard.ErrNoReadersAvailable) }

// serviceError says that PC/SC as a whole does not work. Whatever it was, a new
// context is the way out.
func serviceError(doing string, err error) error {
	return fmt.Errorf("%s: %w (%w)", doing, ErrNoService, err)
}

// silentError says that pcscd did not answer before ctx ended.
func silentError(ctx context.Context, doing string) error {
	return fmt.Errorf("%s: %w: it does not answer (%w)", doing, ErrNoService, ctx.Err())
}

// establishWithin is establish that ends with ctx, also where pcscd does not answer.
// A context that comes too late is given back.
func (r *Readers) establishWithin(ctx context.Context, doing string) (Context, error) {
	type answer struct {
		c   Context
		err error
	}
	came := make(chan answer, 1)
	go func() {
		c, err := r.establish(ctx, doing)
		came <- answer{c, err}
	}()
	select {
	case a := <-came:
		return a.c, a.err
	case <-ctx.Done():
		go func() {
			if a := <-came; a.err == nil {
				_ = a.c.Release() // of no use to anybody
			}
		}()
		return nil, silentError(ctx, doing)
	}
}

// establish makes a context, and tells a refusal from an absence. A pcscd that
// refuses closes the connection, which is also what one does that ends just then;
// so a refusal counts when it is repeated a little later.
func (r *Readers) establish(ctx context.Context, doing string) (Context, error) {
	c, err := r.service.Establish()
	for range 2 {
		if !refused(err) {
			break
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
		c, err = r.service.Establish()
	}
	switch {
	case refused(err):
		return nil, fmt.Errorf("%s: %w (%w)", doing, ErrNoAccess, err)
	case err != nil:
		return nil, serviceError(doing, err)
	}
	return c, nil
}

func refused(err error) bool {
	return code(err) == scard.ErrSecurityViolation || code(err) == scard.ErrNoAccess
}

// connectError says why there is no connection to a card.
func connectError(reader string, err error) error {
	doing := fmt.Sprintf("connecting to the card in %q", reader)
	switch code(err) {
	case scard.ErrUnknownReader, scard.ErrReaderUnavailable, scard.ErrNoReadersAvailable:
		return fmt.Errorf("%s: %w", doing, ErrNoReader)
	case scard.ErrNoSmartcard, scard.ErrRemovedCard:
		return fmt.Errorf("%s: %w", doing, ErrNoCard)
	case scard.ErrUnresponsiveCard, scard.ErrUnpoweredCard, scard.ErrInvalidAtr:
		return fmt.Errorf("%s: %w (%w)", doing, ErrMute, err)
	case scard.ErrSharingViolation:
		return fmt.Errorf("%s: %w", doing, ErrClaimed)
	case scard.ErrProtoMismatch, scard.ErrUnsupportedCard, scard.ErrCommError, scard.ErrCommDataLost, scard.ErrNotTransacted:
		return fmt.Errorf("%s: %w (%w)", doing, card.ErrComm, err)
	}
	return serviceError(doing, err)
}

// exchangeError gives what a caller acts on when an exchange failed. The loss of
// pcscd is the loss of the card, and both are said.
func exchangeError(doing string, err error) error {
	switch code(err) {
	case scard.ErrResetCard, scard.ErrUnpoweredCard:
		return fmt.Errorf("%s: %w", doing, card.ErrReset)
	case scard.ErrRemovedCard, scard.ErrNoSmartcard, scard.ErrReaderUnavailable, scard.ErrUnknownReader:
		return fmt.Errorf("%s: %w", doing, card.ErrRemoved)
	case scard.ErrNoService, scard.ErrServiceStopped, scard.ErrInvalidHandle, scard.ErrShutdown, scard.ErrSecurityViolation:
		return fmt.Errorf("%s: %w: %w (%w)", doing, card.ErrRemoved, ErrNoService, err)
	case scard.ErrSharingViolation:
		return fmt.Errorf("%s: %w: %w", doing, card.ErrComm, ErrClaimed)
	}
	return fmt.Errorf("%s: %w (%w)", doing, card.ErrComm, err)
}

// code is the PC/SC error in err, 0 where there is none.
func code(err error) scard.Error {
	var e scard.Error
	_ = errors.As(err, &e)
	return e
}
