package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/doctor"
	"balie/cmd/internal/fault"
)

// healthEvery is how often the booth looks at itself.
const healthEvery = 10 * time.Second

// health is what is wrong with the booth, and since when.
type health struct {
	lasting fault.Lasting

	mu       sync.Mutex
	printers []control.PrinterState // guarded by mu; as they were last asked
}

// shown are the faults of a status that have lasted long enough.
func (h *health) shown(s control.Status, c config.Config) []fault.Shown {
	present := append(doctor.OfDaemon(s, h.asked(), time.Now()), doctor.OfMachine(c, s.Portal.URL)...)
	return h.lasting.Shown(present, time.Now())
}

// asked are the printers as they were last asked; nil: not yet.
func (h *health) asked() []control.PrinterState {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.printers
}

// tendHealth looks at everything until ctx ends, and logs what is wrong when it begins
// and when it ends.
func (b *booth) tendHealth(ctx context.Context) error {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	var before []fault.Shown
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if b.spool != nil {
			b.health.ask(ctx, b)
		}
		s, err := b.Status(ctx)
		if err != nil {
			continue // the booth ends
		}
		tellFaults(b.log, before, s.Faults)
		before = s.Faults
	}
}

// ask asks the printers.
func (h *health) ask(ctx context.Context, b *booth) {
	list, err := b.Printers(ctx)
	if err != nil {
		return // the booth ends
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.printers = list
}

// tellFaults logs the faults that came, and those that went.
func tellFaults(log *slog.Logger, before, now []fault.Shown) {
	in := func(list []fault.Shown, f fault.Shown) bool {
		return slices.ContainsFunc(list, func(o fault.Shown) bool { return o.Code == f.Code && o.Part == f.Part })
	}
	for _, f := range now {
		if !in(before, f) {
			log.Warn("fault", "fault", f.Code, "part", f.Part, "severity", string(f.State), "because", f.Because)
		}
	}
	for _, f := range before {
		if !in(now, f) {
			log.Info("fault gone", "fault", f.Code, "part", f.Part, "lasted", time.Since(f.Since).Round(time.Second).String())
		}
	}
}
