package cardcmd

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"balie/hw/eid"
	"balie/internal/secret"
)

// maxTyped is more than any PIN has.
const maxTyped = 64

// readPIN asks for one line and reads it, unseen where in is a terminal, until ctx
// ends. No byte of it stays anywhere but in the PIN.
func readPIN(ctx context.Context, in io.Reader, ask func()) (secret.Bytes, error) {
	ready := func() error { return ctx.Err() }
	if f, is := in.(*os.File); is {
		shown, err := hide(int(f.Fd()))
		if err != nil {
			return secret.Bytes{}, err
		}
		defer shown()
		ready = func() error { return readable(ctx, int(f.Fd())) }
	}
	ask()
	line := make([]byte, 0, maxTyped)
	var one [1]byte
	defer clear(one[:])
	for len(line) < maxTyped {
		err := ready()
		n := 0
		if err == nil {
			n, err = in.Read(one[:])
		}
		switch {
		case n == 1 && one[0] != '\n' && one[0] != '\r':
			line = append(line, one[0])
		case n == 1 || errors.Is(err, io.EOF) && len(line) > 0:
			return secret.NewBytes(line), nil
		case err != nil:
			clear(line)
			return secret.Bytes{}, err
		}
	}
	clear(line)
	return secret.Bytes{}, eid.ErrPINLength
}

// hide keeps a terminal from showing what is typed, until shown is called, and drops
// what was typed before. Of what is no terminal there is nothing to hide.
func hide(fd int) (shown func(), err error) {
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}, nil
	}
	silent := *before
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, unix.TCSETSF, &silent); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, before) }, nil
}

// readable waits until there is something to read, or ctx ends: a read of a terminal
// itself ends with neither.
func readable(ctx context.Context, fd int) error {
	const look = 100 // ms
	for ctx.Err() == nil {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, look)
		if n > 0 {
			return nil
		}
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
	}
	return ctx.Err()
}
