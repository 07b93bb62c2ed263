package eidtest

import (
	"context"
	"slices"
	"sync"
	"time"

	"balie/hw/card"
)

// Card is a virtual card. As a [card.Card] it lies in a reader of its own, in
// memory, from the moment it is minted: [Card.Pull] takes it out and [Card.Insert]
// puts it in. In a [Reader] it is behind a real pcscd. It is in one place at a time.
//
// Unlike a real card it may be used by several goroutines, so that a test can pull
// it in the middle of a read.
type Card struct {
	d     Description // what was asked for
	atr   []byte
	data  []byte // of GET CARD DATA
	files map[Path][]byte
	keys  keys

	mu        sync.Mutex
	chip      chip   // guarded by mu, as is all that follows
	faults    Faults // as at the last SetFaults
	exchanges int    // since it was put in
	seat      seat
	trace     func(command, response []byte)
}

// seat says how the card lies in its reader.
type seat int

const (
	connected seat = iota // in, and the program is connected to it
	fresh                 // in again, and the program still holds the card that was
	out                   // not in a reader
)

var _ card.Card = (*Card)(nil)

func newCard(w *press) *Card {
	c := &Card{d: w.d, atr: w.applet.atr(), data: cardData(w.applet, w.chip), files: w.files, keys: w.keys, faults: w.d.Faults}
	c.chip.tries = maxTries
	if w.d.Tries != nil {
		c.chip.tries = *w.d.Tries
	}
	c.chip.pin = w.d.PIN
	c.chip.reset()
	return c
}

// cardData is the answer to GET CARD DATA: chip number, component code, OS and
// softmask, applet version, global OS version, interface, PKCS #1 support, key
// exchange, life cycle. Samples: OpenSC card-belpic.c l. 119.
func cardData(a Applet, chip [16]byte) []byte {
	tail := []byte{0xA5, 0x03, 0x01, 0x01, 0x01, a.version(), 0x00, 0x02, 0x00, 0x01, 0x01, 0x0F}
	switch a {
	case Applet17, Applet17EC:
		tail = []byte{0xF3, 0x36, 0x01, 0x25, 0x01, a.version(), 0x00, 0x03, 0x00, 0x21, 0x01, 0x0F}
	case Applet18:
		tail = []byte{0x53, 0x4C, 0x01, 0x01, 0x01, a.version(), 0x00, 0x01, 0x00, 0x21, 0x01, 0x0F}
	}
	return append(chip[:], tail...)
}

// Description is what the card was minted from.
func (c *Card) Description() Description { return c.d }

// File is a copy of a file as it lies on the card, nil where it has none.
func (c *Card) File(p Path) []byte { return slices.Clone(c.files[p]) }

// Data is a copy of the answer to GET CARD DATA.
func (c *Card) Data() []byte { return slices.Clone(c.data) }

// Exchanges is the number of commands since the card was put in.
func (c *Card) Exchanges() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exchanges
}

// Tries is the number of PIN tries left.
func (c *Card) Tries() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chip.tries
}

// Trace calls f with every exchange from now on; nil stops it. f must not call
// the card.
func (c *Card) Trace(f func(command, response []byte)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trace = f
}

// SetFaults replaces the faults and starts to count exchanges anew.
func (c *Card) SetFaults(f Faults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults, c.exchanges = f, 0
}

// Insert puts the card in: it is powered up, and has forgotten what was selected.
// A program that was connected must connect anew, by [Card.Reset].
func (c *Card) Insert() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.exchanges, c.seat = 0, fresh
	c.chip.reset()
}

// Pull takes the card out.
func (c *Card) Pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seat = out
}

// isOut tells whether the card is in no reader.
func (c *Card) isOut() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seat == out
}

// ATR is the answer to reset; nil where the card is mute.
func (c *Card) ATR() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.faults.Mute {
		return nil
	}
	return slices.Clone(c.atr)
}

// Transmit plays one exchange. See [card.Card].
func (c *Card) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := c.seated(); err != nil {
		return nil, err
	}
	if err := wait(ctx, c.delay()); err != nil {
		return nil, err
	}
	response, event := c.exchange(command)
	switch event {
	case eventPulled:
		c.Pull()
		return nil, card.ErrRemoved
	case eventReset:
		return nil, card.ErrReset
	case eventComm:
		return nil, card.ErrComm
	}
	return response, nil
}

// seated tells whether there is a card to talk to.
func (c *Card) seated() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.seat != connected:
		return card.ErrRemoved
	case c.faults.Mute:
		return card.ErrComm
	}
	return nil
}

// Begin does nothing, as there is no other program. See [card.Card].
func (c *Card) Begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.seated()
}

// End does nothing. See [card.Card].
func (c *Card) End() error { return nil }

// Reset connects to the card that is in the reader now. See [card.Card].
func (c *Card) Reset(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.seat == out:
		return card.ErrRemoved
	case c.faults.Mute:
		return card.ErrComm
	}
	c.seat = connected
	c.chip.reset()
	return nil
}

// powerCycle is a reset by the reader.
func (c *Card) powerCycle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.chip.reset()
}

func (c *Card) delay() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(c.faults.SlowMS) * time.Millisecond
}

// wait lets d go by, or ctx end.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
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
