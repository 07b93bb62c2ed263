package printertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"balie/printer"
)

// Server is a virtual printer, of this package or another.
type Server interface {
	// Serve prints what comes over a wire and answers, until that fails or ctx ends.
	Serve(ctx context.Context, rw io.ReadWriter) error
}

// Cable is a wire to a virtual printer inside the program, for tests that need
// no tty: its waiting is real to testing/synctest. It has what a pseudo-terminal has
// not: the time that a byte takes ([Options].ByteTime), a DSR line, and a buffer at
// its end that loses what comes when it is full.
type Cable struct {
	printer Server
	busy    func() bool // the DSR line

	mu   sync.Mutex // guards all that follows
	out  bool       // unplugged
	ends []*end
}

// NewCable plugs a printer in. One that has no line of its own takes at any time.
func NewCable(p Server) *Cable {
	busy := func() bool { return false }
	if line, has := p.(interface{ Busy() bool }); has {
		busy = line.Busy
	}
	return &Cable{printer: p, busy: busy}
}

// ErrUnplugged is the error of a cable that is not plugged in.
var ErrUnplugged = errors.New("cable is unplugged")

// Open gives a port, as escpos.New wants it. Close the port: its goroutine runs
// until then.
func (c *Cable) Open(context.Context) (printer.Port, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out {
		return nil, fmt.Errorf("opening: %w", ErrUnplugged)
	}
	near, far := net.Pipe()
	e := &end{Conn: near, far: far, busy: c.busy, done: make(chan struct{})}
	go func() {
		defer close(e.done)
		// It ends when one side is closed, which is no error worth telling.
		_ = c.printer.Serve(context.Background(), far)
		_ = far.Close()
	}()
	c.ends = append(c.ends, e)
	return e, nil
}

// Unplug pulls the cable: open ports fail from now on.
func (c *Cable) Unplug() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = true
	for _, e := range c.ends {
		// Closing a pipe twice is no error.
		_ = e.far.Close()
		<-e.done
	}
	c.ends = nil
	return nil
}

// Replug plugs it in again.
func (c *Cable) Replug() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = false
	return nil
}

// end is the computer's end of a cable.
type end struct {
	net.Conn
	far  net.Conn
	busy func() bool
	done chan struct{}
}

var _ printer.Gate = (*end)(nil)

// Takes is the DSR line.
func (e *end) Takes() (bool, error) { return !e.busy(), nil }

// Write waits while the line says that the printer takes nothing.
func (e *end) Write(b []byte) (int, error) {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for e.busy() {
		select {
		case <-look.C:
		case <-e.done:
			return 0, ErrUnplugged
		}
	}
	return e.Conn.Write(b)
}

// WriteNow does not.
func (e *end) WriteNow(b []byte) (int, error) { return e.Conn.Write(b) }

// Read waits 100 ms at most, as a serial port does.
func (e *end) Read(b []byte) (int, error) {
	if err := e.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		return 0, err
	}
	n, err := e.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return n, err
}

func (e *end) Drain() error { return nil }

func (e *end) Close() error {
	err := e.Conn.Close()
	<-e.done
	return err
}
