package eid

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"balie/hw/card"
)

const (
	maxRecoveries = 3    // of one session: a card that fails more often is broken, or held badly
	maxAnswer     = 4096 // bytes by GET RESPONSE; no answer of this card has a tenth of it
	longest       = 64   // bytes of a command that is sent here: INTERNAL AUTHENTICATE has 55

	// oldWait is what applet 1.1 needs between 6Cxx and the command sent again, or
	// it answers garbage: 10 ms in commons-eid BeIDCard.java, 40 ms in OpenSC, 50 ms
	// in eid-mw.
	oldWait = 10 * time.Millisecond
)

// session speaks to one card: it counts, follows 61xx and 6Cxx, and recovers.
type session struct {
	card      card.Card
	atr       []byte
	old       bool // the applet is, or may be, older than 1.7
	most      int  // bytes to ask for at once
	recovered int
	doubted   bool // a status word was taken for a garbled command once
	exchanges int
	bytes     int // commands and responses, status words included
	buf       []byte
}

func newSession(c card.Card) *session {
	atr := c.ATR()
	return &session{card: c, atr: atr, old: !bytes.Equal(atr, atr18()), most: chunk, buf: make([]byte, 0, longest)}
}

// close overwrites the last command, which may have held a PIN.
func (s *session) close() { clear(s.buf[:cap(s.buf)]) }

// exchange sends one command as it is.
func (s *session) exchange(ctx context.Context, cmd card.Command) (card.Response, error) {
	raw, err := cmd.Encode(s.buf[:0])
	if err != nil {
		return card.Response{}, err
	}
	s.buf = raw
	s.exchanges++
	s.bytes += len(raw)
	answer, err := s.card.Transmit(ctx, raw)
	if err != nil {
		return card.Response{}, err
	}
	s.bytes += len(answer)
	return card.ParseResponse(answer)
}

// send sends a command; after 6Cxx it is sent once more with the length that the
// card named, after 61xx the answer is fetched.
func (s *session) send(ctx context.Context, cmd card.Command) (card.Response, error) {
	r, err := s.exact(ctx, cmd)
	if err != nil {
		return r, err
	}
	data := r.Data
	for len(data) <= maxAnswer {
		n, more := r.Status.More()
		if !more {
			return card.Response{Data: data, Status: r.Status}, nil
		}
		if r, err = s.exact(ctx, card.Command{INS: 0xC0, Le: n}); err != nil {
			return r, err
		}
		if _, more = r.Status.More(); more && len(r.Data) == 0 {
			break // it would never come to maxAnswer
		}
		data = append(data[:len(data):len(data)], r.Data...)
	}
	return card.Response{}, fmt.Errorf("answer without end: %w", card.ErrComm)
}

// exact sends a command, and once more where the card names another length.
func (s *session) exact(ctx context.Context, cmd card.Command) (card.Response, error) {
	r, err := s.exchange(ctx, cmd)
	if err != nil {
		return r, err
	}
	n, is := r.Status.Exact()
	if !is || cmd.Le == 0 {
		return r, nil
	}
	if s.old {
		if err := wait(ctx, oldWait); err != nil {
			return r, err
		}
	}
	cmd.Le = n
	return s.exchange(ctx, cmd)
}

// do runs f in a transaction, and again where the link fails: after a reset, and at
// most maxRecoveries times in a session. f starts by selecting what it needs, and
// goes on where it was.
func (s *session) do(ctx context.Context, f func(context.Context) error) error {
	for {
		err := s.transaction(ctx, f)
		if err == nil || ctx.Err() != nil || !linkFailed(err) && !s.doubtful(err) {
			return err
		}
		if fatal := s.recover(ctx, err); fatal != nil {
			return fatal
		}
	}
}

func (s *session) transaction(ctx context.Context, f func(context.Context) error) error {
	if err := s.card.Begin(ctx); err != nil {
		return fmt.Errorf("taking the card: %w", err)
	}
	err := f(ctx)
	// What End cannot do, the next exchange will tell: what was read is read.
	_ = s.card.End()
	return err
}

// linkFailed tells whether a reset may help.
func linkFailed(err error) bool {
	return errors.Is(err, card.ErrComm) || errors.Is(err, card.ErrReset)
}

// doubtful tells whether a status word may be that of a garbled command (6D00,
// 6E00) or of a worn memory cell (6581). It is true once in a session, and of a card
// that looks Belgian: to others the commands are unknown indeed.
func (s *session) doubtful(err error) bool {
	if s.doubted || !LooksBelgian(s.atr) {
		return false
	}
	s.doubted = errors.Is(err, card.ErrUnknown) || errors.Is(err, card.ErrMemory)
	return s.doubted
}

// recover resets the card. It gives the error to end with: cause where too many
// recoveries were needed, or that the card is gone.
func (s *session) recover(ctx context.Context, cause error) error {
	for {
		if s.recovered == maxRecoveries {
			return cause
		}
		if err := wait(ctx, time.Duration(s.recovered*s.recovered)*100*time.Millisecond); err != nil {
			return err
		}
		s.recovered++
		switch err := s.card.Reset(ctx); {
		case err == nil && !bytes.Equal(s.card.ATR(), s.atr):
			return fmt.Errorf("another card after the reset: %w", card.ErrRemoved)
		case err == nil:
			return nil
		case !linkFailed(err):
			return fmt.Errorf("resetting the card: %w", err)
		}
	}
}

// wait lets d go by, or ctx end.
func wait(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
