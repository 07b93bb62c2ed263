package serial

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// file is a device that is no tty: a printer of the USB printer class. It has no
// speed, no lines and no queue of its own; the bus says when it takes data.
type file struct {
	*os.File
	timeout time.Duration
}

var _ line = file{}

func newFile(f *os.File, config Config) file { return file{f, config.ReadTimeout} }

// usbMajor is the major number of the kernel's usblp among others
// (Documentation/admin-guide/devices.txt, 180 char).
const usbMajor = 180

// isPrinter tells whether a descriptor is a printer of the USB printer class.
func isPrinter(fd int) bool {
	var s unix.Stat_t
	if err := unix.Fstat(fd, &s); err != nil {
		return false
	}
	return s.Mode&unix.S_IFMT == unix.S_IFCHR && unix.Major(uint64(s.Rdev)) == usbMajor
}

// Read waits for the read timeout. A printer that says nothing may end a read at once
// with no bytes, which is no end of anything.
func (f file) Read(b []byte) (int, error) {
	end := time.Now().Add(f.timeout)
	if err := f.SetReadDeadline(end); err != nil {
		return 0, err
	}
	n, err := f.File.Read(b)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, nil
	case errors.Is(err, io.EOF):
		time.Sleep(time.Until(end))
		return n, nil
	}
	return n, err
}

func (file) Left() (int, error) { return 0, nil }

func (file) Drain() error { return nil }

func (file) Ready() (bool, error) { return true, nil }

func (file) Forget() error { return nil }

// Close leaves the descriptor to the port, which writes to it.
func (file) Close() error { return nil }
