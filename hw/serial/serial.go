// Package serial is a wire to a serial device under a name that stays: a link
// that udev keeps in /dev/serial/by-id, or any other path. It opens and sets the
// device through go.bug.st/serial and adds what that leaves out: a lock that
// binds root too, writes that end, flow control, and errors that say what to do. A
// printer of the USB printer class (/dev/usb/lp0), which is no tty, is a wire as
// well. It knows nothing of what is said over it.
package serial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Config is how to open a device. Zero values stand for the defaults named.
type Config struct {
	Path string
	Baud int // 9600; 8 data bits, no parity, 1 stop bit
	// ReadTimeout is after how long a Read without data gives 0, nil; 100 ms.
	ReadTimeout time.Duration
	// WriteTimeout is how long the device may take nothing of a Write, and how long a
	// Drain may last; 5 s.
	WriteTimeout time.Duration
	// Handshake is how the device says that it takes no more for now: not at all where
	// empty. Then Write waits, at most for Hold.
	Handshake Handshake
	// Hold is how long a device may take no data by its handshake; 10 s.
	Hold time.Duration
}

// Port is an open device. One goroutine may read while another writes; Close ends
// both.
type Port struct {
	path   string
	config Config
	line   line     // read and drained here
	out    *os.File // written here: a descriptor that never blocks
	flow   flow

	reading sync.Mutex // held by Read, so that the descriptor is not closed under it
	close   func() error
	closed  chan struct{}
}

// Open opens the device that the path stands for at this moment. The error is
// one line for a technician and wraps one of the errors of this package.
func Open(ctx context.Context, config Config) (*Port, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	if config.Baud < slowest || config.Baud > fastest {
		return nil, refuseSpeed(config)
	}
	out, isTTY, err := reserve(config.Path)
	if err != nil {
		return nil, err
	}
	if !isTTY {
		return newPort(config, newFile(out, config), out), nil
	}
	l, err := openTTY(config, out)
	if err != nil {
		return nil, errors.Join(explain(config, err), out.Close())
	}
	p := newPort(config, l, out)
	if _, err := p.Takes(); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w: it has no DSR line: choose the handshake xonxoff or none", config.Path, ErrSetting), p.Close())
	}
	return p, nil
}

func newPort(config Config, l line, out *os.File) *Port {
	p := &Port{path: config.Path, config: config, line: l, out: out, closed: make(chan struct{})}
	p.flow.news = make(chan struct{}, 1)
	p.close = sync.OnceValue(p.shut)
	return p
}

// line is how a device is read and drained.
type line interface {
	// Read gives 0, nil where nothing came within the read timeout.
	Read(b []byte) (int, error)
	// Left is how many written bytes have not left the computer.
	Left() (int, error)
	Drain() error
	// Ready is the DSR line.
	Ready() (bool, error)
	// Forget drops what waits to be written.
	Forget() error
	Close() error
}

// The rates that Linux has a name for lie between these (termios(3)); given
// others, go.bug.st/serial sets whatever comes of them.
const (
	slowest = 50
	fastest = 4_000_000
)

func (c Config) withDefaults() Config {
	if c.Baud == 0 {
		c.Baud = 9600
	}
	if c.ReadTimeout <= 0 {
		c.ReadTimeout = 100 * time.Millisecond
	}
	if c.WriteTimeout <= 0 {
		c.WriteTimeout = 5 * time.Second
	}
	if c.Hold <= 0 {
		c.Hold = 10 * time.Second
	}
	return c
}

// reserve opens the device for writing and locks it. The lock is a flock on the
// device itself and not on a file beside it: it is the same under every name of
// the device, goes with the process, and leaves nothing behind. The exclusive
// mode that go.bug.st/serial sets besides (TIOCEXCL) does not bind root.
func reserve(path string) (out *os.File, isTTY bool, err error) {
	out, err = os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, false, explainOpen(path, err)
	}
	err = control(out, func(fd int) error {
		_, no := unix.IoctlGetTermios(fd, unix.TCGETS)
		isTTY = no == nil
		if !isTTY && !isPrinter(fd) {
			return ErrNotSerial
		}
		if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
			return ErrBusy
		}
		return nil
	})
	if err != nil {
		return nil, false, errors.Join(advise(path, err), out.Close())
	}
	return out, isTTY, nil
}

