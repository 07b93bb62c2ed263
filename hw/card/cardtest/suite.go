package cardtest

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"balie/hw/card"
)

// Suite is what every [card.Card] has in common, as tests. The fake is believed
// because it passes what the real thing passes.
type Suite struct {
	// Open connects to a card that is in; it is called once for each test.
	Open func(T) card.Card
	// Pull takes the card of the last Open out, and returns when a program may know.
	Pull func(T)
	// Insert puts it in again.
	Insert func(T)
	// Select is a command that the card answers with 9000, and after which Read
	// gives 9000 with data. Without it, and after a reset, Read gives something else.
	Select, Read []byte
}

// Case is one test of the suite: hand Run a *testing.T of its own.
type Case struct {
	Name string
	Run  func(context.Context, T)
}

// Cases are the tests.
func (s Suite) Cases() []Case {
	return []Case{
		{"answer to reset", s.answerToReset},
		{"exchange", s.exchange},
		{"response is the caller's", s.ownership},
		{"transaction", s.transaction},
		{"reset forgets", s.reset},
		{"reset in a transaction", s.resetInTransaction},
		{"ended context", s.endedContext},
		{"command too short", s.shortCommand},
		{"removed", s.removed},
		{"removed in a transaction", s.removedInTransaction},
		{"put in again", s.putInAgain},
	}
}

func (s Suite) answerToReset(_ context.Context, t T) {
	c := s.Open(t)
	first := c.ATR()
	if _, err := card.ParseATR(first); err != nil {
		t.Errorf("ATR %X: %v", first, err)
	}
	kept := slices.Clone(first)
	clear(first)
	if !bytes.Equal(c.ATR(), kept) {
		t.Errorf("ATR gave memory that is the card's own")
	}
}

func (s Suite) exchange(ctx context.Context, t T) {
	c := s.Open(t)
	command := slices.Clone(s.Select)
	s.expect(ctx, t, c, command, true)
	if !bytes.Equal(command, s.Select) {
		t.Errorf("Transmit changed the command")
	}
	if data := s.expect(ctx, t, c, s.Read, true); len(data) <= 2 {
		t.Errorf("reading gave %X and no data", data)
	}
}

func (s Suite) ownership(ctx context.Context, t T) {
	c := s.Open(t)
	s.expect(ctx, t, c, s.Select, true)
	first := s.expect(ctx, t, c, s.Read, true)
	kept := slices.Clone(first)
	s.expect(ctx, t, c, s.Select, true)
	if !bytes.Equal(first, kept) {
		t.Errorf("the next exchange overwrote the response")
	}
	clear(first)
	if again := s.expect(ctx, t, c, s.Read, true); !bytes.Equal(again, kept) {
		t.Errorf("writing to a response changed the card")
	}
}

func (s Suite) transaction(ctx context.Context, t T) {
	c := s.Open(t)
	for range 2 {
		s.must(t, "Begin", c.Begin(ctx))
		s.expect(ctx, t, c, s.Select, true)
		s.expect(ctx, t, c, s.Read, true)
		s.must(t, "End", c.End())
	}
}

func (s Suite) reset(ctx context.Context, t T) {
	c := s.Open(t)
	s.expect(ctx, t, c, s.Select, true)
	atr := c.ATR()
	s.must(t, "Reset", c.Reset(ctx))
	if !bytes.Equal(c.ATR(), atr) {
		t.Errorf("ATR %X after a reset, %X before", c.ATR(), atr)
	}
	s.expect(ctx, t, c, s.Read, false)
	s.expect(ctx, t, c, s.Select, true)
	s.expect(ctx, t, c, s.Read, true)
}

func (s Suite) resetInTransaction(ctx context.Context, t T) {
	c := s.Open(t)
	s.must(t, "Begin", c.Begin(ctx))
	s.must(t, "Reset", c.Reset(ctx))
	s.must(t, "Begin after Reset", c.Begin(ctx))
	s.expect(ctx, t, c, s.Select, true)
	s.must(t, "End", c.End())
}

func (s Suite) endedContext(ctx context.Context, t T) {
	c := s.Open(t)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.Transmit(ended, s.Select); !errors.Is(err, context.Canceled) {
		t.Errorf("Transmit with an ended context gave %v", err)
	}
	if err := c.Begin(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Begin with an ended context gave %v", err)
	}
	if err := c.Reset(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Reset with an ended context gave %v", err)
	}
	s.expect(ctx, t, c, s.Select, true)
}

func (s Suite) shortCommand(ctx context.Context, t T) {
	c := s.Open(t)
	for _, command := range [][]byte{nil, {}, {0x00}, {0x00, 0xA4, 0x00}} {
		if response, err := c.Transmit(ctx, command); err == nil && len(response) < 2 {
			t.Errorf("command %X gave %X and no error", command, response)
		}
	}
	s.expect(ctx, t, c, s.Select, true)
}

func (s Suite) removed(ctx context.Context, t T) {
	c := s.Open(t)
	s.expect(ctx, t, c, s.Select, true)
	s.Pull(t)
	s.gone(ctx, t, c)
	if err := c.Reset(ctx); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("Reset without a card gave %v", err)
	}
}

func (s Suite) removedInTransaction(ctx context.Context, t T) {
	c := s.Open(t)
	s.must(t, "Begin", c.Begin(ctx))
	s.Pull(t)
	s.gone(ctx, t, c)
	// Whether the end of a transaction without a card is an error is the reader's
	// own matter; that it comes to an end is not.
	_ = c.End()
}

// putInAgain: what was half done with a card is never gone on with by another.
func (s Suite) putInAgain(ctx context.Context, t T) {
	c := s.Open(t)
	s.expect(ctx, t, c, s.Select, true)
	s.Pull(t)
	s.Insert(t)
	s.gone(ctx, t, c)
}

// gone expects that there is no card to talk to.
func (s Suite) gone(ctx context.Context, t T, c card.Card) {
	t.Helper()
	if response, err := c.Transmit(ctx, s.Read); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("Transmit without a card gave %X, %v", response, err)
	}
}

// expect sends a command and expects 9000, or anything else.
func (s Suite) expect(ctx context.Context, t T, c card.Card, command []byte, ok bool) []byte {
	t.Helper()
	raw, err := c.Transmit(ctx, command)
	if err != nil {
		t.Fatalf("Transmit(%X): %v", command, err)
	}
	r, err := card.ParseResponse(raw)
	if err != nil {
		t.Fatalf("Transmit(%X): %v", command, err)
	}
	if (r.Status == card.StatusOK) != ok {
		t.Fatalf("Transmit(%X) gave status %04X", command, uint16(r.Status))
	}
	return raw
}

func (Suite) must(t T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
