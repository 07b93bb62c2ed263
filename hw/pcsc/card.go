package pcsc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ebfe/scard"

	"balie/hw/card"
)

const (
	// settle is how long a failed exchange waits for the news that the card is out:
	// readers without an interrupt are asked every 0.4 s
	// (PCSCLITE_STATUS_POLL_RATE).
	settle = 600 * time.Millisecond
	// patience is how long Connect waits for another program to let go.
	patience = 2 * time.Second
	// shortest is the length of a command of nothing but its header. What is shorter
	// is never sent: scard panics at none, and vpcd takes one byte for a message to
	// itself and waits for ever for the answer.
	shortest = 4
	// closing is how long Close and End wait for a driver that does not answer.
	closing = time.Second
)

// Card is a connection to the card in a reader. It has a context and a goroutine
// of its own, in which every call to PC/SC is made; [Card.Close] ends them.
//
// A card that was taken out stays [card.ErrRemoved] to its connection, even when
// it, or another, is put in: half a read of one card is never completed from
// another.
type Card struct {
	reader  string
	atr     []byte
	counter uint16 // of the reader, while this card is in
	closed  bool

	jobs  chan func()
	stop  chan struct{} // closed by Close
	ended chan struct{} // closed when the goroutine has ended

	// What follows belongs to the goroutine.
	context Context
	handle  Handle // nil until connected
	held    bool   // in a transaction
	gone    error  // once removed: how that was noticed
}

var _ card.Runner = (*Card)(nil)

// Connect connects to the card in a reader, given by name or by role, shared with
// other programs and with T=0 where the card has it. While another program holds
// the reader for itself, it waits up to 2 s.
//
// The error wraps [ErrNoReader], [ErrNoCard], [ErrMute], [ErrClaimed],
// [card.ErrComm], [ErrNoService] or [ErrNoAccess], or is that of ctx.
func (r *Readers) Connect(ctx context.Context, reader string) (*Card, error) {
	c, err := r.establishWithin(ctx, fmt.Sprintf("connecting to the card in %q", reader))
	if err != nil {
		return nil, err
	}
	k := &Card{context: c, jobs: make(chan func()), stop: make(chan struct{}), ended: make(chan struct{})}
	go k.run()
	if err := k.call(ctx, func() error { return k.connect(ctx, r, reader) }, nil); err != nil {
		if also := k.Close(); also != nil {
			err = fmt.Errorf("%w; %w", err, also)
		}
		return nil, err
	}
	return k, nil
}

// Reader is the reader's name, as PC/SC gives it.
func (k *Card) Reader() string { return k.reader }

// ATR is the answer to reset. See [card.Card].
func (k *Card) ATR() []byte { return slices.Clone(k.atr) }

// Transmit sends one command. See [card.Card].
func (k *Card) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	var response []byte
	err := k.call(ctx, func() (err error) {
		response, err = k.transmit(ctx, command)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	return response, nil
}

// Begin keeps other programs off the card. See [card.Card].
func (k *Card) Begin(ctx context.Context) error {
	return k.call(ctx, func() error { return k.begin(ctx) }, func() { _ = k.end() })
}

// End lets other programs at the card. See [card.Card].
func (k *Card) End() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	return k.call(ctx, k.end, nil)
}

// Reset connects anew and resets the card, if it is the same one still. See
// [card.Card].
func (k *Card) Reset(ctx context.Context) error {
	return k.call(ctx, func() error { return k.reset(ctx) }, nil)
}

// Run has f speak to the card in the card's goroutine. See [card.Runner].
func (k *Card) Run(ctx context.Context, f func(card.Card) error) error {
	return k.call(ctx, func() error { return f(inside{k}) }, nil)
}

// inside is the card to what runs in its goroutine.
type inside struct{ k *Card }

func (i inside) ATR() []byte { return i.k.ATR() }
func (i inside) End() error  { return i.k.end() }

func (i inside) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return i.k.transmit(ctx, command)
}

func (i inside) Begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return i.k.begin(ctx)
}

func (i inside) Reset(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return i.k.reset(ctx)
}

