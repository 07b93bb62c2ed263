package serial_test

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"balie/hw/serial"
)

// TestXOFF: a write stops at XOFF and goes on at XON, whoever reads; both are taken out
// of what is read, and what is urgent goes past.
func TestXOFF(t *testing.T) {
	for _, reads := range []bool{true, false} {
		d := newDevice(t, name(t))
		p := open(t, serial.Config{Path: d.name, Handshake: serial.XONXOFF, ReadTimeout: 20 * time.Millisecond})
		if _, err := d.far.Write([]byte("a\x13b")); err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, p, 2); string(got) != "ab" {
			t.Errorf("read %q", got)
		}
		if takes, err := p.Takes(); takes || err != nil {
			t.Errorf("takes data after XOFF: %v", err)
		}
		if _, err := p.WriteNow([]byte{0x10}); err != nil {
			t.Fatal(err)
		}
		doc := bytes.Repeat([]byte("0123456789"), 20)
		written := make(chan error)
		go func() { written <- second(p.Write(doc)) }()
		far := make([]byte, 1)
		if _, err := d.far.Read(far); err != nil || far[0] != 0x10 {
			t.Fatalf("%q came, %v", far, err)
		}
		if _, err := d.far.Write([]byte("c\x11d")); err != nil {
			t.Fatal(err)
		}
		if reads {
			if got := readAll(t, p, 2); string(got) != "cd" {
				t.Errorf("read %q", got)
			}
		}
		if err := <-written; err != nil {
			t.Fatal(err)
		}
		if !reads {
			if got := readAll(t, p, 2); string(got) != "cd" {
				t.Errorf("kept for the next read: %q", got)
			}
		}
		there := make([]byte, 0, len(doc))
		for len(there) < len(doc) {
			buf := make([]byte, 256)
			n, err := d.far.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			there = append(there, buf[:n]...)
		}
		if !bytes.Equal(there, doc) {
			t.Errorf("%d bytes came", len(there))
		}
	}
}

// TestHeldForEver: a device that says stop and no more ends a write, as does closing.
func TestHeldForEver(t *testing.T) {
	d := newDevice(t, name(t))
	p := open(t, serial.Config{Path: d.name, Handshake: serial.XONXOFF, ReadTimeout: 5 * time.Millisecond, Hold: 50 * time.Millisecond})
	if _, err := d.far.Write([]byte("\x13x")); err != nil {
		t.Fatal(err)
	}
	readAll(t, p, 1)
	if n, err := p.Write([]byte("x")); n != 0 || !errors.Is(err, serial.ErrStalled) {
		t.Errorf("%d, %v", n, err)
	}
	q := open(t, serial.Config{Path: newDevice(t, name(t)).name, Handshake: serial.XONXOFF, ReadTimeout: time.Millisecond})
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := second(q.Write([]byte("x"))); !errors.Is(err, serial.ErrLost) {
		t.Errorf("after closing: %v", err)
	}
}

// TestNoDSR: a device without the line is refused where the line is asked for, and is
// free afterwards. A pseudo-terminal has none.
func TestNoDSR(t *testing.T) {
	d := newDevice(t, name(t))
	if _, err := serial.Open(t.Context(), serial.Config{Path: d.name, Handshake: serial.DSR}); !errors.Is(err, serial.ErrSetting) {
		t.Errorf("%v", err)
	}
	open(t, serial.Config{Path: d.name})
}

// TestNoUSBPrinter: where no such printer is plugged in, it says so.
func TestNoUSBPrinter(t *testing.T) {
	path := name(t)
	if err := unix.Mknod(path, unix.S_IFCHR|0o600, int(unix.Mkdev(180, 15))); err != nil {
		if !errors.Is(err, unix.EPERM) {
			t.Fatal(err)
		}
		path = "/dev/usb/lp15" // no right to make one, and nobody has sixteen
	}
	if _, err := serial.Open(t.Context(), serial.Config{Path: path}); !errors.Is(err, serial.ErrNoDevice) && !errors.Is(err, os.ErrPermission) && !errors.Is(err, serial.ErrDenied) {
		t.Errorf("%v", err)
	}
}
