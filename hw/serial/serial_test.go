package serial_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"balie/hw/serial"
)

// device is a pseudo-terminal under a name that stays, and the far end of it.
type device struct {
	far  *os.File
	name string
	path string // what the name stands for
}

func newDevice(t *testing.T, name string) *device {
	t.Helper()
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	path := near.Name()
	// Nobody but the port holds it open, as with a real device.
	if err := near.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.Symlink(path, name); err != nil {
		t.Fatal(err)
	}
	d := &device{far, name, path}
	t.Cleanup(func() { _ = far.Close() }) // most tests have closed it
	return d
}

// unplug pulls it out: its name goes with it.
func (d *device) unplug(t *testing.T) {
	t.Helper()
	if err := errors.Join(d.far.Close(), os.Remove(d.name)); err != nil {
		t.Fatal(err)
	}
}

func name(t *testing.T) string { return filepath.Join(t.TempDir(), "usb-Printer_0001-if00") }

func open(t *testing.T, c serial.Config) *serial.Port {
	t.Helper()
	p, err := serial.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// readAll reads n bytes from a port, which may give them in pieces and nothing between.
func readAll(t *testing.T, p *serial.Port, n int) []byte {
	t.Helper()
	var got []byte
	buf := make([]byte, 64)
	for deadline := time.Now().Add(10 * time.Second); len(got) < n && time.Now().Before(deadline); {
		n, err := p.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, buf[:n]...)
	}
	return got
}

