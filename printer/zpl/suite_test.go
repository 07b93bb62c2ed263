package zpl_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"

	"balie/printer"
	"balie/printer/printertest"
	"balie/printer/zpl"
	"balie/printer/zpl/zpltest"
)

func profile(t testing.TB) zpl.Profile {
	t.Helper()
	p, err := zpl.LoadProfile("zebra-zpl")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// faults are those that stop a printer and that it can tell of.
func faults() []printer.Fault {
	return []printer.Fault{printer.Mute, printer.CoverOpen, printer.PaperEnd, printer.RibbonEnd, printer.HeadHot, printer.Unrecovered, printer.Offline}
}

// TestSuiteInOwnTime runs the conformance suite over a cable, in a time of its own.
func TestSuiteInOwnTime(t *testing.T) {
	for kind, options := range kinds() {
		for _, c := range (printertest.Suite{}).Cases() {
			t.Run(kind+" "+c.Name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					device := zpltest.New(options)
					driver := zpl.New(printertest.NewCable(device).Open, profile(t), slog.New(slog.DiscardHandler))
					defer driver.Close()
					run(t, c.Name, driver, device, faults())
				})
			})
		}
	}
}

// TestSuiteOverTTY runs it over a real tty. What a mute printer costs in time is
// seen above.
func TestSuiteOverTTY(t *testing.T) {
	for _, c := range (printertest.Suite{}).Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			device := zpltest.New(zpltest.Options{})
			line, err := printertest.StartPTY(device, t.TempDir()+"/printer")
			if err != nil {
				t.Fatal(err)
			}
			open := func(context.Context) (printer.Port, error) { return printertest.Dial(line.Path()) }
			driver := zpl.New(open, profile(t), slog.New(slog.DiscardHandler))
			t.Cleanup(func() {
				if err := driver.Close(); err != nil {
					t.Error(err)
				}
				if err := line.Close(); err != nil {
					t.Error(err)
				}
			})
			run(t, c.Name, driver, device, faults()[1:])
		})
	}
}

// run runs the case of that name, and asks at the end whether the printer
// understood everything and holds nothing.
func run(t *testing.T, name string, driver printer.Printer, device *zpltest.Printer, faults []printer.Fault) {
	t.Helper()
	suite := printertest.Suite{Open: func(printertest.T) printertest.Device {
		return printertest.Device{Printer: driver, Papers: device.Papers, Faults: faults, Set: device.Set}
	}}
	for _, c := range suite.Cases() {
		if c.Name == name {
			c.Run(t.Context(), t)
		}
	}
	if odd := device.Oddities(); len(odd) > 0 {
		t.Errorf("not understood: %q", odd)
	}
	if n := device.Holds(); n > 0 {
		t.Errorf("%d left in its memory", n)
	}
}
