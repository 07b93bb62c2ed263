package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/kiosk"
)

// route says whose a reader is: the desk's readers are the desk's, and the patients' are
// too while a clerk has the patients' screen.
type route struct {
	desk func(context.Context, kiosk.CardEvent) // nil: there is no desk
	log  *slog.Logger

	mu     sync.Mutex            // guards what follows, and the order of events
	taken  bool                  // a clerk has the patients' screen
	report func(kiosk.CardEvent) // to the booth
	there  []kiosk.CardEvent     // the patients' readers, and whether a card is in: ready or inserted
}

// event brings what happened at a reader to whose it is.
func (r *route) event(ctx context.Context, ofDesk bool, e kiosk.CardEvent, report func(kiosk.CardEvent)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report = report
	if !ofDesk {
		r.account(e)
	}
	service := e.Kind == kiosk.CardsDown || e.Kind == kiosk.CardsUp
	if r.desk != nil && (ofDesk || r.taken || service) {
		r.desk(ctx, e)
	}
	if !ofDesk && (!r.taken || service) {
		report(e)
	}
}

// account keeps which readers of the patients are there. mu is held.
func (r *route) account(e kiosk.CardEvent) {
	if e.Kind == kiosk.CardsDown {
		r.there = nil
	}
	if e.Reader == "" {
		return
	}
	at := slices.IndexFunc(r.there, func(t kiosk.CardEvent) bool { return t.Reader == e.Reader })
	switch {
	case e.Kind == kiosk.ReaderLost:
		r.there = slices.DeleteFunc(r.there, func(t kiosk.CardEvent) bool { return t.Reader == e.Reader })
	case at < 0:
		r.there = append(r.there, e)
	default:
		r.there[at] = e
	}
}

// atDesk are the patients' readers while a clerk has them; nil while none does.
func (r *route) atDesk() []control.Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.taken {
		return nil
	}
	list := []control.Reader{}
	for _, t := range r.there {
		list = append(list, control.Reader{Name: t.Reader, Role: config.PatientReader, State: "a clerk has it"})
	}
	return list
}

// take gives the patients' readers to the desk, or back. To who has them no longer they
// are as unplugged; to who gets them, as plugged in: so the booth takes a card that a clerk
// left in for one that is to be taken out first.
func (r *route) take(ctx context.Context, taken bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.taken == taken || r.desk == nil || r.report == nil {
		return
	}
	r.taken = taken
	toDesk := func(e kiosk.CardEvent) { r.desk(ctx, e) }
	from, to := r.report, toDesk
	if !taken {
		from, to = toDesk, r.report
	}
	for _, t := range r.there {
		from(kiosk.CardEvent{Kind: kiosk.ReaderLost, Reader: t.Reader})
		to(kiosk.CardEvent{Kind: kiosk.ReaderReady, Reader: t.Reader})
		r.log.Info("reader ready", "reader", t.Reader, "at_desk", taken)
		if !taken && t.Kind != kiosk.ReaderReady && t.Kind != kiosk.CardRemoved {
			to(t)
		}
	}
}