// Control asks the reader something: PC/SC part 10, for PIN pads.
func (k *Card) Control(ctx context.Context, code uint32, in []byte) ([]byte, error) {
	var out []byte
	err := k.call(ctx, func() (err error) {
		if k.gone != nil {
			return k.gone
		}
		out, err = k.handle.Control(code, in)
		if err != nil {
			return k.failed(ctx, "asking the reader", err)
		}
		return nil
	}, nil)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Close ends the connection and leaves the card as it is. It waits for the call
// that is under way, but no longer than a second: a driver that hangs is left to
// end by itself, and its context with it.
func (k *Card) Close() error {
	if !k.closed {
		k.closed = true
		close(k.stop)
	}
	timer := time.NewTimer(closing)
	defer timer.Stop()
	select {
	case <-k.ended:
		return nil
	case <-timer.C:
		return fmt.Errorf("closing the card in %q: the reader's driver does not answer", k.reader)
	}
}

// run makes the calls one after the other, until Close; then it gives up card and
// context.
func (k *Card) run() {
	defer close(k.ended)
	for {
		select {
		case job := <-k.jobs:
			job()
		case <-k.stop:
			if k.handle != nil {
				_ = k.handle.Disconnect(scard.LeaveCard)
			}
			_ = k.context.Release()
			return
		}
	}
}

// call has the goroutine do something, and waits for it or for ctx. Where nobody
// waits any more when it is done, undo takes it back.
func (k *Card) call(ctx context.Context, do func() error, undo func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	result := make(chan error)
	job := func() {
		err := do()
		select {
		case result <- err:
		case <-ctx.Done():
			if err == nil && undo != nil {
				undo()
			}
		}
	}
	select {
	case k.jobs <- job:
	case <-ctx.Done():
		return ctx.Err()
	case <-k.ended:
		return fmt.Errorf("card in %q: %w: connection closed", k.reader, card.ErrRemoved)
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The rest runs in the card's goroutine.

// connect finds the reader and connects to the card in it.
func (k *Card) connect(ctx context.Context, r *Readers, reader string) error {
	names, err := r.list(k.context)
	if err != nil {
		return connectError(reader, err)
	}
	at := slices.IndexFunc(names, func(name string) bool { return name == reader || r.Role(name) == reader })
	if at < 0 {
		return connectError(reader, scard.ErrUnknownReader)
	}
	k.reader = names[at]
	giveUp := time.Now().Add(patience)
	for {
		err := k.tryConnect()
		if !errors.Is(err, ErrClaimed) || time.Now().After(giveUp) {
			return err
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// tryConnect connects once. The counter is taken before: if the card was swapped
// meanwhile, the first exchange tells.
func (k *Card) tryConnect() error {
	state, err := k.look(0, 0)
	if err != nil {
		return connectError(k.reader, err)
	}
	switch cardIn(state.EventState) {
	case 0:
		return connectError(k.reader, scard.ErrNoSmartcard)
	case CardMute:
		return connectError(k.reader, scard.ErrUnresponsiveCard)
	}
	handle, err := k.context.Connect(k.reader, scard.ShareShared, scard.ProtocolT0)
	if code(err) == scard.ErrProtoMismatch {
		handle, err = k.context.Connect(k.reader, scard.ShareShared, scard.ProtocolAny)
	}
	if err != nil {
		return connectError(k.reader, err)
	}
	k.handle, k.counter, k.atr = handle, counter(state.EventState), state.Atr
	return k.same("connecting to the card")
}

// look gives the reader's state: at once where current is 0, else when it differs
// from current or the time is up.
func (k *Card) look(current scard.StateFlag, timeout time.Duration) (scard.ReaderState, error) {
	states := []scard.ReaderState{{Reader: k.reader, CurrentState: current &^ scard.StateChanged}}
	err := k.context.GetStatusChange(states, timeout)
	return states[0], err
}

// same tells whether the card that we connected to is still in. Once it is not,
// it never is again.
func (k *Card) same(doing string) error {
	state, err := k.look(0, 0)
	if err != nil {
		return k.lost(exchangeError(doing, err))
	}
	return k.sameIn(doing, state.EventState)
}

func (k *Card) sameIn(doing string, state scard.StateFlag) error {
	if gone(state) || state&scard.StatePresent == 0 || counter(state) != k.counter {
		return k.lost(exchangeError(doing, scard.ErrRemovedCard))
	}
	return nil
}

// lost remembers that the card is gone.
func (k *Card) lost(err error) error {
	if errors.Is(err, card.ErrRemoved) {
		k.gone = err
	}
	return err
}

// failed tells why a call failed. What looks like a bad line is most often a card
// on its way out, of which PC/SC hears a little later.
func (k *Card) failed(ctx context.Context, doing string, err error) error {
	failure := exchangeError(doing, err)
	if !errors.Is(failure, card.ErrComm) || errors.Is(failure, ErrClaimed) {
		return k.lost(failure)
	}
	giveUp := time.Now().Add(settle)
	for current := scard.StateFlag(0); ; {
		states := []scard.ReaderState{{Reader: k.reader, CurrentState: current &^ scard.StateChanged}}
		err := change(ctx, k.context, states, max(0, time.Until(giveUp)))
		switch {
		case code(err) == scard.ErrTimeout || ctx.Err() != nil:
			return failure
		case err != nil:
			return k.lost(exchangeError(doing, err))
		}
		if err := k.sameIn(doing, states[0].EventState); err != nil {
			return err
		}
		current = states[0].EventState
	}
}

func (k *Card) transmit(ctx context.Context, command []byte) ([]byte, error) {
	if k.gone != nil {
		return nil, k.gone
	}
	if len(command) < shortest {
		return nil, errShortCommand
	}
	response, err := k.handle.Transmit(command)
	switch {
	case err != nil:
		return nil, k.failed(ctx, "exchanging with the card", err)
	case len(response) < 2:
		return nil, k.failed(ctx, "exchanging with the card", scard.ErrCommError)
	}
	return response, nil
}

func (k *Card) begin(ctx context.Context) error {
	if k.gone != nil {
		return k.gone
	}
	if err := k.handle.BeginTransaction(); err != nil {
		return k.failed(ctx, "beginning a transaction", err)
	}
	k.held = true
	return nil
}

func (k *Card) end() error {
	if !k.held {
		return nil
	}
	k.held = false
	if err := k.handle.EndTransaction(scard.LeaveCard); err != nil {
		return k.lost(exchangeError("ending a transaction", err))
	}
	return nil
}

func (k *Card) reset(ctx context.Context) error {
	if k.gone != nil {
		return k.gone
	}
	_ = k.end() // of a card that is in trouble; Reconnect tells how it is
	if err := k.same("resetting the card"); err != nil {
		return err
	}
	protocol := k.handle.ActiveProtocol()
	if protocol != scard.ProtocolT1 {
		protocol = scard.ProtocolT0
	}
	if err := k.handle.Reconnect(scard.ShareShared, protocol, scard.ResetCard); err != nil {
		return k.failed(ctx, "resetting the card", err)
	}
	return k.same("resetting the card")
}

// pause lets d go by, or ctx end.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
