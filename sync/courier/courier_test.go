package courier_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// with runs a test on a booth under a clock that moves only when everything waits.
// Jitter always picks the whole limit.
func with(t *testing.T, test func(t *testing.T, b *booth)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t, dir)
		defer b.close()
		test(t, b)
		synctest.Wait()
		b.opens()
	})
}

// settled waits until everything that can happen now has happened.
func settled() { synctest.Wait() }

// later moves the clock.
func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestWhatIsAddedArrivesAtOnce(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		b.start()
		settled()
		started := time.Now()
		id := b.add("", 0)
		if err := b.courier.Delivered(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(started); waited != 0 {
			t.Errorf("it took %v", waited)
		}
		if err := b.courier.Delivered(t.Context(), id); err != nil {
			t.Errorf("asked afterwards: %v", err)
		}
		settled()
		s := b.state()
		if !s.Reachable || s.Stopped || s.Error != "" || s.LastOK.IsZero() || s.Waiting != 0 || !s.NextTry.After(time.Now()) {
			t.Errorf("%+v", s)
		}
	})
}

func TestABacklogGoesInOrderAndInBatches(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		var want []uuid.UUID
		for range 250 {
			want = append(want, b.add("", 0))
		}
		urgent := b.add("", 100)
		b.start()
		later(time.Minute)
		if got := b.portal.taken(); !slices.Equal(got, append([]uuid.UUID{urgent}, want...)) {
			t.Errorf("%d actions arrived, or in another order", len(got))
		}
		var sizes []int
		for _, batch := range b.portal.seen() {
			sizes = append(sizes, len(batch.ids))
		}
		if !slices.Equal(sizes, []int{100, 100, 51}) {
			t.Errorf("batches of %v", sizes)
		}
	})
}

func TestLargeActionsGoInSmallBatches(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		for range 30 {
			_, err := b.Append(t.Context(), outbox.Action{
				ID: uuid.Must(uuid.NewV7()), Type: "check-in", OccurredAt: time.Now(),
				Body: func(uint64) ([]byte, error) { return append(make([]byte, 90<<10), canary...), nil },
			})
			must(t, err)
		}
		b.start()
		settled()
		for _, batch := range b.portal.seen() {
			if len(batch.ids) > 11 {
				t.Errorf("%d actions of 90 KiB in one batch", len(batch.ids))
			}
		}
		if got := len(b.portal.taken()); got != 30 {
			t.Errorf("%d arrived", got)
		}
	})
}

func TestBackOff(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		b.portal.answer(away)
		id := b.add("", 0)
		b.start()
		later(20 * time.Minute)
		var gaps []time.Duration
		seen := b.portal.seen()
		for i := range seen[:len(seen)-1] {
			gaps = append(gaps, seen[i+1].at.Sub(seen[i].at))
		}
		want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 300, 300, 300}
		for i := range want {
			want[i] *= time.Second
		}
		if !slices.Equal(gaps, want) {
			t.Errorf("waited %v\nwant   %v", gaps, want)
		}
		s := b.state()
		if s.Reachable || s.Stopped || s.Error != "away" || s.Waiting != 1 || !s.NextTry.After(time.Now()) || s.LastOK.IsZero() {
			t.Errorf("%+v", s)
		}
		b.portal.answer(nil)
		later(5 * time.Minute)
		if got := b.show(id); got.State != outbox.Acknowledged {
			t.Errorf("%+v", got)
		}
		b.portal.answer(away)
		b.add("", 0)
		settled()
		n := len(b.portal.seen())
		later(time.Second)
		if got := len(b.portal.seen()); got != n+1 {
			t.Error("success did not start the back-off anew")
		}
	})
}

func TestSomethingNewEndsABackOff(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		b.portal.answer(away)
		b.add("", 0)
		b.start()
		later(10 * time.Minute)
		b.portal.answer(nil)
		started := time.Now()
		for _, id := range []uuid.UUID{b.add("", 0), b.add("", 0)} {
			if err := b.courier.Delivered(t.Context(), id); err != nil || time.Since(started) != 0 {
				t.Errorf("after %v: %v", time.Since(started), err)
			}
		}
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		b.portal.answer(says(503, "unavailable", time.Minute))
		b.add("", 0)
		b.start()
		settled()
		if s := b.state(); s.Error != "unavailable" || !s.Reachable || !s.NextTry.Equal(time.Now().Add(61*time.Second)) {
			t.Errorf("%+v", s)
		}
		b.portal.answer(nil)
		b.add("", 0)
		later(59 * time.Second)
		if n := len(b.portal.seen()); n != 1 {
			t.Errorf("%d calls before the minute was over", n)
		}
		later(2 * time.Second)
		if got := len(b.portal.taken()); got != 2 {
			t.Errorf("%d arrived", got)
		}
		b.portal.answer(says(503, "", 70*365*24*time.Hour))
		b.add("", 0)
		settled()
		if s := b.state(); s.Error != "http-503" || time.Until(s.NextTry) > 25*time.Hour {
			t.Errorf("believes a rest of seventy years: %+v", s)
		}
		b.portal.answer(nil)
		b.courier.Try()
		settled()
		if got := len(b.portal.taken()); got != 3 {
			t.Errorf("%d arrived after a technician asked for it", got)
		}
	})
}

