package desk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/printer"
)

// canary is a family name that is in nothing that can be printed.
const canary = "KANARIEVOGEL"

// TestWalks takes random walks: whatever is pressed, put in, late, or never comes, there is
// a screen with a way on, nobody is signed in without an outcome that says so, nothing is
// committed that was not attested, and whom it was about is forgotten with the task.
func TestWalks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shared := rapid.Bool().Draw(rt, "shared")
		w := &walk{rt: rt, s: Start(Settings{Languages: []string{"nl", "de"}, Printer: true, Shared: shared, CodeCards: true, PIN: kiosk.PINScreen, Texts: texts{}}, noon), at: noon}
		for range rapid.IntRange(1, 80).Draw(rt, "steps") {
			w.step(w.next())
		}
		for range 12 { // and left alone, it ends where it began
			w.at = w.at.Add(4 * time.Minute)
			w.step(Tick{})
		}
		if w.s.signedIn() || w.s.Task.Kind != "" || shared != (w.s.Stage == Away) {
			rt.Errorf("left alone it stays at %d, %+v", w.s.Stage, w.s.Task)
		}
	})
}

type walk struct {
	rt      *rapid.T
	s       State
	at      time.Time
	pending []Effect // whose outcome may come
}

// next draws what happens next.
func (w *walk) next() Input {
	rt := w.rt
	switch rapid.IntRange(0, 9).Draw(rt, "kind") {
	case 0:
		w.at = w.at.Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "seconds")) * time.Second)
		return Tick{}
	case 1:
		return Opened{}
	case 2, 3:
		kind := rapid.SampledFrom([]kiosk.CardEventKind{kiosk.ReaderReady, kiosk.ReaderLost, kiosk.CardInserted, kiosk.CardRemoved, kiosk.CardMute, kiosk.CardsDown, kiosk.CardsUp, kiosk.ReaderClaimed}).Draw(rt, "event")
		return CardChanged{kiosk.CardEvent{Kind: kind, Reader: rapid.SampledFrom([]string{"A", "B"}).Draw(rt, "reader")}}
	case 4, 5, 6:
		if len(w.pending) > 0 {
			i := rapid.IntRange(0, len(w.pending)-1).Draw(rt, "which")
			e := w.pending[i]
			w.pending = slices.Delete(slices.Clone(w.pending), i, i+1)
			return w.outcome(e)
		}
	}
	press := kiosk.Press{Seq: w.s.Seq - uint64(rapid.IntRange(0, 1).Draw(rt, "late")), Do: "confirm"}
	if buttons := w.s.View().Buttons; len(buttons) > 0 {
		b := rapid.SampledFrom(buttons).Draw(rt, "button")
		press.Do, press.Choice = b.Do, b.Choice
	}
	press.Values = map[string]secret.Text{
		"badge": secret.NewText("00"), "name": secret.NewText(canary), "number": secret.NewText(rapid.SampledFrom([]string{"", "E1000000004", "17030599736"}).Draw(rt, "number")),
		"code": secret.NewText("ABCDEF"), "birth": secret.NewText("05/03/2017"), "again": secret.NewText(rapid.SampledFrom([]string{"05/03/2017", "x"}).Draw(rt, "again")),
	}
	return Pressed{press}
}

