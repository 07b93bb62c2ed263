// Package wire is an open port to a printer that answers in text: what it says is
// cut into answers, what it is sent waits for its XON.
package wire

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"balie/printer"
)

// chunk is how much is written before the printer is listened to: the XOFF of a
// printer with little room left must be heard before more is on its way. No guide
// says with how much room it comes.
const chunk = 256

// gap is how long it is listened to: a USB adapter may sit on an XOFF for 16 ms.
const gap = 20 * time.Millisecond

// Flow control.
const (
	xon  = 0x11
	xoff = 0x13
)

// ErrLost is wrapped by the error of a line that is of no use any more, and
// ErrMute by that of a printer that does not answer in time.
var (
	ErrLost = errors.New("connection to the printer lost")
	ErrMute = errors.New("printer does not answer")
)

// Line is a port with a reader of its own. It is used by one job at a time.
type Line struct {
	port    printer.Port
	answers chan string
	done    chan struct{} // closed when the reader has ended
	ended   error         // why; set before done is closed
	quit    chan struct{}
	shut    func()
	flow    chan bool // true where the printer takes data again
	stopped bool
}

// Open takes over a port. split is given every byte but those of flow control,
// and gives the answer that one completes.
func Open(port printer.Port, split func(b byte) (answer string, complete bool)) *Line {
	l := &Line{
		port: port, answers: make(chan string, 64), flow: make(chan bool, 64),
		done: make(chan struct{}), quit: make(chan struct{}),
	}
	l.shut = sync.OnceFunc(func() {
		close(l.quit)
		// The port is being given up; its error would change nothing.
		_ = port.Close()
	})
	go l.read(split)
	return l
}

// Close ends the port and waits for the reader.
func (l *Line) Close() {
	l.shut()
	<-l.done
}

// Lost tells whether the line is of no use any more.
func (l *Line) Lost() bool {
	select {
	case <-l.done:
		return true
	case <-l.quit:
		return true
	default:
		return false
	}
}

func (l *Line) read(split func(byte) (string, bool)) {
	defer close(l.done)
	buf := make([]byte, 256)
	for {
		n, err := l.port.Read(buf)
		for _, b := range buf[:n] {
			if !l.hear(b, split) {
				return
			}
		}
		select {
		case <-l.quit:
			return
		default:
		}
		if err != nil {
			l.ended = err
			return
		}
	}
}

// hear takes one byte; it gives false when the line is shut.
func (l *Line) hear(b byte, split func(byte) (string, bool)) bool {
	if b == xon || b == xoff {
		select {
		case l.flow <- b == xon:
			return true
		case <-l.quit:
			return false
		}
	}
	answer, complete := split(b)
	if !complete {
		return true
	}
	select {
	case l.answers <- answer:
		return true
	case <-l.quit:
		return false
	}
}

// Send writes b as the printer takes it. sent is how much of it may have reached
// the printer. A write that takes longer than limit, or outlives ctx, costs the port:
// nothing else ends it.
func (l *Line) Send(ctx context.Context, b []byte, limit time.Duration) (sent int, err error) {
	for sent < len(b) {
		if err := l.clear(ctx, limit); err != nil {
			return sent, err
		}
		n := min(chunk, len(b)-sent)
		err := l.write(ctx, b[sent:sent+n], limit)
		if err == nil || errors.Is(err, ErrLost) {
			sent += n
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// clear waits until the printer takes data: an XOFF is given time to arrive, and
// held against the limit.
func (l *Line) clear(ctx context.Context, limit time.Duration) error {
	wait := gap
	for {
		within, cancel := context.WithTimeout(ctx, wait)
		var timeout bool
		select {
		case on := <-l.flow:
			l.stopped = !on
		case <-l.done:
			cancel()
			return l.gone()
		case <-within.Done():
			timeout = true
		}
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case timeout && l.stopped:
			return fmt.Errorf("printer takes no more data: %w", ErrMute)
		case timeout:
			return nil
		case l.stopped:
			wait = limit
		default:
			return nil
		}
	}
}

func (l *Line) gone() error {
	if l.ended == nil {
		return fmt.Errorf("%w: closed", ErrLost)
	}
	return fmt.Errorf("%w: %w", ErrLost, l.ended)
}

func (l *Line) write(ctx context.Context, b []byte, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, l.shut)
	defer func() {
		if !stop() {
			l.shut() // it has begun to: whoever goes on must find the line lost
		}
	}()
	for len(b) > 0 {
		n, err := l.port.Write(b)
		b = b[max(n, 0):]
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err == nil && n == 0 {
			err = errors.New("nothing was written")
		}
		if err != nil {
			return l.broken(ctx, err)
		}
	}
	err := l.port.Drain()
	for errors.Is(err, syscall.EINTR) {
		err = l.port.Drain()
	}
	if err != nil {
		return l.broken(ctx, err)
	}
	return nil
}

func (l *Line) broken(ctx context.Context, err error) error {
	l.shut()
	if cause := ctx.Err(); cause != nil {
		err = cause
	}
	return fmt.Errorf("%w: writing: %w", ErrLost, err)
}

// Answer gives the next answer, or [ErrMute] where none comes within limit. Answers
// that came before the line was lost are given first.
func (l *Line) Answer(ctx context.Context, limit time.Duration) (string, error) {
	select {
	case a := <-l.answers:
		return a, nil
	default:
	}
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case a := <-l.answers:
		return a, nil
	case <-l.done:
		return "", l.gone()
	case <-within.Done():
		if err := ctx.Err(); err != nil {
			return "", err
		}
		return "", ErrMute
	}
}

// Drop forgets the answers that nobody waited for.
func (l *Line) Drop() {
	for {
		select {
		case <-l.answers:
		default:
			return
		}
	}
}

// Shut gives the line up: an answer that may yet come would be taken for another's.
func (l *Line) Shut() { l.shut() }
