package barcodetest

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"balie/hw/barcode"
)

// Pipe is a virtual scanner within the program, for tests that need no tty: its
// waiting is real to testing/synctest.
type Pipe struct {
	mu   sync.Mutex // guards all that follows
	out  bool       // unplugged
	wire net.Conn   // the scanner's end; nil until opened
}

// Open gives the line, as [barcode.NewOn] wants it.
func (p *Pipe) Open(context.Context) (barcode.Port, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out {
		return nil, ErrUnplugged
	}
	near, far := net.Pipe()
	p.wire = far
	return pipeEnd{near}, nil
}

// Send puts bytes on the wire, and returns when they were read.
func (p *Pipe) Send(b []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out || p.wire == nil {
		return ErrUnplugged
	}
	_, err := p.wire.Write(b)
	return err
}

// Unplug pulls the cable.
func (p *Pipe) Unplug() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = true
	if p.wire == nil {
		return nil
	}
	return p.wire.Close()
}

// Replug plugs it in again.
func (p *Pipe) Replug() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = false
	return nil
}

// pipeEnd is the computer's end.
type pipeEnd struct{ net.Conn }

// Read waits for a tenth of a second at most, as a serial port does.
func (e pipeEnd) Read(b []byte) (int, error) {
	if err := e.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		return 0, err
	}
	n, err := e.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return n, err
}
