package barcode_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/hw/barcode"
	"balie/hw/barcode/barcodetest"
	"balie/hw/serial"
)

func TestRefusesSettings(t *testing.T) {
	for name, c := range map[string]barcode.Config{
		"no path":  {},
		"ending":   {Path: "/dev/x", Ending: "tab"},
		"negative": {Path: "/dev/x", Longest: -1},
	} {
		if s, err := barcode.New(c); s != nil || !errors.Is(err, barcode.ErrSetting) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}

// TestNotThere: a scanner that is not there is told of once, with what to do, and
// looked for each second.
func TestNotThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "usb-Scanner_0001-if00")
	states := make(chan error, 10)
	s, err := barcode.New(barcode.Config{Path: path, State: func(err error) { states <- err }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx, func(barcode.Scan) { t.Error("something was scanned") }) }()
	if err := <-states; !errors.Is(err, serial.ErrNoDevice) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
	wand, err := barcodetest.NewWand(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-states; err != nil {
		t.Errorf("it is there, and %v", err)
	}
	if err := wand.Unplug(); err != nil {
		t.Error(err)
	}
	if err := <-states; !errors.Is(err, serial.ErrLost) {
		t.Errorf("it was pulled out, and %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestLooksEachSecond and not in between, and says the same thing only once.
func TestLooksEachSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries, told := 0, 0
		s, err := barcode.NewOn(barcode.Config{State: func(error) { told++ }}, func(context.Context) (barcode.Port, error) {
			tries++
			return nil, barcodetest.ErrUnplugged
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 4500*time.Millisecond)
		defer cancel()
		if err := s.Run(ctx, nil); !errors.Is(err, context.DeadlineExceeded) || tries != 5 || told != 1 {
			t.Errorf("%v, %d tries, told %d times", err, tries, told)
		}
	})
}

// TestNobodyListens: the callbacks besides scanned may be left out.
func TestNobodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pipe := &barcodetest.Pipe{}
		s, err := barcode.NewOn(barcode.Config{}, pipe.Open)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		scans, ended := make(chan barcode.Scan, 10), make(chan error, 1)
		go func() { ended <- s.Run(ctx, func(scan barcode.Scan) { scans <- scan }) }()
		synctest.Wait()
		if err := pipe.Send([]byte("up\x1B[A\rgood\r")); err != nil {
			t.Fatal(err)
		}
		if scan := <-scans; scan.Code.Reveal() != "good" {
			t.Errorf("%q", scan.Code.Reveal())
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestSymbologies(t *testing.T) {
	for kind, want := range map[barcode.Symbology]string{
		barcode.Unsaid: "unsaid", barcode.Code39: "Code 39", barcode.Code128: "Code 128", barcode.DataMatrix: "Data Matrix",
		barcode.EAN: "EAN/UPC", barcode.Codabar: "Codabar", barcode.Code93: "Code 93", barcode.Interleaved: "Interleaved 2 of 5",
		barcode.PDF417: "PDF417", barcode.QR: "QR", barcode.Aztec: "Aztec", 'U': "AIM U",
	} {
		if got := fmt.Sprint(kind); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