func TestAStoppedKioskKeepsItsQueue(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		want   string
	}{{410, "kiosk-stopped", "kiosk-stopped"}, {401, "unauthorized", "unauthorized"}, {403, "", "unauthorized"}, {401, "certificate-expired", "certificate-expired"}} {
		t.Run(tt.want, func(t *testing.T) {
			with(t, func(t *testing.T, b *booth) {
				takes := b.portal.self
				b.start()
				settled()
				b.portal.answer(says(tt.status, tt.code, 0))
				b.portal.answerSelf(func() (portal.Self, error) { return portal.Self{}, &portal.Error{Status: tt.status, Code: tt.code} })
				for range 3 {
					b.add("", 0)
				}
				later(time.Hour)
				if s := b.state(); !s.Stopped || !s.Reachable || s.Error != tt.want || s.Waiting != 3 || s.Parked != 0 {
					t.Errorf("%+v", s)
				}
				if n := len(b.portal.seen()); n > 3 {
					t.Errorf("sent %d batches to a portal that wants none", n)
				}
				if b.portal.selves < 5 {
					t.Errorf("asked only %d times in an hour whether it still holds", b.portal.selves)
				}
				b.portal.answerSelf(func() (portal.Self, error) { return portal.Self{}, errAway })
				n := len(b.portal.seen())
				later(time.Hour)
				if s := b.state(); !s.Stopped || s.Error != "away" || len(b.portal.seen()) != n {
					t.Errorf("stopped and away: %+v", s)
				}
				b.portal.answer(nil)
				b.portal.answerSelf(takes)
				later(10 * time.Minute)
				if s := b.state(); s.Stopped || s.Error != "" || s.Waiting != 0 || len(b.portal.taken()) != 3 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// What was sealed for one kiosk cannot be opened as another's; with the wrong token
// the whole queue would be refused for good.
func TestNothingIsSentAsAnotherKiosk(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		b.portal.answerSelf(func() (portal.Self, error) { return portal.Self{Kiosk: "K2"}, nil })
		b.add("", 0)
		b.start()
		later(time.Hour)
		if s := b.state(); !s.Stopped || s.Error != "other-kiosk" || s.Waiting != 1 || len(b.portal.seen()) != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestRefusedIsParkedWithItsCode(t *testing.T) {
	for code, want := range map[string]string{"patient-unknown": "patient-unknown", "": "refused", "An Peeters " + canary: "refused"} {
		t.Run(want, func(t *testing.T) {
			with(t, func(t *testing.T, b *booth) {
				first := b.add("a", 0)
				second, other := b.add("a", 0), b.add("", 0)
				b.portal.answer(each(func(d *double, a api.Action) api.ActionResult {
					if a.Id == first {
						return api.ActionResult{Id: a.Id, Status: api.Refused, Code: code}
					}
					return d.take(a)
				}))
				b.start()
				settled()
				if row := b.show(first); row.State != outbox.Parked || row.Reason != want || row.Bytes == 0 {
					t.Errorf("%+v", row)
				}
				if got := b.portal.taken(); !slices.Equal(got, []uuid.UUID{other, second}) {
					t.Errorf("arrived: %v", got)
				}
				if err := b.courier.Delivered(t.Context(), first); !errors.Is(err, outbox.ErrParked) {
					t.Errorf("got %v", err)
				}
				if s := b.state(); s.Parked != 1 || s.Waiting != 0 || s.Error != "" {
					t.Errorf("%+v", s)
				}
				b.portal.answer(nil)
				must(t, b.Retry(t.Context(), first))
				settled()
				if len(b.portal.taken()) != 3 {
					t.Error("a technician's retry was not sent at once")
				}
			})
		})
	}
}

func TestRetryLaterLetsTheOthersGo(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		busy, behind, other := b.add("a", 0), b.add("a", 0), b.add("b", 0)
		started := time.Now()
		b.portal.answer(each(func(d *double, a api.Action) api.ActionResult {
			if a.Id == busy && time.Since(started) < 2*time.Minute {
				return api.ActionResult{Id: a.Id, Status: api.Retry, Code: "busy", RetryAfter: 30}
			}
			return d.take(a)
		}))
		b.start()
		settled()
		if got := b.portal.taken(); !slices.Equal(got, []uuid.UUID{other}) {
			t.Errorf("arrived: %v", got)
		}
		if row := b.show(busy); row.Reason != "busy" || row.Attempts != 1 || !row.NotBefore.Equal(started.Add(31*time.Second)) {
			t.Errorf("%+v", row)
		}
		if s := b.state(); s.Error != "" {
			t.Errorf("%+v", s)
		}
		later(30 * time.Second)
		if n := len(b.portal.seen()); n != 1 {
			t.Errorf("%d batches before the thirty seconds were over", n)
		}
		later(5 * time.Minute)
		if got := b.portal.taken(); !slices.Equal(got, []uuid.UUID{other, busy, behind}) {
			t.Errorf("arrived: %v", got)
		}
	})
}

func TestOddAnswersAreNoAnswers(t *testing.T) {
	ok := func(id uuid.UUID) api.ActionResult { return api.ActionResult{Id: id, Status: api.Accepted} }
	tests := map[string]func(actions []api.Action) []api.ActionResult{
		"none":           func([]api.Action) []api.ActionResult { return nil },
		"another's":      func([]api.Action) []api.ActionResult { return []api.ActionResult{ok(uuid.New()), ok(uuid.Nil)} },
		"no status":      func(a []api.Action) []api.ActionResult { return []api.ActionResult{{Id: a[0].Id}} },
		"unknown status": func(a []api.Action) []api.ActionResult { return []api.ActionResult{{Id: a[0].Id, Status: "ACCEPTED"}} },
		"two that differ": func(a []api.Action) []api.ActionResult {
			return []api.ActionResult{ok(a[0].Id), {Id: a[0].Id, Status: api.Refused, Code: "bad-body"}, ok(a[0].Id)}
		},
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			with(t, func(t *testing.T, b *booth) {
				id := b.add("", 0)
				b.portal.answer(func(_ *double, actions []api.Action) ([]api.ActionResult, error) { return answer(actions), nil })
				b.start()
				later(10 * time.Second)
				if row := b.show(id); row.State != outbox.Pending || row.Reason != "odd-answer" || row.Attempts == 0 {
					t.Fatalf("%+v", row)
				}
				if s := b.state(); s.Error != "odd-answer" || !s.Reachable || s.Stopped {
					t.Errorf("%+v", s)
				}
				if n := len(b.portal.seen()); n < 2 || n > 5 {
					t.Errorf("%d tries in ten seconds", n)
				}
				b.portal.answer(nil)
				later(5 * time.Minute)
				if row := b.show(id); row.State != outbox.Acknowledged {
					t.Errorf("%+v", row)
				}
			})
		})
	}
}

func TestAnswersTwiceTheSameInAnotherOrder(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		for range 5 {
			b.add("", 0)
		}
		b.portal.answer(func(d *double, actions []api.Action) ([]api.ActionResult, error) {
			results := d.takeAll(actions)
			slices.Reverse(results)
			return append(results, results...), nil
		})
		b.start()
		settled()
		if s := b.state(); s.Waiting != 0 || s.Error != "" || len(b.portal.seen()) != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// One action that the portal takes for malformed must not hold the others, and a
// portal that takes everything for malformed must not park a queue.
func TestABatchRefusedAsAWhole(t *testing.T) {
	for _, status := range []struct {
		http int
		code string
	}{{400, "bad-request"}, {413, "too-large"}} {
		t.Run(status.code, func(t *testing.T) {
			with(t, func(t *testing.T, b *booth) {
				var poison uuid.UUID
				for i := range 150 {
					if id := b.add("", 0); i == 77 {
						poison = id
					}
				}
				b.portal.answer(func(d *double, actions []api.Action) ([]api.ActionResult, error) {
					if slices.ContainsFunc(actions, func(a api.Action) bool { return a.Id == poison }) {
						return says(status.http, status.code, 0)(d, actions)
					}
					return d.takeAll(actions), nil
				})
				b.start()
				later(10 * time.Second)
				if got := len(b.portal.taken()); got != 149 {
					t.Errorf("%d of 149 arrived", got)
				}
				if row := b.show(poison); row.State != outbox.Pending || row.Reason != status.code {
					t.Errorf("%+v", row)
				}
				if n := len(b.portal.seen()); n > 40 {
					t.Errorf("%d calls to find one action", n)
				}
				b.portal.answer(nil)
				later(5 * time.Minute)
				if row := b.show(poison); row.State != outbox.Acknowledged {
					t.Errorf("%+v", row)
				}
			})
		})
	}
}

// A 400 of a proxy says nothing of an action.
func TestAProxysRefusalSlowsDownOnly(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		id := b.add("", 0)
		b.portal.answer(says(400, "", 0))
		b.start()
		later(10 * time.Second)
		if row := b.show(id); row.Attempts != 0 || b.state().Error != "http-400" {
			t.Errorf("%+v", row)
		}
	})
}

func TestKeys(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		second, err := seal.NewOpener("k2")
		must(t, err)
		b.start()
		settled()
		if b.portal.selves != 1 {
			t.Errorf("asked %d times at the start", b.portal.selves)
		}
		b.portal.answerSelf(func() (portal.Self, error) {
			return portal.Self{Kiosk: kiosk, Keys: keySet(b.root, 2, second.Key(), b.opener.Key())}, nil
		})
		later(time.Hour)
		if got := b.ring.Current().ID; got != "k2" || b.state().Keys != "" {
			t.Errorf("seals to %s", got)
		}
		b.portal.answerSelf(func() (portal.Self, error) {
			return portal.Self{Kiosk: kiosk, Keys: keySet(b.root, 1, b.opener.Key())}, nil
		})
		later(time.Hour)
		if s := b.state(); s.Keys != "keys-old" || s.Error != "" {
			t.Errorf("%+v", s)
		}
		b.portal.answerSelf(func() (portal.Self, error) {
			forged := keySet(b.root, 3, b.opener.Key())
			forged.Signature = make([]byte, 64)
			return portal.Self{Kiosk: kiosk, Keys: forged}, nil
		})
		later(time.Hour)
		if got := b.ring.Current().ID; got != "k2" || b.state().Keys != "keys-not-signed" {
			t.Errorf("seals to %s, %+v", got, b.state())
		}
	})
}

