package pcsctest

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/ebfe/scard"

	"balie/hw/card"
	"balie/hw/pcsc"
)

// Chip is a card that can be put into a reader of a [Fake]: an eidtest.Card.
type Chip interface {
	card.Card
	Insert()
	Pull()
}

// Fake is PC/SC in memory, as pcsc-lite 1.9.9 shows itself to a client. Its
// methods may be called from several goroutines.
type Fake struct {
	mu       sync.Mutex
	changed  chan struct{} // closed, and made anew, at every change
	life     int           // which run of the service this is
	down     bool
	denied   bool
	readers  []*fakeReader
	contexts int // not yet released
	handles  int // not yet disconnected
}

// fakeReader is guarded by Fake.mu.
type fakeReader struct {
	name    string
	chip    Chip // nil while empty
	counter uint16
	claimed bool // by another program
	channel uint32
	control func(code uint32, in []byte) ([]byte, error)
	holder  *fakeHandle // of the transaction
	handles []*fakeHandle
}

var _ pcsc.Service = (*Fake)(nil)

// NewFake is a running service without readers.
func NewFake() *Fake { return &Fake{changed: make(chan struct{})} }

// do changes something and wakes who waits.
func (f *Fake) do(what func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	what()
	close(f.changed)
	f.changed = make(chan struct{})
}

// with does something to a reader that is there.
func (f *Fake) with(name string, what func(*fakeReader)) error {
	err := error(pcsc.ErrNoReader)
	f.do(func() {
		if r := f.find(name); r != nil {
			what(r)
			err = nil
		}
	})
	return err
}

// find is called with f.mu held.
func (f *Fake) find(name string) *fakeReader {
	for _, r := range f.readers {
		if r.name == name {
			return r
		}
	}
	return nil
}

// Plug adds an empty reader.
func (f *Fake) Plug(name string) {
	f.PlugUSB(name, 0)
}

// PlugUSB adds an empty reader that is the USB device of a SCARD_ATTR_CHANNEL_ID; 0 is
// none.
func (f *Fake) PlugUSB(name string, channel uint32) {
	f.do(func() { f.readers = append(f.readers, &fakeReader{name: name, channel: channel}) })
}

// Unplug takes a reader away, with the card in it.
func (f *Fake) Unplug(name string) error {
	return f.with(name, func(r *fakeReader) {
		r.eject()
		f.readers = slices.DeleteFunc(f.readers, func(o *fakeReader) bool { return o == r })
	})
}

// Insert puts a card in. One whose ATR is nil is mute.
func (f *Fake) Insert(name string, c Chip) error {
	return f.with(name, func(r *fakeReader) {
		c.Insert()
		_ = c.Reset(context.Background()) // fails where the card is mute, and Connect then too
		r.chip = c
		r.counter++
	})
}

// Pull takes the card out.
func (f *Fake) Pull(name string) error { return f.with(name, (*fakeReader).eject) }

func (r *fakeReader) eject() {
	if r.chip == nil {
		return
	}
	r.chip.Pull()
	r.chip = nil
	r.counter++
	r.holder = nil
}

// Claim has another program hold the reader exclusively, until [Fake.Free].
func (f *Fake) Claim(name string) error {
	return f.with(name, func(r *fakeReader) { r.claimed = true })
}

// Free ends a Claim.
func (f *Fake) Free(name string) error {
	return f.with(name, func(r *fakeReader) { r.claimed = false })
}

// ResetCard has another program reset the card.
func (f *Fake) ResetCard(name string) error {
	return f.with(name, func(r *fakeReader) { r.resetBy(nil) })
}

// resetBy tells every other handle.
func (r *fakeReader) resetBy(who *fakeHandle) {
	for _, h := range r.handles {
		if h != who {
			h.reset = true
		}
	}
}

// Control gives a reader features: f answers its clients' SCardControl.
func (f *Fake) Control(name string, answer func(code uint32, in []byte) ([]byte, error)) error {
	return f.with(name, func(r *fakeReader) { r.control = answer })
}

// Stop is the end of pcscd, and of all contexts with it. The cards stay in.
func (f *Fake) Stop() {
	f.do(func() {
		f.down = true
		f.life++
		for _, r := range f.readers {
			r.holder, r.handles, r.counter = nil, nil, 0
		}
	})
}

// Start is its return.
func (f *Fake) Start() { f.do(func() { f.down = false }) }