// Path is the name the port was opened by.
func (p *Port) Path() string { return p.path }

// Device is what the name stands for now, "/dev/ttyUSB0", or "" where nothing does.
func (p *Port) Device() string {
	device, err := filepath.EvalSymlinks(p.path)
	if err != nil {
		return ""
	}
	return device
}

// Read gives what has come, or 0, nil after the read timeout. The error wraps
// [ErrLost] when the device is gone or the port closed.
func (p *Port) Read(b []byte) (int, error) {
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.isClosed() {
		return 0, fmt.Errorf("reading %s: %w: closed", p.path, ErrLost)
	}
	if n := p.flow.early(b); n > 0 {
		return n, nil
	}
	return p.read(b)
}

// read is Read without the lock. What the device says of its handshake is taken out.
func (p *Port) read(b []byte) (int, error) {
	n, err := p.line.Read(b)
	if p.config.Handshake == XONXOFF {
		n = p.flow.sift(b[:n])
	}
	if err != nil {
		return n, fmt.Errorf("reading %s: %w: %w", p.path, ErrLost, err)
	}
	return n, nil
}

// WriteNow writes all of b, whether the handshake says that the device takes data or
// not: for what it obeys while it is busy. A device that takes nothing for the write
// timeout ends it with an error that wraps [ErrStalled]; how much went out is the count.
func (p *Port) WriteNow(b []byte) (int, error) {
	const step = 256 // each so many bytes have the timeout for themselves
	written := 0
	for written < len(b) {
		if err := p.out.SetWriteDeadline(time.Now().Add(p.config.WriteTimeout)); err != nil {
			return written, fmt.Errorf("writing %s: %w: %w", p.path, ErrLost, err)
		}
		n, err := p.out.Write(b[written:min(written+step, len(b))])
		written += n
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return written, fmt.Errorf("writing %s: %w for %v", p.path, ErrStalled, p.config.WriteTimeout)
		case err != nil:
			return written, fmt.Errorf("writing %s: %w: %w", p.path, ErrLost, err)
		}
	}
	return written, nil
}

// Drain waits until the device has sent what was written, at most for the write
// timeout: what the kernel still holds is watched, since a drain by itself has no end.
func (p *Port) Drain() error {
	deadline := time.NewTimer(p.config.WriteTimeout)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := p.line.Left()
		if err != nil {
			return fmt.Errorf("draining %s: %w: %w", p.path, ErrLost, err)
		}
		if left == 0 {
			return p.drainLast()
		}
		select {
		case <-tick.C:
		case <-p.closed:
			return fmt.Errorf("draining %s: %w: closed", p.path, ErrLost)
		case <-deadline.C:
			return fmt.Errorf("draining %s: %w for %v", p.path, ErrStalled, p.config.WriteTimeout)
		}
	}
}

// drainLast waits for the few bytes in the device's own shift register.
func (p *Port) drainLast() error {
	err := p.line.Drain()
	for errors.Is(err, unix.EINTR) { // a signal, as Go's scheduler sends them
		err = p.line.Drain()
	}
	if err != nil {
		return fmt.Errorf("draining %s: %w: %w", p.path, ErrLost, err)
	}
	return nil
}

// Close gives the device back. It ends a Write and a Drain at once and waits for
// a Read until its timeout.
func (p *Port) Close() error { return p.close() }

func (p *Port) shut() error {
	close(p.closed)
	// What waits to be written would otherwise be waited for by the kernel.
	reset := p.line.Forget()
	if errors.Is(reset, unix.EIO) {
		reset = nil // the device is gone: so is what waited
	}
	err := p.out.Close()
	p.reading.Lock()
	defer p.reading.Unlock()
	if err := errors.Join(reset, err, p.line.Close()); err != nil {
		return fmt.Errorf("closing %s: %w", p.path, err)
	}
	return nil
}

func (p *Port) isClosed() bool {
	select {
	case <-p.closed:
		return true
	default:
		return false
	}
}

func control(f *os.File, do func(fd int) error) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var done error
	if err := conn.Control(func(fd uintptr) { done = do(int(fd)) }); err != nil {
		return err
	}
	return done
}