// An action sealed to a key that is gone is parked; the newest keys are asked for at
// once, so that it is the only one.
func TestAnUnknownKeyIsAskedFor(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		b.start()
		settled()
		second, err := seal.NewOpener("k2")
		must(t, err)
		b.portal.answerSelf(func() (portal.Self, error) {
			return portal.Self{Kiosk: kiosk, Keys: keySet(b.root, 2, second.Key())}, nil
		})
		b.portal.answer(each(func(_ *double, a api.Action) api.ActionResult {
			return api.ActionResult{Id: a.Id, Status: api.Refused, Code: "unknown-key"}
		}))
		id := b.add("", 0)
		settled()
		if row := b.show(id); row.State != outbox.Parked || row.Reason != "unknown-key" || b.ring.Current().ID != "k2" {
			t.Errorf("%+v; seals to %s", row, b.ring.Current().ID)
		}
	})
}

// A portal whose self is broken still hears what people did.
func TestSelfIsNotNeededToCarry(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		b.portal.answerSelf(func() (portal.Self, error) { return portal.Self{}, &portal.Error{Status: 500} })
		b.add("", 0)
		b.start()
		settled()
		if len(b.portal.taken()) != 1 {
			t.Error("nothing arrived")
		}
		later(time.Minute)
		if s := b.state(); s.Error != "http-500" || b.portal.selves > 10 {
			t.Errorf("%+v after asking %d times", s, b.portal.selves)
		}
	})
}

