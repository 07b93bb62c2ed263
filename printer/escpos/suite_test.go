package escpos

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"balie/printer"
	"balie/printer/printertest"
)

// papersOf gives the text of what comes out of a virtual printer.
func papersOf(device *printertest.Printer) func(context.Context, int) ([]string, error) {
	return func(ctx context.Context, n int) ([]string, error) {
		papers, err := device.Wait(ctx, n)
		var list []string
		for _, p := range papers {
			list = append(list, p.Text())
		}
		return list, err
	}
}

// stopping are the faults that stop a printer and that it can tell of.
func stopping(p Profile) []printer.Fault {
	list := []printer.Fault{
		printer.CoverOpen, printer.PaperEnd, printer.CutterError, printer.HeadHot, printer.Unrecovered, printer.Mute,
	}
	if p.Back.Status == statusCustom {
		return append(list, printer.PaperJam, printer.Presenter)
	}
	return append(list, printer.Offline)
}

// TestSuiteInOwnTime runs every shipped profile over a cable, in a time of its own, and
// a printer without the process id that its profile promises.
func TestSuiteInOwnTime(t *testing.T) {
	for i, p := range append(shippedProfiles(t), loaded(t, "epson-tm")) {
		noID := i == len(ProfileNames())
		for _, c := range (printertest.Suite{}).Cases() {
			t.Run(fmt.Sprintf("%s %s, no id %t", p.Name, c.Name, noID), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(p, printertest.Options{NoProcessID: noID})
					defer b.driver.Close()
					suite := printertest.Suite{Open: func(printertest.T) printertest.Device {
						return printertest.Device{Printer: b.driver, Papers: papersOf(b.device), Faults: stopping(p), Set: b.device.Set}
					}}
					named(t, suite, c.Name).Run(t.Context(), t)
				})
			})
		}
	}
}

// TestSuiteOverTTY runs the suite over a real tty.
func TestSuiteOverTTY(t *testing.T) {
	for _, name := range []string{"epson-tm", "custom-vkp80"} {
		p := loaded(t, name)
		for _, c := range (printertest.Suite{}).Cases() {
			t.Run(name+" "+c.Name, func(t *testing.T) {
				t.Parallel()
				b := newTTY(t, p, printertest.Options{})
				suite := printertest.Suite{Open: func(printertest.T) printertest.Device {
					return printertest.Device{Printer: b.driver, Papers: papersOf(b.device), Faults: stopping(p)[:2], Set: b.device.Set}
				}}
				named(t, suite, c.Name).Run(t.Context(), t)
			})
		}
	}
}

// named is the case of that name.
func named(t *testing.T, s printertest.Suite, name string) printertest.Case {
	t.Helper()
	for _, c := range s.Cases() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no case %q", name)
	return printertest.Case{}
}
