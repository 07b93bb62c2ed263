package serial

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	bugst "go.bug.st/serial"
	"golang.org/x/sys/unix"
)

// TestExplain: every error of the kernel and of go.bug.st/serial that someone can
// do something about is one of ours. A test that runs as root meets some of them
// nowhere.
func TestExplain(t *testing.T) {
	for _, c := range []struct{ err, want error }{
		{&fs.PathError{Err: unix.EACCES}, ErrDenied},
		{&fs.PathError{Err: unix.EPERM}, ErrDenied},
		{&fs.PathError{Err: unix.ENOENT}, ErrNoDevice},
		{&fs.PathError{Err: unix.ENXIO}, ErrNoDevice},
		{&fs.PathError{Err: unix.ENODEV}, ErrNoDevice},
		{&fs.PathError{Err: unix.EIO}, ErrNoDevice},
		{&fs.PathError{Err: unix.EBUSY}, ErrBusy},
		{&fs.PathError{Err: unix.EISDIR}, ErrNotSerial},
		{&fs.PathError{Err: unix.ENOMEM}, unix.ENOMEM},
		{unix.EIO, ErrNoDevice},
	} {
		if err := explain(Config{Path: "/dev/x"}, fmt.Errorf("wrapped: %w", c.err)); !errors.Is(err, c.want) {
			t.Errorf("%v became %v", c.err, err)
		}
	}
	// Its codes cannot be set from here: the zero one is PortBusy.
	if err := explain(Config{Path: "/dev/x"}, &bugst.PortError{}); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
}
