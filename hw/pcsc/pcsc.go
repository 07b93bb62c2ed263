// Package pcsc knows the readers of this machine and the cards in them, through
// PC/SC (pcscd). [Readers.Watch] tells what comes and goes, and survives the loss
// of every reader and of pcscd itself; [Readers.Connect] gives the card in a reader
// as a [balie/hw/card.Card].
//
// It knows nothing of what is on a card: that is hw/eid. A pcscd with virtual
// readers and a fake of PC/SC for tests are in pcsctest.
//
// What it relies on was read in pcsc-lite's src/winscard_clnt.c and
// src/eventhandler.c, and held against pcscd 1.9.9 (Debian 12) by the tests.
package pcsc

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Options say which readers count, and what for.
type Options struct {
	// Ignore are patterns of readers that are left out: virtual and contactless
	// ones, say. See [Role] for what a pattern is.
	Ignore []string
	// Roles name readers by what they are for. The first that matches counts.
	Roles []Role
	// Sockets has it found out where each reader is plugged in, also where no pattern
	// asks for that.
	Sockets bool

	// Of tests.
	usbDevices string        // empty is the kernel's
	silence    time.Duration // 0 is that of this package
}

// Readers are the readers of this machine. All methods may be called from several
// goroutines.
type Readers struct {
	service Service
	options Options

	mu      sync.Mutex
	sockets map[string]string // guarded by mu; by the reader's name
}

// New is the readers behind the pcscd of this machine, or behind the one that
// PCSCLITE_CSOCK_NAME names.
func New(o Options) *Readers { return NewWith(NewSystem(), o) }

// NewWith is the readers behind a service.
func NewWith(s Service, o Options) *Readers {
	if o.silence == 0 {
		o.silence = silence
	}
	return &Readers{service: s, options: o, sockets: map[string]string{}}
}

// List gives the readers that are there now, without those to be ignored. It ends
// with ctx, also where pcscd does not answer.
func (r *Readers) List(ctx context.Context) ([]string, error) {
	type answer struct {
		names []string
		err   error
	}
	came := make(chan answer, 1)
	go func() {
		names, err := r.listNow(ctx)
		came <- answer{names, err}
	}()
	select {
	case a := <-came:
		return a.names, a.err
	case <-ctx.Done():
		return nil, silentError(ctx, "listing readers")
	}
}

func (r *Readers) listNow(ctx context.Context) ([]string, error) {
	c, err := r.establish(ctx, "listing readers")
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Release() }() // fails only where pcscd is gone, and the context with it
	names, err := r.list(c)
	if err != nil {
		return nil, serviceError("listing readers", err)
	}
	return names, nil
}

// list asks a context; none is an empty list.
func (r *Readers) list(c Context) ([]string, error) {
	names, err := c.ListReaders()
	if isNone(err) {
		return nil, nil
	}
	if err == nil {
		r.locate(c, names)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(r.options.Ignore, func(pattern string) bool { return r.means(pattern, name) })
	}), err
}
