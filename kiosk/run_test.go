package kiosk_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/hw/eid"
	"balie/kiosk"
	"balie/kiosk/kiosktest"
	"balie/printer"
)

func hexOf(s string) string   { return hex.EncodeToString([]byte(s)) }
func bytesOf(s string) string { return fmt.Sprint([]byte(s)) }

func TestRun(t *testing.T) {
	inBubble(t, nil, func(r *running) {
		r.confirm()
		r.pass(3 * time.Second)
		r.sees("ticket-printed")
		if got := r.view().Person.Reveal(); got != kiosktest.Greeting {
			t.Errorf("greeted as %q", got)
		}
		r.cards.Remove("left")
		r.pass(13 * time.Second)
		if got, want := r.trail(), "welcome reading fetching confirm saving printing ticket-printed welcome"; got != want {
			t.Errorf("seen %s, want %s", got, want)
		}
		if c, p := r.queue.Commits(), r.tickets.Printed(); len(c) != 1 || len(p) != 1 || c[0].Document != "1" {
			t.Errorf("%d commits, %d tickets", len(c), len(p))
		}
		h, err := r.kiosk.Health(r.t.Context())
		if err != nil || h.Visits != 1 || h.Screen != kiosk.ScreenWelcome || len(h.Readers) != 2 || len(h.Out) != 0 {
			t.Errorf("health %+v, %v", h, err)
		}
	})
}

func TestRunWakesItself(t *testing.T) {
	inBubble(t, nil, func(r *running) {
		r.insert()
		r.pass(3 * time.Second)
		r.pass(35 * time.Second)
		r.sees("confirm?")
		r.pass(25 * time.Second)
		r.sees("take-card")
		r.pass(time.Minute)
		r.sees("welcome")
		before := r.tickets.Asked()
		r.pass(10 * time.Minute)
		if asked := r.tickets.Asked() - before; asked != 10 {
			t.Errorf("the printer was asked %d times in ten minutes", asked)
		}
	})
}

func TestRunGivesUpOnParts(t *testing.T) {
	for _, tc := range []struct {
		name string
		mend func(*running)
		want string
	}{
		{"portal", func(r *running) { r.portal.Answer(time.Hour, nil) }, "portal-away"},
		{"card", func(r *running) {
			r.cards.Remove("left")
			r.cards.Insert("left", kiosktest.Card{Takes: time.Hour})
		}, "card-unreadable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, nil, func(r *running) {
				tc.mend(r)
				if tc.name == "portal" {
					r.insert()
				}
				r.pass(31 * time.Second)
				r.sees(tc.want)
			})
		})
	}
}

// stuck is a portal that tells when it was told to stop.
type stuck struct {
	*kiosktest.Portal
	stopped chan struct{}
}

func (s stuck) Appointments(ctx context.Context, _ eid.Proof) ([]kiosk.Appointment, error) {
	<-ctx.Done()
	close(s.stopped)
	return nil, ctx.Err()
}

func TestRunEndsWhatTheVisitBegan(t *testing.T) {
	var s stuck
	mend := func(_ *kiosk.Settings, p *kiosk.Parts) {
		s = stuck{stopped: make(chan struct{})}
		p.Portal = s
	}
	inBubble(t, mend, func(r *running) {
		r.insert()
		r.pass(2 * time.Second)
		r.sees("fetching")
		r.cards.Remove("left")
		synctest.Wait()
		select {
		case <-s.stopped:
		default:
			t.Error("the portal is still asked for somebody who left")
		}
		r.sees("card-removed")
		if strings.Contains(r.log.String(), "asking for appointments") {
			t.Errorf("a request that was not wanted any more is in the log: %s", r.log.String())
		}
	})
}

func TestRunStopsWhileCommitting(t *testing.T) {
	inBubble(t, nil, func(r *running) {
		r.queue.Slow(4 * time.Second)
		r.confirm()
		r.sees("saving")
		r.stop()
		synctest.Wait()
		select {
		case err := <-r.ended:
			t.Fatalf("ended before the commit did: %v", err)
		default:
		}
		began := time.Now()
		err := <-r.ended
		if took := time.Since(began); err != nil || took != 4*time.Second {
			t.Errorf("ended after %v with %v", took, err)
		}
		if len(r.queue.Commits()) != 1 {
			t.Error("the commit was given up")
		}
		r.ended <- nil
	})
}

func TestRunStopsThoughACommitDoesNotEnd(t *testing.T) {
	inBubble(t, nil, func(r *running) {
		r.queue.Slow(time.Hour)
		r.confirm()
		r.stop()
		began := time.Now()
		err := <-r.ended
		if took := time.Since(began); err != nil || took > 20*time.Second {
			t.Errorf("ended after %v with %v", took, err)
		}
		r.ended <- nil
	})
}

// TestRunStopsAnywhere stops the booth at every moment of a visit.
func TestRunStopsAnywhere(t *testing.T) {
	for moment := 100 * time.Millisecond; moment < 8*time.Second; moment += 300 * time.Millisecond {
		inBubble(t, nil, func(r *running) {
			r.insert()
			for range int(moment / (100 * time.Millisecond)) {
				r.pass(100 * time.Millisecond)
				if word(r.view()) == "confirm" {
					r.press()
				}
			}
		})
	}
}

