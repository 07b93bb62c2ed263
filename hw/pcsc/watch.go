package pcsc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ebfe/scard"
)

const (
	// pnp is the reader that is none: its state changes when readers come or go.
	pnp = `\\?PnP?\Notification`
	// look is how often readers are counted and looked at although PC/SC said
	// nothing. It says nothing when a program claims a reader that nobody used, and
	// in pcsc-lite before 2024 a reader that came between the count and the wait went
	// unnoticed (LudovicRousseau/PCSC#190).
	look = time.Second
	// again is how often pcscd is tried when it is away.
	againMin, againMax = 50 * time.Millisecond, time.Second
	// silence is how long pcscd may say nothing to a question that it answers within
	// a second. Its client library waits for ever (src/winscard_msg.c, MessageReceive).
	silence = 6 * time.Second
	// parting is how long the last question may take once the watch is to end.
	parting = time.Second
)

// errSilent is a pcscd that lives and does not answer.
var errSilent = fmt.Errorf("watching readers: %w: it does not answer", ErrNoService)

// Watch reports readers and cards until ctx ends, and returns its error. It
// begins with the present state: each reader, and the card in it; or that pcscd is
// down. It calls report for one event after the other.
//
// When pcscd goes, every card is reported removed and every reader lost before
// [ServiceDown]; when it is back, after [ServiceUp] as if all were new, because
// nobody knows what happened meanwhile. A pcscd that does not answer is as good as
// gone, until it does.
func (r *Readers) Watch(ctx context.Context, report func(Event)) error {
	w := &watcher{readers: r, report: report, slots: map[string]slot{}, places: map[string]place{}}
	pause := againMin
	for {
		err := w.attempt(ctx, func() { pause = againMin })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		w.lost(err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			pause = min(2*pause, againMax)
		}
	}
}

// watcher is what one Watch has reported so far.
type watcher struct {
	readers *Readers
	report  func(Event) // called with mu held

	mu     sync.Mutex // guards what follows
	slots  map[string]slot
	places map[string]place // of the same readers
	order  []string         // of slots, as PC/SC lists them
	plugs  scard.StateFlag  // state of pnp: since 2024 with a counter of its own
	away   error            // why pcscd is down, nil while it is not
	silent bool             // pcscd was given up; what it still says is of no use
}

// place is what a reader is for, and where it is: as it was when the reader came, so
// that its end is told of the same role.
type place struct{ role, socket string }

// attempt serves in a goroutine of its own, because a question to pcscd has no end.
// It returns when that has ended, and when ctx has, soon.
func (w *watcher) attempt(ctx context.Context, working func()) error {
	alive, done := make(chan struct{}, 1), make(chan error, 1)
	w.listen()
	go func() { done <- w.serve(ctx, alive, working) }()
	silence := w.readers.options.silence
	patience := time.NewTimer(silence)
	defer patience.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-alive:
			patience.Reset(silence)
		case <-patience.C:
			w.giveUp()
		case <-ctx.Done():
			select {
			case err := <-done:
				return err
			case <-time.After(parting):
				w.mute()
				return ctx.Err()
			}
		}
	}
}

func (w *watcher) listen() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = false
}

// mute has nothing more reported of what pcscd may still say.
func (w *watcher) mute() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = true
}

// giveUp reports a pcscd that does not answer as gone.
func (w *watcher) giveUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = true
	w.down(errSilent)
}

// lost reports that pcscd is gone.
func (w *watcher) lost(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down(err)
}

// serve watches through one context, until that breaks. An old context is dead
// for good after a restart of pcscd, whatever SCardIsValidContext says.
func (w *watcher) serve(ctx context.Context, alive chan<- struct{}, working func()) error {
	c, err := w.readers.establish(ctx, "watching readers")
	if err != nil {
		return err
	}
	defer func() { _ = c.Release() }() // fails only where pcscd is gone, and the context with it
	w.mu.Lock()
	w.plugs = 0
	w.mu.Unlock()
	for ctx.Err() == nil {
		names, err := w.readers.list(c)
		if err != nil {
			return serviceError("watching readers", err)
		}
		states, heard := w.found(names)
		if !heard {
			return errSilent
		}
		working()
		if err := w.wait(ctx, c, states); err != nil {
			return err
		}
		select {
		case alive <- struct{}{}:
		default:
		}
	}
	return nil
}

