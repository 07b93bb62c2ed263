package eidtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Control messages of vpcd, each one byte long: vsmartcard,
// virtualsmartcard/src/vpcd/vpcd.h.
const (
	vpcdOff   = 0
	vpcdOn    = 1
	vpcdReset = 2
	vpcdATR   = 4
)

// Reader is one virtual reader: a port at which vpcd, the driver in pcscd, waits
// for a card. The card is the client. A Reader may be used by several goroutines.
//
// pcscd looks at its readers every 0.4 s, so a card is seen to come and go that
// much later.
type Reader struct {
	address string

	mu   sync.Mutex
	in   *Card          // guarded by mu; nil while empty
	stop func()         // guarded by mu; takes the card off the wire
	done chan time.Time // guarded by mu; when pcscd knew that the card was out
}

// What [Reader.Insert] and [Reader.Pull] may find.
var (
	ErrOccupied = errors.New("a card is in the reader")
	ErrEmpty    = errors.New("no card is in the reader")
)

// NewReader is the reader at which vpcd listens, "127.0.0.1:35963".
func NewReader(address string) *Reader { return &Reader{address: address} }

// Insert puts a card in and plays it until [Reader.Pull], or until the card's
// faults or pcscd end it. It waits until the last card is known to be out and vpcd
// takes the connection, or ctx ends.
func (r *Reader) Insert(ctx context.Context, c *Card) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.in != nil && !r.in.isOut() {
		return ErrOccupied
	}
	if err := r.vacant(ctx); err != nil {
		return fmt.Errorf("putting a card into the reader at %s: %w", r.address, err)
	}
	wire, err := dial(ctx, r.address)
	if err != nil {
		return fmt.Errorf("putting a card into the reader at %s: %w", r.address, err)
	}
	c.Insert()
	playing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.in, r.stop, r.done = c, cancel, make(chan time.Time, 1)
	go r.play(playing, c, wire, r.done)
	return nil
}

// vacant waits until pcscd can be taken to know that the last card is out. r.mu
// is held.
func (r *Reader) vacant(ctx context.Context) error {
	if r.in == nil {
		return nil
	}
	select {
	case known := <-r.done:
		r.in = nil
		return wait(ctx, time.Until(known))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Pull takes the card out. Where the card is out already, by its own faults or
// because pcscd ended, it returns [ErrEmpty].
func (r *Reader) Pull() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.in == nil || r.in.isOut() {
		return ErrEmpty
	}
	r.in.Pull()
	r.stop()
	return r.vacant(context.Background())
}

// Card is the card in the reader, nil where there is none.
func (r *Reader) Card() *Card {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.in == nil || r.in.isOut() {
		return nil
	}
	return r.in
}

// play answers vpcd until the wire or ctx ends, or the card is taken out by its
// faults. Then it says when pcscd knows.
func (r *Reader) play(ctx context.Context, c *Card, wire *net.TCPConn, done chan<- time.Time) {
	defer context.AfterFunc(ctx, func() { _ = wire.SetReadDeadline(time.Unix(1, 0)) })()
	session := vpcdSession{card: c, wire: wire}
	for session.serve(ctx) == nil {
	}
	c.Pull()
	looked := session.leave()
	known := time.Now()
	if !looked {
		known = known.Add(pollRate)
	}
	_ = wire.Close()
	done <- known
}

const (
	// pollRate is a little more than the 0.4 s between two looks of pcscd at a reader
	// (PCSCLITE_STATUS_POLL_RATE).
	pollRate = 450 * time.Millisecond
	// farewell is how long pcscd may take to look, on a machine that is busy.
	farewell = 10 * pollRate
)

// dial connects to vpcd, which may still be busy with the end of the last card,
// or with its own start.
func dial(ctx context.Context, address string) (*net.TCPConn, error) {
	var d net.Dialer
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		wire, err := d.DialContext(ctx, "tcp", address)
		if tcp, is := wire.(*net.TCPConn); err == nil && is {
			return tcp, nil
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return nil, err
		}
		if wait(ctx, pause) != nil {
			return nil, err
		}
	}
}

// vpcdSession is one card on one wire.
type vpcdSession struct {
	card *Card
	wire *net.TCPConn
}

// serve answers one message: two bytes of length, high first, and the message.
func (s *vpcdSession) serve(ctx context.Context) error {
	message, err := receive(s.wire)
	if err != nil {
		return err
	}
	if len(message) != 1 {
		return s.transmit(ctx, message)
	}
	switch message[0] {
	case vpcdOff, vpcdOn, vpcdReset:
		s.card.powerCycle()
		return nil
	case vpcdATR:
		return s.send(s.answerToReset())
	}
	return fmt.Errorf("unknown vpcd control message %#x", message[0])
}

// answerToReset is the ATR. vpcd asks for it to know whether a card is present,
// and again after power-up; a mute card gives one longer than an ATR can be (33
// bytes), which says "present" to the first and fails the second.
func (s *vpcdSession) answerToReset() []byte {
	if atr := s.card.ATR(); atr != nil {
		return atr
	}
	return make([]byte, 64)
}

// transmit plays one command. A lost answer is one byte, which no response APDU is.
func (s *vpcdSession) transmit(ctx context.Context, command []byte) error {
	if err := wait(ctx, s.card.delay()); err != nil {
		return err
	}
	response, event := s.card.exchange(command)
	switch event {
	case eventPulled:
		return errors.New("card taken out")
	case eventComm:
		response = []byte{0}
	case eventReset:
		response = s.card.again(command)
	}
	return s.send(response)
}

// again plays a command after the chip was reset under it: through vpcd, no
// other program can be made to do so.
func (c *Card) again(command []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answer(command)
}

func (s *vpcdSession) send(message []byte) error {
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(message)))
	_, err := s.wire.Write(slices.Concat(frame, message))
	return err
}

// receive reads one message.
func receive(wire *net.TCPConn) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(wire, size[:]); err != nil {
		return nil, err
	}
	if err := quickACK(wire); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(wire, message); err != nil {
		return nil, err
	}
	return message, nil
}

// quickACK makes the kernel acknowledge at once: vpcd writes in two halves and
// waits with the second for the acknowledgement of the first, which is else held
// back for 40 ms. The option does not last, so it is set between the halves of
// each message.
func quickACK(wire *net.TCPConn) error {
	raw, err := wire.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	err = raw.Control(func(fd uintptr) {
		set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
	return errors.Join(err, set)
}

// leave takes the card off the wire so that vpcd notices by asking whether it is
// there. If the wire were just closed, vpcd could find out by powering the card
// down, and would then take the next one for the same. It tells whether vpcd
// noticed in the right way.
func (s *vpcdSession) leave() bool {
	if s.wire.CloseWrite() != nil || s.wire.SetReadDeadline(time.Now().Add(farewell)) != nil {
		return false
	}
	before, last := byte(vpcdOff), byte(vpcdOff)
	for {
		message, err := receive(s.wire)
		switch {
		case err != nil:
			return last == vpcdATR && before != vpcdOn && before != vpcdReset
		case len(message) == 1:
			before, last = last, message[0]
		default:
			before, last = last, vpcdOff
		}
	}
}
