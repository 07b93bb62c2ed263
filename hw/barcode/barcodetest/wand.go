package barcodetest

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/creack/pty"
)

// ErrUnplugged is that a scanner is not plugged in.
var ErrUnplugged = errors.New("the virtual scanner is unplugged")

// Wand is a virtual scanner on a pseudo-terminal: a tty under a name that stays to
// whoever opens it, but without a speed.
type Wand struct {
	link string

	mu  sync.Mutex // guards all that follows
	far *os.File   // nil while it is unplugged
}

// NewWand plugs a scanner in. link becomes a symbolic link to its tty, as udev makes
// them, and must not be there.
func NewWand(link string) (*Wand, error) {
	w := &Wand{link: link}
	return w, w.Replug()
}

// Path is what to open.
func (w *Wand) Path() string { return w.link }

// Send puts bytes on the wire. Somebody must have opened it: before, a tty echoes.
func (w *Wand) Send(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.far == nil {
		return ErrUnplugged
	}
	_, err := w.far.Write(b)
	return err
}

// Replug plugs it in, at another tty as a rule.
func (w *Wand) Replug() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.far != nil {
		return nil
	}
	far, near, err := pty.Open()
	if err != nil {
		return fmt.Errorf("opening a pseudo-terminal: %w", err)
	}
	// Nobody but who reads it holds it open, as with a real device.
	if err := errors.Join(os.Symlink(near.Name(), w.link), near.Close()); err != nil {
		return errors.Join(err, far.Close())
	}
	w.far = far
	return nil
}

// Unplug pulls the cable: tty and name are gone at once.
func (w *Wand) Unplug() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.far == nil {
		return nil
	}
	err := errors.Join(os.Remove(w.link), w.far.Close())
	w.far = nil
	return err
}