// found takes up the readers there are, and gives what to wait for. It is not heard
// where pcscd was given up.
func (w *watcher) found(names []string) (states []scard.ReaderState, heard bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silent {
		return nil, false
	}
	w.up()
	w.keep(names)
	states = []scard.ReaderState{{Reader: pnp, CurrentState: w.plugs}}
	for _, name := range w.order {
		states = append(states, scard.ReaderState{Reader: name, CurrentState: w.slots[name].state &^ scard.StateChanged})
	}
	return states, true
}

// up says that pcscd is back, if it was away.
func (w *watcher) up() {
	if w.away != nil {
		w.away = nil
		w.report(Event{Kind: ServiceUp})
	}
}

// down says that pcscd is away, once for each reason.
func (w *watcher) down(err error) {
	w.keep(nil)
	w.readers.forgetSockets()
	if w.away == nil || errors.Is(w.away, ErrNoAccess) != errors.Is(err, ErrNoAccess) {
		w.report(Event{Kind: ServiceDown, Err: err})
	}
	w.away = err
}

// keep forgets the readers that are not in names, and takes up the new ones. One
// that turns out to be elsewhere than was said is lost, and new.
func (w *watcher) keep(names []string) {
	for _, name := range w.order {
		if !slices.Contains(names, name) || w.places[name] != w.placeOf(name) {
			w.lose(name)
		}
	}
	for _, name := range names {
		if _, known := w.slots[name]; !known {
			w.slots[name], w.places[name] = slot{}, w.placeOf(name)
			w.say(name, ReaderReady, nil)
		}
	}
	w.order = names
}

func (w *watcher) lose(name string) {
	if w.slots[name].card != 0 {
		w.say(name, CardRemoved, nil)
	}
	delete(w.slots, name)
	w.say(name, ReaderLost, nil)
	delete(w.places, name)
}

func (w *watcher) placeOf(name string) place {
	return place{role: w.readers.Role(name), socket: w.readers.Socket(name)}
}

func (w *watcher) say(name string, kind Kind, atr []byte) {
	p := w.places[name]
	w.report(Event{Kind: kind, Reader: name, Role: p.role, Socket: p.socket, ATR: atr})
}

// wait waits for one change, or a second, and reports what is new. It returns nil
// as well when the readers are to be counted again.
func (w *watcher) wait(ctx context.Context, c Context, states []scard.ReaderState) error {
	err := change(ctx, c, states, look)
	plugs, counted := states[0].EventState&^scard.StateChanged, err == nil
	states = states[1:]
	if code(err) == scard.ErrTimeout && len(states) > 0 {
		for i := range states {
			states[i].CurrentState = scard.StateUnaware
		}
		err = c.GetStatusChange(states, 0)
	}
	switch code(err) {
	case scard.ErrTimeout, scard.ErrCancelled, scard.ErrUnknownReader, scard.ErrReaderUnavailable:
		return nil
	}
	if err != nil {
		return serviceError("watching readers", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silent {
		return errSilent
	}
	if counted {
		w.plugs = plugs
	}
	for _, state := range states {
		w.changed(state)
	}
	return nil
}

// changed reports what a new state of one reader amounts to. A reader that went
// is left to the next count.
func (w *watcher) changed(state scard.ReaderState) {
	if gone(state.EventState) {
		return
	}
	now, say := w.slots[state.Reader].next(state.EventState)
	w.slots[state.Reader] = now
	for _, kind := range say {
		var atr []byte
		if kind == CardInserted {
			atr = state.Atr
		}
		w.say(state.Reader, kind, atr)
	}
}

// change is GetStatusChange that ends with ctx. SCardCancel only ends a wait that
// has begun, so it is repeated until the wait is over.
func change(ctx context.Context, c Context, states []scard.ReaderState, timeout time.Duration) error {
	over, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		for {
			_ = c.Cancel()
			select {
			case <-over:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	err := c.GetStatusChange(states, timeout)
	close(over)
	<-stopped
	return err
}