// Deny has polkit refuse new contexts, or no longer.
func (f *Fake) Deny(yes bool) { f.do(func() { f.denied = yes }) }

// Open is how many contexts and handles were not given back.
func (f *Fake) Open() (contexts, handles int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.contexts, f.handles
}

// Establish makes a context.
func (f *Fake) Establish() (pcsc.Context, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.down:
		return nil, scard.ErrNoService
	case f.denied:
		return nil, scard.ErrSecurityViolation
	}
	f.contexts++
	return &fakeContext{fake: f, life: f.life, cancel: make(chan struct{}, 1)}, nil
}

type fakeContext struct {
	fake   *Fake
	life   int
	cancel chan struct{}
}

// dead tells whether the service ended since. fake.mu is held.
func (c *fakeContext) dead() bool { return c.life != c.fake.life }

func (c *fakeContext) ListReaders() ([]string, error) {
	c.fake.mu.Lock()
	defer c.fake.mu.Unlock()
	if c.dead() {
		return nil, scard.ErrNoService
	}
	if len(c.fake.readers) == 0 {
		return nil, scard.ErrNoReadersAvailable
	}
	var names []string
	for _, r := range c.fake.readers {
		names = append(names, r.name)
	}
	return names, nil
}

// GetStatusChange compares and waits, in turn. As with pcsc-lite, a Cancel before
// the wait is lost.
func (c *fakeContext) GetStatusChange(states []scard.ReaderState, timeout time.Duration) error {
	select {
	case <-c.cancel:
	default:
	}
	var late <-chan time.Time
	if timeout >= 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		late = timer.C
	}
	for first := true; ; first = false {
		any, changed, err := c.compare(states, first)
		if err != nil || any {
			return err
		}
		select {
		case <-changed:
		case <-late:
			return scard.ErrTimeout
		case <-c.cancel:
			return scard.ErrCancelled
		}
	}
}

// compare fills in the event states and tells whether any of them is new, and how
// to hear of the next change.
func (c *fakeContext) compare(states []scard.ReaderState, first bool) (any bool, changed <-chan struct{}, err error) {
	f := c.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.dead() {
		return false, nil, scard.ErrNoService
	}
	for i := range states {
		s := &states[i]
		if s.Reader == `\\?PnP?\Notification` {
			s.EventState = 0
			if len(f.readers) != len(states)-1 {
				s.EventState, any = scard.StateChanged, true
			}
			continue
		}
		r := f.find(s.Reader)
		switch {
		case r == nil && first:
			return false, nil, scard.ErrUnknownReader
		case r == nil:
			s.EventState = scard.StateUnknown | scard.StateUnavailable
		default:
			s.EventState, s.Atr = r.state()
		}
		if s.EventState != s.CurrentState {
			s.EventState, any = s.EventState|scard.StateChanged, true
		}
	}
	return any, f.changed, nil
}

// state is called with Fake.mu held.
func (r *fakeReader) state() (scard.StateFlag, []byte) {
	flags := scard.StateFlag(r.counter) << 16
	if r.claimed {
		flags |= scard.StateExclusive
	}
	if len(r.handles) > 0 {
		flags |= scard.StateInuse
	}
	if r.chip == nil {
		return flags | scard.StateEmpty, nil
	}
	atr := r.chip.ATR()
	if atr == nil {
		return flags | scard.StatePresent | scard.StateMute, nil
	}
	return flags | scard.StatePresent, atr
}

func (c *fakeContext) Cancel() error {
	select {
	case c.cancel <- struct{}{}:
	default:
	}
	return nil
}

func (c *fakeContext) Release() error {
	c.fake.mu.Lock()
	defer c.fake.mu.Unlock()
	c.fake.contexts--
	return nil
}

