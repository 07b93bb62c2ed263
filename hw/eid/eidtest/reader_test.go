package eidtest_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"balie/hw/eid/eidtest"
)

// vpcd plays the driver's part: it listens, and takes the next card.
type vpcd struct{ net.Listener }

func newVPCD(t *testing.T) vpcd {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return vpcd{l}
}

// take accepts the card that connects.
func (v vpcd) take(t *testing.T) net.Conn {
	t.Helper()
	wire, err := v.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = wire.Close() })
	if err := wire.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return wire
}

// ask sends a message as vpcd does, and reads the answer; an ended card is nil.
func ask(t *testing.T, wire net.Conn, message ...byte) []byte {
	t.Helper()
	if _, err := wire.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)); err != nil {
		t.Fatal(err)
	}
	var size [2]byte
	if _, err := io.ReadFull(wire, size[:]); err != nil {
		return nil
	}
	answer := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(wire, answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestReaderSpeaksVPCD(t *testing.T) {
	v := newVPCD(t)
	r := eidtest.NewReader(v.Addr().String())
	c := mint(t, quickPKI(t), eidtest.Description{ID: "x", Faults: eidtest.Faults{PullAt: 3}})
	if err := r.Pull(); !errors.Is(err, eidtest.ErrEmpty) || r.Card() != nil {
		t.Errorf("an empty reader: %v", err)
	}
	if err := r.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := r.Insert(t.Context(), c); !errors.Is(err, eidtest.ErrOccupied) || r.Card() != c {
		t.Errorf("an occupied reader: %v", err)
	}
	wire := v.take(t)
	if got := ask(t, wire, 4); string(got) != string(c.ATR()) {
		t.Errorf("ATR % X", got)
	}
	for range 2 {
		if got := ask(t, wire, selectIdentity...); string(got) != "\x90\x00" {
			t.Errorf("SELECT % X", got)
		}
	}
	if got := ask(t, wire, selectIdentity...); got != nil {
		t.Errorf("taken out, it answered % X", got)
	}
	_ = wire.Close()
	if err := r.Pull(); !errors.Is(err, eidtest.ErrEmpty) || r.Card() != nil {
		t.Errorf("after its own end: %v", err)
	}
	if err := r.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	_ = v.take(t).Close()
}

func TestInsertIntoNothing(t *testing.T) {
	v := newVPCD(t)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	c := mint(t, quickPKI(t), eidtest.Description{ID: "x"})
	if err := eidtest.NewReader(v.Addr().String()).Insert(ctx, c); err == nil {
		t.Error("a card went into a reader that is not there")
	}
}
