package barcode_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"

	"balie/hw/barcode"
	"balie/hw/barcode/barcodetest"
)

// settings are all that a scanner can be set to.
func settings() map[string]barcode.Config {
	all := map[string]barcode.Config{}
	for _, ending := range []barcode.Ending{barcode.Any, barcode.CR, barcode.LF, barcode.CRLF} {
		for _, identifiers := range []bool{false, true} {
			all[fmt.Sprintf("%q %v", string(ending), identifiers)] = barcode.Config{Ending: ending, Identifiers: identifiers, Longest: 64}
		}
	}
	return all
}

// TestSuite in time that is not real: every setting.
func TestSuite(t *testing.T) {
	for name, config := range settings() {
		suite := barcodetest.Suite{Config: config, Open: func(t barcodetest.T, c barcode.Config) (*barcode.Scanner, barcodetest.Device) {
			pipe := &barcodetest.Pipe{}
			s, err := barcode.NewOn(c, pipe.Open)
			if err != nil {
				t.Fatalf("%v", err)
			}
			return s, pipe
		}}
		for _, c := range suite.Cases() {
			t.Run(name+" "+c.Name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { c.Run(t.Context(), t) })
			})
		}
	}
}

// TestSuiteOnTTY: on a real tty, opened through hw/serial.
func TestSuiteOnTTY(t *testing.T) {
	for _, config := range []barcode.Config{{Longest: 64}, {Longest: 64, Ending: barcode.CRLF, Identifiers: true, Baud: 115200}} {
		suite := barcodetest.Suite{Config: config, Open: func(to barcodetest.T, c barcode.Config) (*barcode.Scanner, barcodetest.Device) {
			wand, err := barcodetest.NewWand(filepath.Join(t.TempDir(), "usb-Scanner_0001-if00"))
			if err != nil {
				to.Fatalf("%v", err)
			}
			t.Cleanup(func() {
				if err := wand.Unplug(); err != nil {
					t.Error(err)
				}
			})
			c.Path = wand.Path()
			s, err := barcode.New(c)
			if err != nil {
				to.Fatalf("%v", err)
			}
			return s, wand
		}}
		for _, c := range suite.Cases() {
			t.Run(fmt.Sprintf("%q %s", string(config.Ending), c.Name), func(t *testing.T) {
				t.Parallel()
				c.Run(t.Context(), t)
			})
		}
	}
}
