package kiosktest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"balie/hw/eid"
	"balie/kiosk"
)

var _ kiosk.Cards = (*Cards)(nil)

// Card is what the read of a card gives.
type Card struct {
	Record eid.Record
	Err    error         // that the read ends with, in place of the record
	Seen   time.Duration // until its identity is decoded
	Takes  time.Duration // from then until it is checked
	Mute   bool          // it does not answer
	Holder Holder
}

// Holder is how the holder of a card can be proved.
type Holder struct {
	Pinpad     bool
	Tries      int   // before and after; 0 is 3
	Unready    error // in place of that
	Err        error // that proving ends with
	TriesAfter int   // with Err
}

// Cards are readers and what is in them.
type Cards struct {
	events chan kiosk.CardEvent
	ended  chan error

	mu    sync.Mutex
	cards map[string]slot
	reads int
}

// slot is a card in a reader; gone is closed when it is taken out.
type slot struct {
	card Card
	gone chan struct{}
}

// NewCards gives a booth these readers, empty.
func NewCards(readers ...string) *Cards {
	c := &Cards{events: make(chan kiosk.CardEvent, 256), ended: make(chan error, 1), cards: map[string]slot{}}
	for _, r := range readers {
		c.Report(kiosk.ReaderReady, r)
	}
	return c
}

// Report reports whatever happens at a reader. What a test reports before
// [Cards.Watch] is reported then; it must not report more than 256 unheard.
func (c *Cards) Report(kind kiosk.CardEventKind, reader string) {
	c.events <- kiosk.CardEvent{Kind: kind, Reader: reader}
}

// Insert puts a card in an empty reader.
func (c *Cards) Insert(reader string, card Card) {
	c.mu.Lock()
	c.cards[reader] = slot{card, make(chan struct{})}
	c.mu.Unlock()
	kind := kiosk.CardInserted
	if card.Mute {
		kind = kiosk.CardMute
	}
	c.Report(kind, reader)
}

// Remove takes the card out of a reader, also while it is read.
func (c *Cards) Remove(reader string) {
	c.mu.Lock()
	if s, ok := c.cards[reader]; ok {
		close(s.gone)
		delete(c.cards, reader)
	}
	c.mu.Unlock()
	c.Report(kiosk.CardRemoved, reader)
}

// End ends the watch with an error, as if nothing could be watched any more.
func (c *Cards) End(err error) { c.ended <- err }

// Reads is how many reads were begun.
func (c *Cards) Reads() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reads
}

// Watch reports what the test does.
func (c *Cards) Watch(ctx context.Context, report func(kiosk.CardEvent)) error {
	for {
		select {
		case e := <-c.events:
			report(e)
		case err := <-c.ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Read gives what the card that is in the reader was made to give.
func (c *Cards) Read(ctx context.Context, reader string, seen func(eid.Identity)) (eid.Record, error) {
	c.mu.Lock()
	c.reads++
	s, ok := c.cards[reader]
	c.mu.Unlock()
	if !ok {
		return eid.Record{}, fmt.Errorf("reading %s: %w", reader, kiosk.ErrCardRemoved)
	}
	if err := s.wait(ctx, s.card.Seen); err != nil {
		return eid.Record{}, fmt.Errorf("reading %s: %w", reader, err)
	}
	if s.card.Err != nil {
		return eid.Record{}, fmt.Errorf("reading %s: %w", reader, s.card.Err)
	}
	seen(s.card.Record.Identity)
	if err := s.wait(ctx, s.card.Takes); err != nil {
		return eid.Record{}, fmt.Errorf("reading %s: %w", reader, err)
	}
	return s.card.Record, nil
}

// wait waits, and no longer than ctx or than the card is in.
func (s slot) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.gone:
		return kiosk.ErrCardRemoved
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Holder tells what the card in the reader was made to.
func (c *Cards) Holder(_ context.Context, reader string) (pinpad bool, tries int, err error) {
	s, err := c.slot(reader)
	if err != nil {
		return false, 0, err
	}
	h := s.card.Holder
	return h.Pinpad, h.tries(), h.Unready
}

// ProveHolder gives a proof that names nobody, or what the card was made to give.
func (c *Cards) ProveHolder(ctx context.Context, p kiosk.ProveHolder) (eid.HolderProof, int, error) {
	s, err := c.slot(p.Reader)
	if err == nil {
		err = s.wait(ctx, s.card.Takes)
	}
	if err != nil {
		return eid.HolderProof{}, 0, err
	}
	if h := s.card.Holder; h.Err != nil {
		return eid.HolderProof{}, h.TriesAfter, fmt.Errorf("proving: %w", h.Err)
	}
	return eid.HolderProof{Challenge: p.Challenge, Signature: []byte{1}}, s.card.Holder.tries(), nil
}

func (h Holder) tries() int {
	if h.Tries == 0 {
		return 3
	}
	return h.Tries
}

func (c *Cards) slot(reader string) (slot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.cards[reader]
	if !ok {
		return slot{}, fmt.Errorf("asking %s: %w", reader, kiosk.ErrCardRemoved)
	}
	return s, nil
}