func (c *fakeContext) Connect(reader string, mode scard.ShareMode, protocol scard.Protocol) (pcsc.Handle, error) {
	h := &fakeHandle{context: c, direct: mode == scard.ShareDirect}
	err := error(scard.ErrUnknownReader)
	c.fake.do(func() {
		if r := c.fake.find(reader); r != nil {
			err = h.connect(r, protocol)
		}
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// fakeHandle is guarded by Fake.mu.
type fakeHandle struct {
	context *fakeContext
	reader  *fakeReader
	counter uint16
	direct  bool // to the reader, whatever is in it
	reset   bool // by another program, and not heard of yet
}

func (h *fakeHandle) connect(r *fakeReader, protocol scard.Protocol) error {
	switch {
	case h.context.dead():
		return scard.ErrNoService
	case r.claimed:
		return scard.ErrSharingViolation
	case h.direct:
	case r.chip == nil:
		return scard.ErrNoSmartcard
	case r.chip.ATR() == nil:
		return scard.ErrUnresponsiveCard
	case protocol&scard.ProtocolT0 == 0:
		return scard.ErrProtoMismatch
	}
	h.reader, h.counter = r, r.counter
	r.handles = append(r.handles, h)
	h.context.fake.handles++
	return nil
}

// usable is called with Fake.mu held.
func (h *fakeHandle) usable() error {
	switch {
	case h.context.dead():
		return scard.ErrNoService
	case h.context.fake.find(h.reader.name) != h.reader:
		return scard.ErrReaderUnavailable
	case h.counter != h.reader.counter:
		return scard.ErrRemovedCard
	case h.reset:
		return scard.ErrResetCard
	case h.reader.holder != nil && h.reader.holder != h:
		return scard.ErrSharingViolation
	}
	return nil
}

func (h *fakeHandle) ActiveProtocol() scard.Protocol { return scard.ProtocolT0 }

// Transmit plays an exchange. A card that goes in the middle of it shows as a bad
// line first, as with real readers.
func (h *fakeHandle) Transmit(command []byte) ([]byte, error) {
	f := h.context.fake
	f.mu.Lock()
	err, chip := h.usable(), h.reader.chip
	f.mu.Unlock()
	if err != nil {
		return nil, err
	}
	response, err := chip.Transmit(context.Background(), command)
	switch {
	case errors.Is(err, card.ErrRemoved):
		f.do(h.reader.eject)
		return nil, scard.ErrNotTransacted
	case errors.Is(err, card.ErrReset):
		return nil, scard.ErrResetCard
	case err != nil:
		return nil, scard.ErrNotTransacted
	}
	return response, nil
}

// Control asks what [Fake.Control] set.
func (h *fakeHandle) Control(code uint32, in []byte) ([]byte, error) {
	f := h.context.fake
	f.mu.Lock()
	err, control := h.usable(), h.reader.control
	f.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case control == nil:
		return nil, scard.ErrUnsupportedFeature
	}
	return control(code, in)
}

// GetAttrib tells the channel, of a reader that has one.
func (h *fakeHandle) GetAttrib(id scard.Attrib) ([]byte, error) {
	f := h.context.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case h.usable() != nil:
		return nil, h.usable()
	case id != scard.AttrChannelId || h.reader.channel == 0:
		return nil, scard.ErrUnsupportedFeature
	}
	return binary.NativeEndian.AppendUint32(nil, h.reader.channel), nil
}

// BeginTransaction waits until nobody else has one.
func (h *fakeHandle) BeginTransaction() error {
	for {
		f := h.context.fake
		f.mu.Lock()
		err, changed := h.usable(), f.changed
		if err == nil {
			h.reader.holder = h
		}
		f.mu.Unlock()
		if err != error(scard.ErrSharingViolation) {
			return err
		}
		<-changed
	}
}

func (h *fakeHandle) EndTransaction(scard.Disposition) error {
	err := error(scard.ErrNotTransacted)
	h.context.fake.do(func() {
		if h.reader.holder == h {
			h.reader.holder, err = nil, nil
		}
	})
	return err
}

// Reconnect resets the card that is in now, whichever it is, as pcsc-lite does.
func (h *fakeHandle) Reconnect(_ scard.ShareMode, _ scard.Protocol, how scard.Disposition) error {
	var err error
	h.context.fake.do(func() {
		h.reset = false
		h.counter = h.reader.counter
		switch err = h.usable(); {
		case err != nil:
		case h.reader.chip == nil:
			err = scard.ErrNoSmartcard
		case how == scard.ResetCard:
			h.reader.resetBy(h)
			if h.reader.chip.Reset(context.Background()) != nil {
				err = scard.ErrUnresponsiveCard
			}
		}
	})
	return err
}

func (h *fakeHandle) Disconnect(scard.Disposition) error {
	h.context.fake.do(func() {
		h.context.fake.handles--
		if h.reader.holder == h {
			h.reader.holder = nil
		}
		h.reader.handles = slices.DeleteFunc(h.reader.handles, func(o *fakeHandle) bool { return o == h })
	})
	return nil
}
