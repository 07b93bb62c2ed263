package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"balie/kiosk"
)

// TestRoute: the desk's readers are the desk's; the patients' go to it and back with the
// screen, and a card that a clerk left in comes back together with its reader.
func TestRoute(t *testing.T) {
	var booth, clerk []string
	say := func(to *[]string) func(kiosk.CardEvent) {
		return func(e kiosk.CardEvent) { *to = append(*to, fmt.Sprint(e.Kind, e.Reader)) }
	}
	r := &route{log: slog.New(slog.DiscardHandler), desk: func(_ context.Context, e kiosk.CardEvent) { say(&clerk)(e) }}
	happens := func(ofDesk bool, kind kiosk.CardEventKind, reader string) {
		r.event(t.Context(), ofDesk, kiosk.CardEvent{Kind: kind, Reader: reader}, say(&booth))
	}
	told := func(what string, wantBooth, wantClerk []string) {
		t.Helper()
		if !slices.Equal(booth, wantBooth) || !slices.Equal(clerk, wantClerk) {
			t.Errorf("%s: the booth heard %v, the clerk %v", what, booth, clerk)
		}
		booth, clerk = nil, nil
	}
	event := func(kind kiosk.CardEventKind, reader string) string { return fmt.Sprint(kind, reader) }
	happens(false, kiosk.ReaderReady, "P")
	happens(true, kiosk.ReaderReady, "D")
	told("at first", []string{event(kiosk.ReaderReady, "P")}, []string{event(kiosk.ReaderReady, "D")})
	r.take(t.Context(), true)
	r.take(t.Context(), true)
	told("taken", []string{event(kiosk.ReaderLost, "P")}, []string{event(kiosk.ReaderReady, "P")})
	if list := r.atDesk(); len(list) != 1 || list[0].Name != "P" {
		t.Errorf("a technician is told of %+v", list)
	}
	happens(false, kiosk.CardInserted, "P")
	happens(true, kiosk.CardInserted, "D")
	told("while taken", nil, []string{event(kiosk.CardInserted, "P"), event(kiosk.CardInserted, "D")})
	r.take(t.Context(), false)
	told("given back", []string{event(kiosk.ReaderReady, "P"), event(kiosk.CardInserted, "P")}, []string{event(kiosk.ReaderLost, "P")})
	happens(false, kiosk.CardRemoved, "P")
	happens(false, kiosk.CardsDown, "")
	told("after", []string{event(kiosk.CardRemoved, "P"), event(kiosk.CardsDown, "")}, []string{event(kiosk.CardsDown, "")})
	r.take(t.Context(), true)
	told("with the service down", nil, nil)
}