// outcome draws how something that was asked for went.
func (w *walk) outcome(e Effect) Input {
	var err error
	if rapid.IntRange(0, 3).Draw(w.rt, "fails") == 0 {
		err = rapid.SampledFrom([]error{ErrNotStaff, ErrNoList, ErrNotRecorded, kiosk.ErrPINWrong, kiosk.ErrCardUnreadable, kiosk.ErrPortalAway, kiosk.ErrPatientUnknown}).Draw(w.rt, "error")
	}
	clerk := Clerk{ID: "kaat", Name: "Kaat"}
	switch e := e.(type) {
	case CheckBadge:
		return SignedIn{Run: e.Run, Clerk: clerk, Err: err}
	case ReadOwn:
		return OwnRead{Run: e.Run, Clerk: clerk, Tries: rapid.IntRange(0, 3).Draw(w.rt, "tries"), Pinpad: rapid.Bool().Draw(w.rt, "pinpad"), Err: err}
	case ProveOwn:
		return OwnProved{Run: e.Run, Err: err}
	case ReadCard:
		r := rapid.SampledFrom([]eid.Record{
			record("An", canary, "84051799897", "1984-05-17"), record("Lucas", canary, "17030599736", "2017-03-05"), record("Ali", canary, "11000099702", "2011"),
		}).Draw(w.rt, "card")
		return CardRead{Run: e.Run, Reader: e.Reader, Record: r, Err: err}
	case AskAccount:
		return Accounted{Run: e.Run, Err: err}
	case CommitLink:
		return Committed{Run: e.Run, Err: err}
	case CommitBlock:
		return Committed{Run: e.Run, Err: err}
	case Change:
		return Done{Run: e.Run, Err: err}
	case AskCard:
		return CardKnown{Run: e.Run, State: "active", Err: err}
	case MakeCard:
		return MadeOn{Run: e.Run, In: w.made(e.Make.Do, err != nil)}
	case AwaitDelivery:
		return Delivery{Run: e.Run, Delivered: err == nil, Refused: rapid.SampledFrom([]string{"", "patient-unknown", "x"}).Draw(w.rt, "refused")}
	case Print:
		return Printed{Run: e.Run, Result: printer.Result{Outcome: printer.Confirmed}, Err: err}
	}
	return Tick{}
}

// made draws how an effect of a code card went.
func (w *walk) made(e codecard.Effect, fails bool) codecard.Input {
	outcome := printer.Confirmed
	if fails {
		outcome = rapid.SampledFrom([]printer.Outcome{printer.NotSent, printer.Retracted, printer.Unknown}).Draw(w.rt, "outcome")
	}
	switch e.(type) {
	case codecard.AskAccount:
		return codecard.Account{Exists: rapid.Bool().Draw(w.rt, "exists"), Locked: fails}
	case codecard.Reserve:
		return codecard.Reserved{Number: 3, New: true}
	case codecard.Print, codecard.PrintSlip:
		return codecard.Paper{Held: rapid.Bool().Draw(w.rt, "held"), Outcome: outcome}
	case codecard.Await:
		return codecard.Paper{Outcome: outcome}
	case codecard.Check:
		return codecard.Checked{Right: !fails}
	case codecard.Issue:
		return codecard.Kept{}
	case codecard.AwaitActive:
		return codecard.Active{Delivered: !fails}
	}
	return nil
}

// step takes a step, and holds what must be so after every one.
func (w *walk) step(in Input) {
	before := w.s
	next, effects := Step(w.s, Event{At: w.at, ID: uuid.UUID{1}, ClockKnown: rapid.IntRange(0, 4).Draw(w.rt, "clock") > 0, Input: in})
	w.s = next
	v := next.View()
	if next.signedIn() && !before.signedIn() && !signs(in) {
		w.rt.Fatalf("%T signs someone in", in)
	}
	for _, e := range effects {
		if c, ok := e.(CommitLink); ok && (!before.Task.attested() || !c.Unlink && len(c.Link.Documents) == 0 || !before.signedIn()) {
			w.rt.Fatalf("committed without being attested: %+v", before.Task)
		}
		w.pending = append(w.pending, e)
	}
	stuck := v.Screen == kiosk.ScreenStaff && len(v.Buttons) == 0 && next.EndsAt.IsZero() && next.BarredUntil.IsZero()
	if stuck || next.Stage == Menu && next.Task.Kind != "" {
		w.rt.Fatalf("no way on from %d, or something is left of a task", next.Stage)
	}
	if said := fmt.Sprintf("%+v %v %+v %v", next, next, v, effects); strings.Contains(said, canary) {
		w.rt.Fatalf("a name can be printed by %T", in)
	}
}

func signs(in Input) bool {
	switch in := in.(type) {
	case SignedIn:
		return in.Err == nil
	case OwnProved:
		return in.Err == nil
	}
	return false
}
