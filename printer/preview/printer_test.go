package preview_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"balie/printer"
	"balie/printer/preview"
	"balie/printer/printertest"
)

func TestSuite(t *testing.T) {
	suite := printertest.Suite{Open: func(printertest.T) printertest.Device {
		var mu sync.Mutex
		var shown []string
		p := preview.New(preview.Paper{}, func(_ context.Context, s preview.Sheet) error {
			mu.Lock()
			defer mu.Unlock()
			shown = append(shown, s.Text)
			return nil
		})
		papers := func(context.Context, int) ([]string, error) {
			mu.Lock()
			defer mu.Unlock()
			return append([]string(nil), shown...), nil
		}
		return printertest.Device{Printer: p, Papers: papers}
	}}
	for _, c := range suite.Cases() {
		t.Run(c.Name, func(t *testing.T) { c.Run(t.Context(), t) })
	}
}

// TestShowingFails: what could not be shown may have been seen.
func TestShowingFails(t *testing.T) {
	broken := errors.New("screen is dark")
	p := preview.New(preview.Paper{}, func(_ context.Context, s preview.Sheet) error {
		if !s.Secret || s.Title != "codes" || len(s.PNG) == 0 {
			t.Errorf("shown: %+v", s)
		}
		return broken
	})
	r, err := p.Print(t.Context(), printer.Document{Title: "codes", Secret: true})
	if r.Outcome != printer.Unknown || !errors.Is(err, broken) {
		t.Errorf("%+v, %v", r, err)
	}
}
