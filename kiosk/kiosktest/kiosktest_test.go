package kiosktest_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/kiosk"
	"balie/kiosk/kiosktest"
	"balie/printer"
)

// TestCards holds that the cards keep the contract of [kiosk.Cards]: the present
// state first, the identity before the checks, and a pull that ends a read.
func TestCards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := kiosktest.NewCards("left")
		c.Insert("left", kiosktest.Card{Record: kiosktest.Record(), Seen: time.Second, Takes: time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		events := make(chan kiosk.CardEvent, 8)
		ended := make(chan error, 1)
		go func() { ended <- c.Watch(ctx, func(e kiosk.CardEvent) { events <- e }) }()
		for _, want := range []kiosk.CardEventKind{kiosk.ReaderReady, kiosk.CardInserted} {
			if e := <-events; e.Kind != want || e.Reader != "left" {
				t.Errorf("reported %v", e)
			}
		}
		seen := 0
		began := time.Now()
		r, err := c.Read(ctx, "left", func(eid.Identity) {
			seen++
			if took := time.Since(began); took != time.Second {
				t.Errorf("seen after %v", took)
			}
		})
		if err != nil || seen != 1 || !r.Checks.Verified() || time.Since(began) != 2*time.Second {
			t.Errorf("read %v after %v, seen %d times", err, time.Since(began), seen)
		}
		time.AfterFunc(1500*time.Millisecond, func() { c.Remove("left") })
		if _, err := c.Read(ctx, "left", func(eid.Identity) { seen++ }); !errors.Is(err, kiosk.ErrCardRemoved) || seen != 2 {
			t.Errorf("pulled while it was read: %v, seen %d times", err, seen)
		}
		if _, err := c.Read(ctx, "left", nil); !errors.Is(err, kiosk.ErrCardRemoved) {
			t.Errorf("an empty reader: %v", err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("watched until %v", err)
		}
	})
}

func TestPortalAndQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, q := &kiosktest.Portal{}, &kiosktest.Queue{}
		if _, err := p.Appointments(t.Context(), eid.Proof{}); !errors.Is(err, kiosk.ErrCardRefused) {
			t.Errorf("without a proof: %v", err)
		}
		p.Answer(time.Hour, nil)
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.Appointments(short, kiosktest.Record().Proof); !errors.Is(err, kiosk.ErrPortalAway) {
			t.Errorf("a portal that does not answer: %v", err)
		}
		c := kiosk.CheckIn{ID: uuid.UUID{1}}
		if n, err := q.Commit(t.Context(), c); n != "K1-001" || err != nil {
			t.Errorf("committed as %s: %v", n, err)
		}
		if err := q.Delivered(t.Context(), c.ID); err != nil {
			t.Errorf("delivered: %v", err)
		}
		q.Away()
		if err := q.Delivered(short, c.ID); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("delivered to a portal that is away: %v", err)
		}
	})
}

func TestTickets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &kiosktest.Tickets{}
		p.End(time.Minute, printer.Sent)
		if r, err := p.Print(t.Context(), printer.Document{}); r.Outcome != printer.Sent || err != nil {
			t.Errorf("ended as %v, %v", r.Outcome, err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if r, err := p.Print(short, printer.Document{}); r.Outcome != printer.Unknown || err == nil {
			t.Errorf("broken off as %v, %v", r.Outcome, err)
		}
		p.Be(nil, printer.PaperEnd)
		if s, err := p.Status(t.Context()); s.Ready() || err != nil || len(p.Printed()) != 2 {
			t.Errorf("%v, %v, %d printed", s, err, len(p.Printed()))
		}
	})
}

// TestHolder holds that cards and portal keep their contract where the holder is asked
// for: a proof over the portal's challenge gives what is after today, and nothing else.
func TestHolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p := kiosktest.NewCards("left"), &kiosktest.Portal{}
		p.Answer(0, nil, kiosktest.Appointment(time.Now()))
		if _, _, err := c.Holder(t.Context(), "left"); !errors.Is(err, kiosk.ErrCardRemoved) {
			t.Errorf("without a card: %v", err)
		}
		c.Insert("left", kiosktest.Card{Record: kiosktest.Record()})
		if pinpad, tries, err := c.Holder(t.Context(), "left"); pinpad || tries != 3 || err != nil {
			t.Errorf("keys %v, %d tries, %v", pinpad, tries, err)
		}
		challenge, err := p.Challenge(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h, _, err := c.ProveHolder(t.Context(), kiosk.ProveHolder{Reader: "left", Challenge: challenge})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := p.LaterAppointments(t.Context(), kiosktest.Record().Proof, h); err != nil || len(list) != 1 || !list[0].Start.After(time.Now().AddDate(0, 0, 6)) {
			t.Errorf("%+v, %v", list, err)
		}
		if _, err := p.LaterAppointments(t.Context(), kiosktest.Record().Proof, eid.HolderProof{}); !errors.Is(err, kiosk.ErrHolderRefused) {
			t.Errorf("without a signature: %v", err)
		}
		c.Remove("left")
		c.Insert("left", kiosktest.Card{Holder: kiosktest.Holder{Err: kiosk.ErrPINWrong, TriesAfter: 2}})
		if _, tries, err := c.ProveHolder(t.Context(), kiosk.ProveHolder{Reader: "left"}); !errors.Is(err, kiosk.ErrPINWrong) || tries != 2 {
			t.Errorf("%d tries, %v", tries, err)
		}
	})
}