func TestRunLateCommit(t *testing.T) {
	inBubble(t, func(_ *kiosk.Settings, p *kiosk.Parts) { p.Queue = &deaf{p.Queue} }, func(r *running) {
		r.queue.Slow(30 * time.Second)
		r.confirm()
		r.pass(26 * time.Second)
		r.sees("commit-failed")
		r.pass(5 * time.Second)
		r.sees("commit-failed")
		if !strings.Contains(r.log.String(), "committed too late") || len(r.queue.Commits()) != 1 {
			t.Errorf("nobody is told: %s", r.log.String())
		}
	})
}

// deaf is a queue that does not hear that its time is over.
type deaf struct{ kiosk.Queue }

func (d *deaf) Commit(ctx context.Context, c kiosk.CheckIn) (string, error) {
	return d.Queue.Commit(context.WithoutCancel(ctx), c)
}

func TestRunPortalAwayAfter(t *testing.T) {
	inBubble(t, nil, func(r *running) {
		r.queue.Away()
		r.confirm()
		r.pass(5*time.Second + 2*time.Second)
		r.sees("ticket-printed+desk")
	})
}

func TestRunCommitFails(t *testing.T) {
	inBubble(t, nil, func(r *running) {
		r.queue.Fail(errFull)
		r.confirm()
		r.sees("commit-failed")
		if len(r.tickets.Printed()) != 0 {
			t.Error("a ticket for a check-in that is none")
		}
	})
}

func TestRunDoesNotTryAPrinterWithoutPaper(t *testing.T) {
	for _, tc := range []struct {
		name   string
		lost   error
		faults []printer.Fault
	}{
		{"no paper", nil, []printer.Fault{printer.PaperEnd}},
		{"lost", errors.New("no such tty"), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, nil, func(r *running) {
				r.tickets.Be(tc.lost, tc.faults...)
				r.confirm()
				r.sees("ticket-none")
				if len(r.tickets.Printed()) != 0 {
					t.Error("it was tried")
				}
			})
		})
	}
}

// TestRunSlowScreen holds that a screen that was stuck shows what is now, and
// nothing of what was in between: somebody else may stand there by then.
func TestRunSlowScreen(t *testing.T) {
	var free chan struct{}
	mend := func(_ *kiosk.Settings, p *kiosk.Parts) {
		free = make(chan struct{})
		show := p.Show
		p.Show = func(v kiosk.View) {
			if v.Screen == kiosk.ScreenReading {
				<-free
			}
			show(v)
		}
	}
	inBubble(t, mend, func(r *running) {
		r.insert()
		r.pass(3 * time.Second)
		r.cards.Remove("left")
		r.pass(time.Minute)
		r.sees("welcome")
		close(free)
		synctest.Wait()
		if got, want := r.trail(), "welcome reading welcome"; got != want {
			t.Errorf("seen %s, want %s", got, want)
		}
	})
}

func TestRunWatchEnds(t *testing.T) {
	gone := errors.New("gone")
	for _, tc := range []struct {
		err  error
		want string
	}{
		{gone, "watching the readers: gone"}, {nil, "watching the readers: ended by itself"},
	} {
		inBubble(t, nil, func(r *running) {
			r.cards.End(tc.err)
			err := <-r.ended
			if err == nil || err.Error() != tc.want || tc.err != nil && !errors.Is(err, tc.err) {
				t.Errorf("ended with %v", err)
			}
			r.ended <- nil
		})
	}
}

func TestRunIncomplete(t *testing.T) {
	for want, mend := range map[string]func(*kiosk.Settings, *kiosk.Parts){
		"no readers": func(_ *kiosk.Settings, p *kiosk.Parts) { p.Cards = nil },
		"no portal":  func(_ *kiosk.Settings, p *kiosk.Parts) { p.Portal = nil },
		"no queue":   func(_ *kiosk.Settings, p *kiosk.Parts) { p.Queue = nil },
		"no printer": func(_ *kiosk.Settings, p *kiosk.Parts) { p.Tickets = nil },
		"code cards": func(_ *kiosk.Settings, p *kiosk.Parts) { p.CodeCards = nil },
		"no screen":  func(_ *kiosk.Settings, p *kiosk.Parts) { p.Show = nil },
		"no texts":   func(s *kiosk.Settings, _ *kiosk.Parts) { s.Texts = nil },
	} {
		s := settings(t)
		p := kiosk.Parts{
			Cards: kiosktest.NewCards(), Portal: &kiosktest.Portal{}, Queue: &kiosktest.Queue{},
			Tickets: &kiosktest.Tickets{}, CodeCards: &kiosktest.CodeCards{}, Show: func(kiosk.View) {},
		}
		mend(&s, &p)
		if err := kiosk.New(s, p).Run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestPressNeverWaits presses a booth that takes nothing.
func TestPressNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := kiosk.New(settings(t), kiosk.Parts{})
		for range 10000 {
			k.Press(kiosk.Press{Do: "confirm"})
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := k.Health(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a booth that does not run says %v", err)
		}
	})
}

// TestRunStorm presses and pulls as fast as it goes.
func TestRunStorm(t *testing.T) {
	inBubble(t, nil, func(r *running) {
		for i := range 200 {
			r.insert()
			for _, do := range []string{"confirm", "stop", "language", "choose"} {
				r.kiosk.Press(kiosk.Press{Seq: uint64(i), Do: do, Choice: "fr"})
			}
			r.pass(time.Duration(i) * 20 * time.Millisecond)
			r.cards.Remove("left")
		}
		r.pass(3 * time.Minute)
		r.sees("welcome")
		h, err := r.kiosk.Health(r.t.Context())
		if err != nil || h.Visits == 0 || r.cards.Reads() != int(h.Visits) {
			t.Errorf("%d visits, %d reads, %v", h.Visits, r.cards.Reads(), err)
		}
	})
}
