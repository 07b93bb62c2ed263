package audio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Input is something that can start speech without sight: a headphone jack, a key of a
// tactile keypad.
type Input struct {
	Path string // an input device, by a name that stays: /dev/input/by-path/…
	Key  uint16 // of linux/input-event-codes.h; 0 is none
}

// InputEvent is what happened at an input.
type InputEvent int

// The events. The present state of a jack comes first.
const (
	Plugged   InputEvent = iota + 1 // headphones are in
	Unplugged                       // and out
	KeyDown                         // the key was pressed
)

// From linux/input-event-codes.h.
const (
	evKey             = 0x01
	evSwitch          = 0x05
	headphoneInserted = 0x02 // SW_HEADPHONE_INSERT
)

// switches asks a device for the present state of its switches: EVIOCGSW of
// linux/input.h, for one byte, which has SW_HEADPHONE_INSERT in it.
const switches = 0x80000000 | 1<<16 | 'E'<<8 | 0x1b

// Watch reports what happens until ctx ends. The error says that the device cannot be
// read, or is there no more.
func (i Input) Watch(ctx context.Context, report func(InputEvent)) error {
	f, err := os.OpenFile(i.Path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("opening an input: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = f.Close() }) // ends the read
	defer func() {
		if stop() {
			_ = f.Close() // read only: nothing is lost
		}
	}()
	if in, ok := jack(f); ok {
		report(in)
	}
	err = i.read(f, report)
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("reading the input %s: %w", i.Path, err)
}

// jack is how a jack is now; not ok for a device that has none.
func jack(f *os.File) (now InputEvent, ok bool) {
	conn, err := f.SyscallConn()
	if err != nil {
		return 0, false
	}
	var state [1]byte
	var failed unix.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, failed = unix.Syscall(unix.SYS_IOCTL, fd, switches, uintptr(unsafe.Pointer(&state[0])))
	})
	switch {
	case err != nil || failed != 0:
		return 0, false
	case state[0]&(1<<headphoneInserted) != 0:
		return Plugged, true
	}
	return Unplugged, true
}

// eventSize is that of struct input_event: a time, type, code and value.
const eventSize = int(unsafe.Sizeof(unix.Timeval{})) + 8

// read reports what is in a stream of events.
func (i Input) read(r io.Reader, report func(InputEvent)) error {
	event := make([]byte, eventSize)
	for {
		if _, err := io.ReadFull(r, event); err != nil {
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF // a device has no end
			}
			return err
		}
		body := event[eventSize-8:]
		kind, code := binary.NativeEndian.Uint16(body), binary.NativeEndian.Uint16(body[2:])
		value := int32(binary.NativeEndian.Uint32(body[4:]))
		switch {
		case kind == evSwitch && code == headphoneInserted && value == 1:
			report(Plugged)
		case kind == evSwitch && code == headphoneInserted && value == 0:
			report(Unplugged)
		case kind == evKey && i.Key != 0 && code == i.Key && value == 1: // 2 is a key that is held
			report(KeyDown)
		}
	}
}
