package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"balie/hw/eid/eidtest"
)

// board is what stands on the bench: the tray, the readers, pcscd, the printer.
type board struct {
	pki     *eidtest.PKI
	service *cardService
	slots   []*eidtest.Reader // in the order of service.names
	ticket  *ticketPrinter
	around  *surroundings

	acting sync.Mutex // held while something is changed, one thing at a time

	mu    sync.Mutex
	order []string                // guarded by mu: ids of the cards as they lie in the tray
	cards map[string]*virtualCard // guarded by mu; a card's fields too
	in    map[int]string          // guarded by mu: id of the card in a reader

	changed *bell
}

// What may be asked that cannot be.
var (
	errNoSuch   = errors.New("there is none")
	errConflict = errors.New("that cannot be now")
	errBadInput = errors.New("that makes no sense")
)

func newBoard(pki *eidtest.PKI, service *cardService, ticket *ticketPrinter) *board {
	b := &board{
		pki: pki, service: service, ticket: ticket, changed: newBell(),
		cards: map[string]*virtualCard{}, in: map[int]string{}, around: &surroundings{},
	}
	for _, address := range service.addresses {
		b.slots = append(b.slots, eidtest.NewReader(address))
	}
	return b
}

// add mints a card and lays it in the tray.
func (b *board) add(d eidtest.Description) error {
	if !cardID(d.ID) {
		return fmt.Errorf("%w: the id of a card is 1 to 32 small letters, digits and hyphens: %q", errBadInput, d.ID)
	}
	if err := d.Validate(); err != nil {
		return fmt.Errorf("%w: %w", errBadInput, err)
	}
	b.acting.Lock()
	defer b.acting.Unlock()
	b.mu.Lock()
	taken := b.cards[d.ID] != nil
	b.mu.Unlock()
	if taken {
		return fmt.Errorf("%w: a card %q lies in the tray", errConflict, d.ID)
	}
	card, err := newVirtualCard(b.pki, d)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cards[d.ID], b.order = card, append(b.order, d.ID)
	b.changed.ring()
	return nil
}

// cardID keeps ids to what is plain in a path.
func cardID(id string) bool {
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return len(id) > 0 && len(id) <= 32
}

// insert puts a card of the tray into a reader. With pcscd away it lies in there
// and is seen when pcscd is back, as with a real reader.
func (b *board) insert(ctx context.Context, reader int, id string) error {
	b.acting.Lock()
	defer b.acting.Unlock()
	b.settle()
	card, err := b.free(reader, id)
	if err != nil {
		return err
	}
	if err := b.prepare(card); err != nil {
		return err
	}
	if b.service.state() == serviceRunning {
		if err := b.slots[reader].Insert(ctx, card.card); err != nil {
			return err
		}
	}
	b.place(reader, id)
	return nil
}

// free gives a card that can be put into a reader.
func (b *board) free(reader int, id string) (*virtualCard, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	card := b.cards[id]
	switch {
	case reader < 0 || reader >= len(b.slots):
		return nil, fmt.Errorf("reader %d: %w: they are 0 to %d", reader, errNoSuch, len(b.slots)-1)
	case card == nil:
		return nil, fmt.Errorf("card %q: %w in the tray: there are %q", id, errNoSuch, b.order)
	case b.in[reader] != "":
		return nil, fmt.Errorf("%w: %s is in reader %d", errConflict, b.in[reader], reader)
	}
	for other, in := range b.in {
		if in == id {
			return nil, fmt.Errorf("%w: %s is in reader %d", errConflict, id, other)
		}
	}
	return card, nil
}

func (b *board) prepare(card *virtualCard) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return card.prepare(b.pki)
}

func (b *board) place(reader int, id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if id == "" {
		delete(b.in, reader)
	} else {
		b.in[reader] = id
	}
	b.changed.ring()
}

// pull takes the card out of a reader.
func (b *board) pull(reader int) error {
	b.acting.Lock()
	defer b.acting.Unlock()
	b.settle()
	if reader < 0 || reader >= len(b.slots) {
		return fmt.Errorf("reader %d: %w: they are 0 to %d", reader, errNoSuch, len(b.slots)-1)
	}
	if b.inside(reader) == "" {
		return fmt.Errorf("%w: no card is in reader %d", errConflict, reader)
	}
	// With pcscd away the card is on no wire, and still in the reader.
	if err := b.slots[reader].Pull(); err != nil && !errors.Is(err, eidtest.ErrEmpty) {
		return err
	}
	b.place(reader, "")
	return nil
}

func (b *board) inside(reader int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.in[reader]
}

// fault makes a card misbehave from its next insertion on; the zero fault ends it.
func (b *board) fault(id string, f cardFault) error {
	b.acting.Lock()
	defer b.acting.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	card := b.cards[id]
	if card == nil {
		return fmt.Errorf("card %q: %w in the tray", id, errNoSuch)
	}
	trial := *card
	trial.fault = f
	if _, err := trial.damaged(b.pki); err != nil {
		return fmt.Errorf("%w: %w", errBadInput, err)
	}
	card.fault = f
	b.changed.ring()
	return nil
}

// settle takes note of the cards that went out by their own fault. b.acting or
// nothing is held.
func (b *board) settle() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for reader, id := range b.in {
		if b.slots[reader].Card() == nil && b.cards[id].fellOut() {
			delete(b.in, reader)
			b.changed.ring()
		}
	}
}

// control stops, kills, starts or restarts pcscd, has it hang or go on. The cards stay
// where they are.
func (b *board) control(ctx context.Context, what string) error {
	if !slices.Contains([]string{"stop", "start", "kill", "restart", "freeze", "thaw"}, what) {
		return fmt.Errorf("%w: %q is none of stop, start, kill, restart, freeze, thaw", errBadInput, what)
	}
	b.acting.Lock()
	defer b.acting.Unlock()
	defer b.changed.ring()
	b.settle()
	if err := b.service.do(ctx, what); err != nil {
		if errors.Is(err, errNotOurs) {
			return fmt.Errorf("%w: %w", errConflict, err)
		}
		return err
	}
	return b.reseat(ctx)
}

// reseat has cards that lie in readers played again after pcscd was away. b.acting
// is held.
func (b *board) reseat(ctx context.Context) error {
	if b.service.state() != serviceRunning {
		return nil
	}
	var errs []error
	for reader, slot := range b.slots {
		id := b.inside(reader)
		if id == "" || slot.Card() != nil {
			continue
		}
		b.mu.Lock()
		card := b.cards[id].card
		b.mu.Unlock()
		errs = append(errs, slot.Insert(ctx, card))
	}
	return errors.Join(errs...)
}

// keep looks every while after cards that fell out, and after a pcscd that was
// restarted by someone else, until ctx ends.
func (b *board) keep(ctx context.Context) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			b.look(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

func (b *board) look(ctx context.Context) {
	b.acting.Lock()
	defer b.acting.Unlock()
	b.settle()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = b.reseat(ctx) // one that fails is tried again at the next look
}

// Close takes all cards out, ends pcscd and pulls the printer's cable.
func (b *board) Close() error {
	b.acting.Lock()
	defer b.acting.Unlock()
	var errs []error
	for _, slot := range b.slots {
		if err := slot.Pull(); err != nil && !errors.Is(err, eidtest.ErrEmpty) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, b.service.Close(), b.ticket.Close())...)
}
