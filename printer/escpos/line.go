package escpos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"balie/printer"
)

// chunk is how much is written at once: XOFF comes with 128 bytes of the
// printer's buffer free (Epson, TM-T88III specification), and a chunk is on its
// way before it is seen.
const chunk = 64

// errLost is wrapped by the error of a line that is of no use any more.
var errLost = errors.New("connection to the printer lost")

// line is an open port with a reader of its own. It is used by one job at a time.
type line struct {
	port    printer.Port
	replies chan reply
	done    chan struct{} // closed when the reader has ended
	ended   error         // why; set before done is closed
	shut    func()
	quit    chan struct{}
	stopped bool // XOFF was the last of the two
	noise   int  // bytes heard that no printer says
	owed    int  // counters that were asked for and have not come
}

func newLine(port printer.Port, full bool) *line {
	l := &line{port: port, replies: make(chan reply, 256), done: make(chan struct{}), quit: make(chan struct{})}
	l.shut = sync.OnceFunc(func() {
		close(l.quit)
		// The port is being given up; its error would change nothing.
		_ = port.Close()
	})
	go l.read(parser{full: full})
	return l
}

// close ends the port and waits for the reader.
func (l *line) close() {
	l.shut()
	<-l.done
}

func (l *line) lost() bool {
	select {
	case <-l.done:
		return true
	case <-l.quit:
		return true
	default:
		return false
	}
}

func (l *line) read(p parser) {
	defer close(l.done)
	buf := make([]byte, 256)
	for {
		select {
		case <-l.quit:
			return
		default:
		}
		n, err := l.port.Read(buf)
		for _, b := range buf[:n] {
			r, ok := p.feed(b)
			if !ok {
				continue
			}
			select {
			case l.replies <- r:
			case <-l.quit:
				return
			}
		}
		if err != nil {
			l.ended = err
			return
		}
	}
}

// next gives the next reply, with flow control and noise noted. Replies that came before
// the line was lost are given first.
func (l *line) next(ctx context.Context) (reply, error) {
	select {
	case r := <-l.replies:
		return l.note(r), nil
	default:
	}
	select {
	case r := <-l.replies:
		return l.note(r), nil
	case <-l.done:
		return reply{}, fmt.Errorf("%w: %w", errLost, orClosed(l.ended))
	case <-ctx.Done():
		return reply{}, ctx.Err()
	}
}

func orClosed(err error) error {
	if err == nil {
		return errors.New("closed")
	}
	return err
}

func (l *line) note(r reply) reply {
	switch r.kind {
	case replyXOFF:
		l.stopped = true
	case replyXON:
		l.stopped = false
	case replyNoise:
		l.noise++
	case replyCount:
		l.owed = max(0, l.owed-1)
	}
	return r
}

// drop forgets the replies that nobody waited for.
func (l *line) drop() {
	for {
		select {
		case r := <-l.replies:
			l.note(r)
		default:
			return
		}
	}
}

// send writes b, XOFF or not, and waits until it has left the computer. A signal
// that interrupts a call, as Go's scheduler sends them, is no failure. A write
// that takes longer than limit, or outlives ctx, costs the port: nothing else
// ends it.
func (l *line) send(ctx context.Context, b []byte, limit time.Duration) error {
	return l.put(ctx, b, limit, l.port.Write)
}

func (l *line) put(ctx context.Context, b []byte, limit time.Duration, write func([]byte) (int, error)) error {
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
		n, err := write(b)
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

// sendNow is send for what a printer obeys as soon as it comes: it goes past a port
// that holds data back.
func (l *line) sendNow(ctx context.Context, b []byte, limit time.Duration) error {
	return l.put(ctx, b, limit, func(b []byte) (int, error) {
		if gate, ok := l.port.(printer.Gate); ok {
			return gate.WriteNow(b)
		}
		return l.port.Write(b)
	})
}

// open tells whether the printer takes data: it said so among its answers, or the
// port knows.
func (l *line) open() (bool, error) {
	if gate, ok := l.port.(printer.Gate); ok {
		open, err := gate.Takes()
		if err != nil {
			return false, fmt.Errorf("%w: %w", errLost, err)
		}
		return open && !l.stopped, nil
	}
	return !l.stopped, nil
}

func (l *line) broken(ctx context.Context, err error) error {
	l.shut()
	if cause := ctx.Err(); cause != nil {
		err = cause
	}
	return fmt.Errorf("%w: writing: %w", errLost, err)
}
