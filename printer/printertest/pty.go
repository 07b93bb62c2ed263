package printertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// PTY is a virtual printer on a pseudo-terminal: a serial device to whoever
// opens its path, but without baud rate, parity, modem lines and overflow.
type PTY struct {
	printer Server
	link    string

	mu     sync.Mutex // guards all that follows
	master *os.File
	slave  *os.File
	cancel context.CancelFunc
	done   chan struct{}
}

// StartPTY plugs a printer in: it runs behind a new pseudo-terminal until
// Unplug or Close. Where link is not empty it becomes a symbolic link to the
// device, as udev makes them, and replaces one of an earlier run.
func StartPTY(p Server, link string) (*PTY, error) {
	t := &PTY{printer: p, link: link}
	return t, t.Replug()
}

// Path is where to open the printer: the link, or else the device.
func (t *PTY) Path() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.link != "" || t.slave == nil {
		return t.link
	}
	return t.slave.Name()
}

// Replug plugs the printer in again after Unplug, at another device as a rule.
func (t *PTY) Replug() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.master != nil {
		return nil
	}
	master, slave, err := pty.Open()
	if err != nil {
		return fmt.Errorf("opening a pseudo-terminal: %w", err)
	}
	master, err = polled(master)
	if err := errors.Join(err, raw(slave), t.place(slave.Name())); err != nil {
		return errors.Join(err, master.Close(), slave.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.master, t.slave, t.cancel, t.done = master, slave, cancel, make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		t.serve(ctx, master, slave)
	}(t.done)
	return nil
}

// serve runs the printer, and beside it frees the device of the exclusive mode
// that a killed program left on it: a real one loses it when its last user is
// gone, but this one keeps it open itself.
func (t *PTY) serve(ctx context.Context, master, slave *os.File) {
	ctx, cancel := context.WithCancel(ctx)
	freed := make(chan struct{})
	go func() {
		defer close(freed)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = control(slave, func(fd int) error { return unix.IoctlSetInt(fd, unix.TIOCNXCL, 0) })
			case <-ctx.Done():
				return
			}
		}
	}()
	// It ends when the master is closed, which is no error worth telling.
	_ = t.printer.Serve(ctx, master)
	cancel()
	<-freed
}

// Unplug pulls the cable: the device is gone at once, the printer keeps its
// memory and its paper.
func (t *PTY) Unplug() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.master == nil {
		return nil
	}
	var err error
	if t.link != "" {
		err = os.Remove(t.link)
	}
	t.cancel()
	err = errors.Join(err, t.master.Close(), t.slave.Close())
	<-t.done
	t.master, t.slave = nil, nil
	return err
}

// Close unplugs the printer for good.
func (t *PTY) Close() error { return t.Unplug() }

func (t *PTY) place(device string) error {
	if t.link == "" {
		return nil
	}
	if info, err := os.Lstat(t.link); err == nil && info.Mode()&os.ModeSymlink == 0 {
		return fmt.Errorf("naming the virtual printer: %s is there and is not a link: choose another path", t.link)
	}
	temporary := t.link + ".new"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("naming the virtual printer: %w", err)
	}
	if err := os.Symlink(device, temporary); err != nil {
		return fmt.Errorf("naming the virtual printer: %w", err)
	}
	if err := os.Rename(temporary, t.link); err != nil {
		return fmt.Errorf("naming the virtual printer: %w", err)
	}
	return nil
}

// raw takes the echo and the line editing of a terminal from a device.
func raw(f *os.File) error {
	return control(f, func(fd int) error {
		t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return fmt.Errorf("reading terminal settings: %w", err)
		}
		t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
		t.Cflag |= unix.CREAD | unix.CLOCAL
		t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
		return unix.IoctlSetTermios(fd, unix.TCSETS, t)
	})
}

// polled gives the same file so that Close ends a Read that waits in it:
// creack/pty opens it in blocking mode, where nothing does.
func polled(f *os.File) (*os.File, error) {
	fd := -1
	err := control(f, func(old int) (err error) {
		if fd, err = unix.FcntlInt(uintptr(old), unix.F_DUPFD_CLOEXEC, 0); err != nil {
			return err
		}
		return unix.SetNonblock(fd, true)
	})
	if err != nil {
		return f, fmt.Errorf("preparing a pseudo-terminal: %w", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), f.Close()
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
