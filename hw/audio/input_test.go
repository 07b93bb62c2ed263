package audio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// events is a stream as the kernel gives it: input_event after input_event.
func events(list ...[3]int) []byte {
	var b bytes.Buffer
	for _, e := range list {
		b.Write(make([]byte, eventSize-8)) // the time
		b.Write(binary.NativeEndian.AppendUint16(nil, uint16(e[0])))
		b.Write(binary.NativeEndian.AppendUint16(nil, uint16(e[1])))
		b.Write(binary.NativeEndian.AppendUint32(nil, uint32(e[2])))
	}
	return b.Bytes()
}

// TestInputReads: jack and key are told, and nothing else that a device says.
func TestInputReads(t *testing.T) {
	stream := events(
		[3]int{evSwitch, headphoneInserted, 1}, [3]int{0, 0, 0}, [3]int{evSwitch, 4, 1}, [3]int{evKey, 59, 1}, [3]int{evKey, 59, 2},
		[3]int{evKey, 59, 0}, [3]int{evKey, 60, 1}, [3]int{evSwitch, headphoneInserted, 0},
	)
	for _, tc := range []struct {
		key  uint16
		want []InputEvent
	}{{59, []InputEvent{Plugged, KeyDown, Unplugged}}, {0, []InputEvent{Plugged, Unplugged}}} {
		var got []InputEvent
		err := Input{Key: tc.key}.read(bytes.NewReader(stream), func(e InputEvent) { got = append(got, e) })
		if !errors.Is(err, io.ErrUnexpectedEOF) || !slices.Equal(got, tc.want) {
			t.Errorf("with the key %d: %v, %v", tc.key, got, err)
		}
	}
	if err := (Input{}).read(bytes.NewReader(stream[:5]), func(InputEvent) {}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half an event: %v", err)
	}
}

// TestInputWatches reads from a pipe as from a device, until it is told to stop, and
// until the device goes.
func TestInputWatches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "event")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	wire, err := os.OpenFile(path, os.O_RDWR, 0) // so that the pipe has no end
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	came, ended := make(chan InputEvent), make(chan error, 1)
	go func() { ended <- Input{Path: path}.Watch(ctx, func(e InputEvent) { came <- e }) }()
	if _, err := wire.Write(events([3]int{evSwitch, headphoneInserted, 1})); err != nil {
		t.Fatal(err)
	}
	if e := <-came; e != Plugged {
		t.Errorf("it tells of %d", e)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("told to stop: %v", err)
	}
	go func() { ended <- Input{Path: path}.Watch(t.Context(), func(e InputEvent) { came <- e }) }()
	if _, err := wire.Write(events([3]int{evSwitch, headphoneInserted, 0})); err != nil {
		t.Fatal(err)
	}
	<-came
	if err := wire.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the device went: %v", err)
	}
	if err := (Input{Path: path + "-not"}).Watch(t.Context(), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no device: %v", err)
	}
}