func TestACounterThePortalSawIsNotGivenAgain(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		self, _ := b.portal.self()
		self.LastCounter = 4321
		b.portal.answerSelf(func() (portal.Self, error) { return self, nil })
		b.start()
		settled()
		if row := b.show(b.add("", 0)); row.Counter != 4322 {
			t.Errorf("counter %d", row.Counter)
		}
	})
}

// A portal that says it saw a counter to which no kiosk comes, as after somebody had this
// kiosk's certificate for a while, is sent what there is all the same.
func TestACounterThatIsTooFarStopsNothing(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		self, _ := b.portal.self()
		self.LastCounter = math.MaxInt64
		b.portal.answerSelf(func() (portal.Self, error) { return self, nil })
		b.add("", 0)
		b.start()
		settled()
		if s := b.state(); s.Error != "" || s.Waiting != 0 || len(b.portal.taken()) != 1 {
			t.Errorf("%+v, and %d arrived", s, len(b.portal.taken()))
		}
	})
}

func TestDeliveredEndsWithItsContext(t *testing.T) {
	with(t, func(t *testing.T, b *booth) {
		b.portal.answer(away)
		b.start()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		started := time.Now()
		if err := b.courier.Delivered(ctx, b.add("", 0)); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(started))
		}
		if err := b.courier.Delivered(t.Context(), uuid.New()); !errors.Is(err, outbox.ErrUnknown) {
			t.Errorf("got %v", err)
		}
	})
}
