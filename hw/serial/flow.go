package serial

import (
	"fmt"
	"sync"
	"time"
)

// Handshake is how a device says that it takes no more data for now.
type Handshake string

// The handshakes. Linux has no DSR flow control, and go.bug.st/serial switches off the
// others, so they are kept here.
const (
	None    Handshake = ""
	XONXOFF Handshake = "xonxoff" // the bytes 11h and 13h; they are taken out of what is read
	DSR     Handshake = "dsr"
)

const (
	xon  = 0x11
	xoff = 0x13
	// chunk is how much goes out before the handshake is looked at again: a printer says
	// stop with 128 bytes free (Epson, TM-T88III specification p. 10-13).
	chunk = 64
	// gap is how long an XOFF may be on its way: USB adapters collect for 16 ms.
	gap = 20 * time.Millisecond
)

// flow is what a device has said of its handshake.
type flow struct {
	news chan struct{} // it changed

	mu      sync.Mutex // guards all that follows
	stopped bool
	waiting []byte // read while writing, for the next Read
}

// sift takes XON and XOFF out of b, notes them, and gives how much is left.
func (f *flow) sift(b []byte) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	left := 0
	for _, c := range b {
		switch c {
		case xon, xoff:
			f.stopped = c == xoff
			select {
			case f.news <- struct{}{}:
			default:
			}
		default:
			b[left] = c
			left++
		}
	}
	return left
}

// early gives what was read while a Write waited.
func (f *flow) early(b []byte) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := copy(b, f.waiting)
	f.waiting = f.waiting[n:]
	return n
}

func (f *flow) isStopped() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stopped
}

// Takes tells whether the device takes data now, by its handshake.
func (p *Port) Takes() (bool, error) {
	switch p.config.Handshake {
	case XONXOFF:
		return !p.flow.isStopped(), nil
	case DSR:
		ready, err := p.line.Ready()
		if err != nil {
			return false, fmt.Errorf("asking %s for DSR: %w: %w", p.path, ErrLost, err)
		}
		return ready, nil
	}
	return true, nil
}

// Write writes all of b, as the device takes it: in chunks, each when the handshake
// allows it. A device that takes nothing for the write timeout, or holds data back for
// longer than it may, ends it with an error that wraps [ErrStalled]; how much went out
// is the count.
func (p *Port) Write(b []byte) (int, error) {
	if p.config.Handshake == None {
		return p.WriteNow(b)
	}
	written := 0
	for written < len(b) {
		if err := p.await(); err != nil {
			return written, err
		}
		n, err := p.WriteNow(b[written:min(written+chunk, len(b))])
		written += n
		if err == nil {
			err = p.Drain()
		}
		if err == nil && p.config.Handshake == XONXOFF {
			err = p.listen(gap)
		}
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// await waits until the device takes data.
func (p *Port) await() error {
	deadline := time.Now().Add(p.config.Hold)
	for {
		takes, err := p.Takes()
		if err != nil || takes {
			return err
		}
		if !time.Now().Before(deadline) {
			return fmt.Errorf("writing %s: %w by its handshake for %v", p.path, ErrStalled, p.config.Hold)
		}
		if err := p.listen(gap); err != nil {
			return err
		}
	}
}

// listen gives the device the time to say stop or go. Where nobody else reads, what it
// says besides is kept for the next Read.
func (p *Port) listen(limit time.Duration) error {
	if p.config.Handshake == XONXOFF && p.reading.TryLock() {
		defer p.reading.Unlock()
		if p.isClosed() {
			return fmt.Errorf("writing %s: %w: closed", p.path, ErrLost)
		}
		b := make([]byte, chunk)
		n, err := p.read(b)
		p.flow.mu.Lock()
		defer p.flow.mu.Unlock()
		p.flow.waiting = append(p.flow.waiting, b[:n]...)
		return err
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.flow.news:
	case <-timer.C:
	case <-p.closed:
		return fmt.Errorf("writing %s: %w: closed", p.path, ErrLost)
	}
	return nil
}