// TestEveryByte: each of the 256 goes through both ways as it is, those of flow
// control too: what they mean is the business of who reads them.
func TestEveryByte(t *testing.T) {
	d := newDevice(t, name(t))
	p := open(t, serial.Config{Path: d.name, Baud: 115200})
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	if n, err := p.Write(every); n != len(every) || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if err := p.Drain(); err != nil {
		t.Error(err)
	}
	there := make([]byte, len(every))
	for n := 0; n < len(there); {
		m, err := d.far.Read(there[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += m
	}
	if _, err := d.far.Write(every); err != nil {
		t.Fatal(err)
	}
	if back := readAll(t, p, len(every)); !bytes.Equal(there, every) || !bytes.Equal(back, every) {
		t.Errorf("there % X\nback % X", there, back)
	}
	if p.Path() != d.name || p.Device() != d.path {
		t.Errorf("path %q, device %q", p.Path(), p.Device())
	}
}

func TestReadTimeout(t *testing.T) {
	d := newDevice(t, name(t))
	p := open(t, serial.Config{Path: d.name, ReadTimeout: 20 * time.Millisecond})
	begin := time.Now()
	if n, err := p.Read(make([]byte, 1)); n != 0 || err != nil || time.Since(begin) < 15*time.Millisecond {
		t.Errorf("%d, %v after %v", n, err, time.Since(begin))
	}
}

// TestName: the name is followed at each Open, wherever the device is by then.
func TestName(t *testing.T) {
	link := name(t)
	first := newDevice(t, link)
	p := open(t, serial.Config{Path: link})
	first.unplug(t)
	if got := p.Device(); got != "" {
		t.Errorf("unplugged, and still at %q", got)
	}
	if _, err := serial.Open(t.Context(), serial.Config{Path: link}); !errors.Is(err, serial.ErrNoDevice) {
		t.Errorf("opening what is unplugged: %v", err)
	}
	// Another takes the old one's number, as happens when two are pulled.
	newDevice(t, name(t))
	second := newDevice(t, link)
	q := open(t, serial.Config{Path: link})
	if _, err := q.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 1)
	if _, err := second.far.Read(got); err != nil || got[0] != 'x' || q.Device() != second.path {
		t.Errorf("%q, %v at %q", got, err, q.Device())
	}
}

// TestUnplugged: whatever is under way when the device goes, the error says so.
func TestUnplugged(t *testing.T) {
	for what, do := range map[string]func(*serial.Port) error{
		"read":  func(p *serial.Port) error { return second(p.Read(make([]byte, 1))) },
		"write": func(p *serial.Port) error { return second(p.Write([]byte("x"))) },
	} {
		t.Run(what, func(t *testing.T) {
			d := newDevice(t, name(t))
			p := open(t, serial.Config{Path: d.name})
			d.unplug(t)
			if err := do(p); !errors.Is(err, serial.ErrLost) || !strings.Contains(err.Error(), d.name) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("in a read", func(t *testing.T) {
		d := newDevice(t, name(t))
		p := open(t, serial.Config{Path: d.name, ReadTimeout: time.Minute})
		done := make(chan error)
		go func() { done <- second(p.Read(make([]byte, 1))) }()
		d.unplug(t)
		if err := <-done; !errors.Is(err, serial.ErrLost) {
			t.Errorf("%v", err)
		}
	})
	t.Run("in a write", func(t *testing.T) {
		d := newDevice(t, name(t))
		p := open(t, serial.Config{Path: d.name, WriteTimeout: time.Minute})
		done := make(chan error)
		go func() { done <- second(p.Write(make([]byte, 1<<20))) }()
		d.unplug(t)
		if err := <-done; !errors.Is(err, serial.ErrLost) {
			t.Errorf("%v", err)
		}
	})
}

func second(_ int, err error) error { return err }

// TestRefuses: what cannot be opened is named, said why in one line, and what to do.
func TestRefuses(t *testing.T) {
	folder := t.TempDir()
	file, fifo, socket, dangling := filepath.Join(folder, "file"), filepath.Join(folder, "fifo"), filepath.Join(folder, "socket"), filepath.Join(folder, "dangling")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if err := errors.Join(os.WriteFile(file, nil, 0o600), unix.Mkfifo(fifo, 0o600), os.Symlink(filepath.Join(folder, "gone"), dangling)); err != nil {
		t.Fatal(err)
	}
	held := newDevice(t, name(t))
	open(t, serial.Config{Path: held.name})
	for what, c := range map[string]struct {
		path string
		want error
		hint string
	}{
		"a file":              {file, serial.ErrNotSerial, "/dev/serial/by-id"},
		"a folder":            {folder, serial.ErrNotSerial, "/dev/serial/by-id"},
		"below a file":        {file + "/x", serial.ErrNotSerial, "/dev/serial/by-id"},
		"a pipe":              {fifo, serial.ErrNotSerial, "/dev/serial/by-id"},
		"the null device":     {"/dev/null", serial.ErrNotSerial, "/dev/serial/by-id"},
		"a socket":            {socket, serial.ErrNoDevice, "plug it in"},
		"nothing":             {filepath.Join(folder, "none"), serial.ErrNoDevice, "plug it in"},
		"a name of nothing":   {dangling, serial.ErrNoDevice, "plug it in"},
		"no name":             {"", serial.ErrNoDevice, "plug it in"},
		"one in use":          {held.name, serial.ErrBusy, "fuser"},
		"one in use by other": {held.path, serial.ErrBusy, "fuser"},
	} {
		t.Run(what, func(t *testing.T) {
			p, err := serial.Open(t.Context(), serial.Config{Path: c.path})
			if p != nil || !errors.Is(err, c.want) {
				t.Fatalf("%v, %v", p, err)
			}
			if said := err.Error(); !strings.Contains(said, "opening "+c.path) || !strings.Contains(said, c.hint) || strings.Contains(said, "\n") {
				t.Errorf("said: %s", said)
			}
		})
	}
}

func TestRefusesSpeed(t *testing.T) {
	d := newDevice(t, name(t))
	for _, baud := range []int{-1, 1, 5_000_000} {
		if _, err := serial.Open(t.Context(), serial.Config{Path: d.name, Baud: baud}); !errors.Is(err, serial.ErrSetting) {
			t.Errorf("%d baud: %v", baud, err)
		}
	}
	// The refusals left nothing locked.
	open(t, serial.Config{Path: d.name})
}

func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := newDevice(t, name(t))
	if _, err := serial.Open(ctx, serial.Config{Path: d.name}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestStalled: a device that takes nothing ends a write after its timeout, and
// does not keep the port from being closed and opened again.
func TestStalled(t *testing.T) {
	d := newDevice(t, name(t))
	p := open(t, serial.Config{Path: d.name, WriteTimeout: 50 * time.Millisecond})
	const much = 1 << 20
	n, err := p.Write(make([]byte, much))
	if !errors.Is(err, serial.ErrStalled) || n == 0 || n == much {
		t.Errorf("%d bytes, %v", n, err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	open(t, serial.Config{Path: d.name})
}

// TestClose: it ends what is under way, may be called again, and leaves a port
// that says what it is.
func TestClose(t *testing.T) {
	d := newDevice(t, name(t))
	p := open(t, serial.Config{Path: d.name, WriteTimeout: time.Minute, ReadTimeout: 50 * time.Millisecond})
	writing, reading := make(chan error), make(chan error)
	go func() { writing <- second(p.Write(make([]byte, 1<<20))) }()
	go func() {
		var err error
		for err == nil {
			_, err = p.Read(make([]byte, 1))
		}
		reading <- err
	}()
	// The write is under way once its first byte is through.
	if _, err := d.far.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{
		"write under way": <-writing, "read under way": <-reading, "drain": p.Drain(),
		"read": second(p.Read(make([]byte, 1))), "write": second(p.Write([]byte("x"))),
	} {
		if !errors.Is(err, serial.ErrLost) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
