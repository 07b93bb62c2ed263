package serial

import (
	"os"

	bugst "go.bug.st/serial"
	"golang.org/x/sys/unix"
)

// tty is a serial device proper.
type tty struct {
	bugst.Port
	out *os.File
}

var _ line = tty{}

func openTTY(config Config, out *os.File) (tty, error) {
	port, err := bugst.Open(config.Path, &bugst.Mode{BaudRate: config.Baud, DataBits: 8})
	if err == nil {
		err = port.SetReadTimeout(config.ReadTimeout)
	}
	return tty{port, out}, err
}

func (t tty) Left() (left int, err error) {
	err = control(t.out, func(fd int) (err error) {
		left, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ)
		return err
	})
	return left, err
}

func (t tty) Ready() (bool, error) {
	bits, err := t.GetModemStatusBits()
	if err != nil {
		return false, err
	}
	return bits.DSR, nil
}

func (t tty) Forget() error { return t.ResetOutputBuffer() }
