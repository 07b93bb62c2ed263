package kiosk_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"balie/kiosk"
	"balie/kiosk/kiosktest"
	"balie/printer"
)

// running is a booth that runs, in a bubble of its own time, on parts that are played.
type running struct {
	t       *testing.T
	kiosk   *kiosk.Kiosk
	cards   *kiosktest.Cards
	portal  *kiosktest.Portal
	queue   *kiosktest.Queue
	tickets *kiosktest.Tickets
	stop    context.CancelFunc
	ended   chan error

	mu    sync.Mutex
	views []kiosk.View
	log   bytes.Buffer
}

// inBubble runs a test on a booth with one appointment for whoever comes. That it
// ends at all says that the booth left no goroutine behind.
func inBubble(t *testing.T, mend func(*kiosk.Settings, *kiosk.Parts), test func(*running)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &running{
			t: t, cards: kiosktest.NewCards("left", "right"), portal: &kiosktest.Portal{},
			queue: &kiosktest.Queue{}, tickets: &kiosktest.Tickets{}, ended: make(chan error, 1),
		}
		r.portal.Answer(time.Second, nil, kiosktest.Appointment(time.Now().Add(time.Hour)))
		r.tickets.End(2*time.Second, printer.Confirmed)
		s := settings(t)
		parts := kiosk.Parts{
			Cards: r.cards, Portal: r.portal, Queue: r.queue, Tickets: r.tickets, CodeCards: &kiosktest.CodeCards{}, Show: r.show,
			Log: slog.New(slog.NewJSONHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		}
		if mend != nil {
			mend(&s, &parts)
		}
		r.kiosk = kiosk.New(s, parts)
		ctx, stop := context.WithCancel(t.Context())
		r.stop = stop
		go func() { r.ended <- r.kiosk.Run(ctx) }()
		r.pass(time.Second)
		test(r)
		stop()
		if err := <-r.ended; err != nil {
			t.Errorf("ended with %v", err)
		}
		silent(t, "the log", r.log.String())
	})
}

func (r *running) show(v kiosk.View) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.views = append(r.views, v)
}

// pass lets time pass in the bubble.
func (r *running) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// view is the one on the screen now.
func (r *running) view() kiosk.View {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.views[len(r.views)-1]
}

// insert puts a good card in the left reader, which takes a second and a half to read.
func (r *running) insert() {
	r.cards.Insert("left", kiosktest.Card{Record: kiosktest.Record(), Seen: 500 * time.Millisecond, Takes: time.Second})
}

// press presses the first button.
func (r *running) press() {
	r.t.Helper()
	v := r.view()
	if len(v.Buttons) == 0 {
		r.t.Fatalf("nothing to press on %s", word(v))
	}
	r.kiosk.Press(kiosk.Press{Seq: v.Seq, Do: v.Buttons[0].Do, Choice: v.Buttons[0].Choice})
	synctest.Wait()
}

// confirm goes through a visit until it is confirmed.
func (r *running) confirm() {
	r.t.Helper()
	r.insert()
	r.pass(3 * time.Second)
	r.sees("confirm")
	r.press()
}

// sees holds what is on the screen.
func (r *running) sees(want string) {
	r.t.Helper()
	if got := word(r.view()); got != want {
		r.t.Fatalf("the screen shows %s, want %s; seen: %s", got, want, r.trail())
	}
}

// trail is what was seen since the booth was ready.
func (r *running) trail() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	for _, v := range r.views {
		list = append(list, word(v))
	}
	return strings.Join(slices.Compact(list[max(0, slices.Index(list, "welcome")):]), " ")
}

// silent holds that a text says nothing of who was there.
func silent(t testing.TB, what, text string) {
	t.Helper()
	low := strings.ToLower(text)
	for _, canary := range canaries() {
		if strings.Contains(low, canary) {
			t.Errorf("%s tells %q: %.2000s", what, canary, text)
		}
	}
}

// canaries are all that must not be said, as such and in numbers.
func canaries() []string {
	var list []string
	for _, c := range append(strings.Fields(kiosktest.GivenNames), kiosktest.FamilyName, kiosktest.Number, kiosktest.Greeting, "1985-13") {
		list = append(list, c, hexOf(c), strings.Trim(bytesOf(c), "[]"))
	}
	for i := range list {
		list[i] = strings.ToLower(list[i])
	}
	return list
}
