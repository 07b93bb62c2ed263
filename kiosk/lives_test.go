package kiosk_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/kiosk/kiosktest"
	"balie/printer"
)

// life is a booth to which anything happens, in any order.
type life struct {
	*booth
	t         *rapid.T
	last      kiosk.Input     // the last outcome that came
	committed map[uint64]bool // was said to be on disk
	commits   map[uint64]int
	begun     map[uint64]bool // something was started that ends with the visit
	runs      map[uint64]bool // and has not come back
	forgotten map[uint64]bool
	cards     map[uuid.UUID]string // what became of each code card that was reserved
}

// TestLives holds what must be so whatever happens to a booth.
func TestLives(t *testing.T) {
	all := settings(t)
	rapid.Check(t, func(t *rapid.T) {
		s := all
		s.Printer = rapid.IntRange(0, 4).Draw(t, "printer") > 0
		s.PIN = rapid.SampledFrom([]kiosk.PIN{"", kiosk.PINReader, kiosk.PINScreen, kiosk.PINScreen}).Draw(t, "pin")
		l := &life{
			booth: newBooth(t, s), t: t, committed: map[uint64]bool{}, commits: map[uint64]int{},
			begun: map[uint64]bool{}, runs: map[uint64]bool{}, forgotten: map[uint64]bool{}, cards: map[uuid.UUID]string{},
		}
		l.give(change(kiosk.ReaderReady, "left"))
		l.give(change(kiosk.ReaderReady, "right"))
		l.wait(time.Second)
		t.Repeat(map[string]func(*rapid.T){
			"card":        l.card,
			"honest card": l.honestCard,
			"answer":      l.answer,
			"well":        l.answerWell,
			"on":          l.on,
			"ghost":       l.ghost,
			"twice":       func(*rapid.T) { l.give(l.last) },
			"press":       l.press,
			"press again": l.press,
			"asks":        l.asks,
			"code card":   l.codeCard,
			"letter":      func(*rapid.T) { l.give(kiosk.Scanned{Code: secret.NewText("A-0042-7613")}) },
			"stale":       l.stale,
			"time":        func(t *rapid.T) { l.wait(draw(t, seconds(90))) },
			"late":        l.late,
			"printer":     func(t *rapid.T) { l.printer = draw(t, printerAnswers()) },
		})
		l.wait(5 * time.Minute)
		if v := l.s.View(); v.Screen != kiosk.ScreenWelcome && v.Screen != kiosk.ScreenClosed {
			t.Fatalf("five minutes after anything happened the screen is %s; seen: %s", word(v), l.trail())
		}
		if l.s.Visit.Stage != kiosk.NoVisit || l.s.Language != "nl" {
			t.Fatalf("somebody is left: %+v in %s", l.s.Visit, l.s.Language)
		}
		for _, became := range l.cards {
			if became == "reserved" {
				t.Fatal("a code card is neither issued nor void")
			}
		}
	})
}

func draw[V any](t *rapid.T, g *rapid.Generator[V]) V { return g.Draw(t, "x") }

func seconds(most int) *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.IntRange(0, 10*most), func(n int) time.Duration { return time.Duration(n) * 100 * time.Millisecond })
}

func errs(list ...error) *rapid.Generator[error] {
	return rapid.SampledFrom(append(list, errors.New("other")))
}

func change(kind kiosk.CardEventKind, reader string) kiosk.Input {
	return kiosk.CardChanged{CardEvent: kiosk.CardEvent{Kind: kind, Reader: reader}}
}

// wait is pass, with every step held.
func (l *life) wait(d time.Duration) {
	until := l.now.Add(d)
	l.give(kiosk.Tick{})
	for wake := l.s.Wake(); !wake.IsZero() && !wake.After(until); wake = l.s.Wake() {
		if !wake.After(l.now) {
			l.t.Fatalf("woken at %v, wants to be woken at %v", l.now, wake)
		}
		l.now = wake
		l.give(kiosk.Tick{})
	}
	l.now = until
}

// card is anything at a reader, also what cannot be.
func (l *life) card(t *rapid.T) {
	kind := kiosk.CardEventKind(rapid.IntRange(0, int(kiosk.ReaderClaimed)+1).Draw(t, "kind"))
	l.give(change(kind, rapid.SampledFrom([]string{"left", "right", "third", ""}).Draw(t, "reader")))
}

func (l *life) honestCard(t *rapid.T) {
	reader := rapid.SampledFrom([]string{"left", "right"}).Draw(t, "reader")
	l.give(change(kiosk.CardRemoved, reader))
	l.wait(draw(t, seconds(2)))
	l.give(change(kiosk.CardInserted, reader))
}

// answer answers one of the effects, well or not.
func (l *life) answer(t *rapid.T) { l.outcome(t, func() bool { return rapid.Bool().Draw(t, "well") }) }

func (l *life) answerWell(t *rapid.T) { l.outcome(t, func() bool { return true }) }

func (l *life) outcome(t *rapid.T, well func() bool) {
	if len(l.pending) == 0 {
		return
	}
	i := rapid.IntRange(0, len(l.pending)-1).Draw(t, "which")
	e := l.pending[i]
	l.pending = slices.Delete(l.pending, i, i+1)
	l.settle(t, e, well)
}

// on goes on with a visit as most do, some steps far.
func (l *life) on(t *rapid.T) {
	for range rapid.IntRange(1, 8).Draw(t, "steps") {
		v := l.s.View()
		switch n := len(l.pending); {
		case v.Screen == kiosk.ScreenWelcome:
			l.honestCard(t)
		case v.Screen == kiosk.ScreenChoose, v.Screen == kiosk.ScreenConfirm, v.Screen == kiosk.ScreenPIN, v.Screen == kiosk.ScreenAsk:
			l.give(kiosk.Pressed{Press: kiosk.Press{Seq: v.Seq, Do: v.Buttons[0].Do, Choice: v.Buttons[0].Choice}})
		case n > 0:
			e := l.pending[n-1]
			l.pending = l.pending[:n-1]
			l.settle(t, e, func() bool { return true })
		}
	}
}

// settle gives the outcome of an effect.
func (l *life) settle(t *rapid.T, e kiosk.Effect, well func() bool) {
	switch e := e.(type) {
	case kiosk.ReadCard:
		l.give(kiosk.CardSeen{Visit: e.Visit, Identity: kiosktest.Identity()})
		l.give(cardRead(t, e.Visit, well()))
	case kiosk.Fetch:
		l.give(fetch(t, e.Visit, well()))
	case kiosk.PrepareHolder:
		l.give(holderReady(t, e.Visit, well()))
	case kiosk.ProveHolder:
		l.give(holderProved(t, e.Visit, well()))
	case kiosk.FetchLater:
		f := fetch(t, e.Visit, well()).(kiosk.Fetched)
		l.give(kiosk.FetchedLater{Visit: e.Visit, Appointments: f.Appointments, Err: f.Err})
	case kiosk.FetchLetter:
		l.give(fetch(t, e.Visit, well()))
	case kiosk.CallStaff:
		l.give(kiosk.StaffCalled{Visit: e.Visit, Err: fetch(t, e.Visit, well()).(kiosk.Fetched).Err})
	case kiosk.AwaitStaff:
		l.give(kiosk.StaffComes{Visit: e.Visit})
	case kiosk.RegisterApp:
		l.give(kiosk.AppRegistered{Visit: e.Visit, Code: secret.NewText("4T9QWB7K"), Until: l.now, Err: fetch(t, e.Visit, well()).(kiosk.Fetched).Err})
	case kiosk.Cancel:
		l.give(kiosk.Cancelled{Visit: e.Visit, Err: fetch(t, e.Visit, well()).(kiosk.Fetched).Err})
	case kiosk.FetchContact:
		l.give(kiosk.Contacted{Visit: e.Visit, Contact: someone, Err: fetch(t, e.Visit, well()).(kiosk.Fetched).Err})
	case kiosk.SetContact:
		l.give(kiosk.Contacted{Visit: e.Visit, Contact: e.Contact, Saved: true, Err: fetch(t, e.Visit, well()).(kiosk.Fetched).Err})
	case kiosk.CommitBlock:
		l.give(kiosk.BlockKept{Visit: e.Visit, Err: commit(e.Visit, well()).(kiosk.Committed).Err})
	case kiosk.ForCard:
		l.give(kiosk.CardStep{Visit: e.Visit, In: cardStep(t, e.Do, well())})
	case kiosk.Commit:
		l.give(commit(e.Visit, well()))
	case kiosk.AwaitDelivery:
		l.give(delivery(t, e.Visit, well()))
	case kiosk.PrintTicket:
		l.give(ticketDone(t, e.Visit))
	case kiosk.PrintSlip:
		d := ticketDone(t, e.Visit).(kiosk.TicketDone)
		l.give(kiosk.SlipDone{Visit: d.Visit, Result: d.Result})
	}
}

// delivery is the portal's word; one that is not well may be a refusal.
func delivery(t *rapid.T, visit uint64, well bool) kiosk.Delivery {
	return kiosk.Delivery{Visit: visit, Delivered: well, Refused: !well && rapid.Bool().Draw(t, "refused")}
}

// ghost is an outcome that nobody asked for, of this visit or another.
func (l *life) ghost(t *rapid.T) {
	visit := rapid.Uint64Range(0, l.s.LastVisit+1).Draw(t, "visit")
	well := rapid.Bool().Draw(t, "well")
	switch rapid.IntRange(0, 9).Draw(t, "ghost") {
	case 8:
		l.give(holderReady(t, visit, well))
	case 9:
		l.give(holderProved(t, visit, well))
	case 0:
		l.give(kiosk.CardSeen{Visit: visit, Identity: kiosktest.Identity()})
	case 1:
		l.give(cardRead(t, visit, well))
	case 2:
		l.give(fetch(t, visit, well))
	case 3:
		l.give(delivery(t, visit, well))
	case 4:
		l.give(ticketDone(t, visit))
	case 5:
		l.give(*draw(t, printerAnswers().Filter(func(a *kiosk.PrinterAnswered) bool { return a != nil })))
	case 6:
		l.give(nil)
	case 7:
		l.give(kiosk.SlipDone{Visit: visit})
	}
}

func cardRead(t *rapid.T, visit uint64, well bool) kiosk.Input {
	if !well {
		return kiosk.CardRead{Visit: visit, Err: draw(t, errs(kiosk.ErrCardForeign, kiosk.ErrCardRemoved, kiosk.ErrCardUnreadable))}
	}
	r := kiosktest.Record()
	r.Identity.BirthDate = secret.NewText(rapid.SampledFrom([]string{"1985-03-04", "1985", "2019-01-01", ""}).Draw(t, "birth"))
	check := rapid.SampledFrom([]eid.Check{eid.Valid, eid.Valid, eid.Valid, eid.Invalid, eid.Test, eid.Absent})
	r.Checks.Chain, r.Checks.Validity = draw(t, check), draw(t, check)
	return kiosk.CardRead{Visit: visit, Record: r}
}

func fetch(t *rapid.T, visit uint64, well bool) kiosk.Input {
	if !well {
		return kiosk.Fetched{Visit: visit, Err: draw(t, errs(kiosk.ErrPortalAway, kiosk.ErrPatientUnknown, kiosk.ErrCardRefused))}
	}
	one := rapid.Custom(func(t *rapid.T) kiosk.Appointment {
		a := in(rapid.Float64Range(-2, 4).Draw(t, "hours"))
		a.Video = rapid.IntRange(0, 9).Draw(t, "video") == 0
		a.CheckedIn = rapid.IntRange(0, 2).Draw(t, "checked in") == 0
		a.Ticket = rapid.SampledFrom([]string{"", "K1-007"}).Draw(t, "ticket")
		a.Campus = rapid.SampledFrom([]string{"", "", "", "Pellenberg"}).Draw(t, "campus")
		return a
	})
	return kiosk.Fetched{Visit: visit, Appointments: rapid.SliceOfN(one, 0, 4).Draw(t, "appointments")}
}

func holderReady(t *rapid.T, visit uint64, well bool) kiosk.Input {
	in := kiosk.HolderReady{Visit: visit, Pinpad: rapid.Bool().Draw(t, "pinpad"), Tries: rapid.IntRange(0, 3).Draw(t, "tries")}
	if !well {
		in.Err = draw(t, errs(kiosk.ErrPINOldCard, kiosk.ErrPINBlocked, kiosk.ErrCardRemoved))
	}
	return in
}

func holderProved(t *rapid.T, visit uint64, well bool) kiosk.Input {
	in := kiosk.HolderProved{Visit: visit, Tries: rapid.IntRange(0, 3).Draw(t, "tries"), Holder: eid.HolderProof{Signature: []byte{1}}}
	if !well {
		in.Err = draw(t, errs(pinErrors()...))
	}
	return in
}

// cardStep is an outcome of something done for a code card.
func cardStep(t *rapid.T, e codecard.Effect, well bool) codecard.Input {
	portal := func() error {
		if well {
			return nil
		}
		return draw(t, errs(codecard.ErrAway, codecard.ErrUnknown, codecard.ErrRefused, codecard.ErrDesk, codecard.ErrUnkept))
	}
	switch e.(type) {
	case codecard.AskAccount:
		return codecard.Account{Exists: rapid.Bool().Draw(t, "account"), HasCard: rapid.Bool().Draw(t, "card"), Locked: !well && rapid.Bool().Draw(t, "locked"), Err: portal()}
	case codecard.Reserve:
		return codecard.Reserved{Number: rapid.IntRange(1, 24).Draw(t, "number"), New: rapid.Bool().Draw(t, "new"), Err: portal()}
	case codecard.Print, codecard.PrintSlip, codecard.Await:
		if well {
			return codecard.Paper{Held: rapid.Bool().Draw(t, "held"), Outcome: printer.Taken}
		}
		return codecard.Paper{Outcome: printer.Outcome(rapid.IntRange(0, int(printer.Retracted)).Draw(t, "outcome"))}
	case codecard.Check:
		return codecard.Checked{Right: well}
	case codecard.Issue:
		return codecard.Kept{Err: portal()}
	case codecard.AwaitActive:
		return codecard.Active{Delivered: well, Refused: !well && rapid.Bool().Draw(t, "refused")}
	}
	return nil
}

func commit(visit uint64, well bool) kiosk.Input {
	if !well {
		return kiosk.Committed{Visit: visit, Err: errFull}
	}
	return kiosk.Committed{Visit: visit, Ticket: "K1-042"}
}

func ticketDone(t *rapid.T, visit uint64) kiosk.Input {
	outcome := printer.Outcome(rapid.IntRange(0, int(printer.Confirmed)).Draw(t, "outcome"))
	return kiosk.TicketDone{Visit: visit, Result: printer.Result{Outcome: outcome, Status: printer.Status{Faults: draw(t, faults())}}}
}

func faults() *rapid.Generator[[]printer.Fault] {
	return rapid.SliceOfN(rapid.SampledFrom([]printer.Fault{printer.PaperNearEnd, printer.PaperEnd, printer.CoverOpen, "new"}), 0, 2)
}

// printerAnswers are what a printer can say, nil for nothing.
func printerAnswers() *rapid.Generator[*kiosk.PrinterAnswered] {
	return rapid.Custom(func(t *rapid.T) *kiosk.PrinterAnswered {
		switch rapid.IntRange(0, 2).Draw(t, "says") {
		case 0:
			return nil
		case 1:
			return &kiosk.PrinterAnswered{Err: errors.New("no such tty")}
		}
		return &kiosk.PrinterAnswered{Status: printer.Status{Faults: draw(t, faults())}}
	})
}

// press presses a button that is shown.
func (l *life) press(t *rapid.T) {
	v := l.s.View()
	presses := []kiosk.Press{{Do: "language", Choice: rapid.SampledFrom(v.Languages).Draw(t, "language")}}
	for _, b := range v.Buttons {
		presses = append(presses, kiosk.Press{Do: b.Do, Choice: b.Choice})
	}
	p := rapid.SampledFrom(presses[min(1, len(presses)-1):]).Draw(t, "button")
	p.Seq = v.Seq
	l.give(kiosk.Pressed{Press: p})
}

// asks goes about without a card: to help, the app or a question, and on in it.
func (l *life) asks(t *rapid.T) {
	if l.s.Visit.Stage != kiosk.NoVisit && l.s.Visit.Stage != kiosk.Informing {
		return
	}
	for range rapid.IntRange(1, 6).Draw(t, "presses") {
		v := l.s.View()
		if len(v.Buttons) == 0 {
			return
		}
		b := rapid.SampledFrom(v.Buttons).Draw(t, "button")
		l.give(kiosk.Pressed{Press: kiosk.Press{Seq: v.Seq, Do: b.Do, Choice: b.Choice}})
	}
}

// codeCard goes some steps towards a code card.
func (l *life) codeCard(t *rapid.T) {
	for range rapid.IntRange(1, 30).Draw(t, "steps") {
		v := l.s.View()
		wanted := slices.IndexFunc(v.Buttons, func(b kiosk.Button) bool {
			return slices.Contains([]string{"more", "codecard", "pin", "make-card", "code"}, b.Do)
		})
		switch n := len(l.pending); {
		case wanted >= 0:
			l.give(kiosk.Pressed{Press: kiosk.Press{Seq: v.Seq, Do: v.Buttons[wanted].Do}})
		case n > 0:
			e := l.pending[n-1]
			l.pending = l.pending[:n-1]
			l.settle(t, e, func() bool { return true })
		case v.Screen == kiosk.ScreenWelcome:
			l.honestCard(t)
		}
	}
}

// stale presses what is not on the screen, or not on the one that is shown now.
func (l *life) stale(t *rapid.T) {
	l.give(kiosk.Tick{}) // whatever is due now
	v := l.s.View()
	p := kiosk.Press{
		Seq:    rapid.SampledFrom([]uint64{v.Seq, v.Seq - 1, v.Seq + 1, 0}).Draw(t, "seq"),
		Do:     rapid.SampledFrom([]string{"confirm", "stop", "stay", "choose", "back", "help", "app", "questions", "topic", "next", "print", "later", "pin", "language", "", "void"}).Draw(t, "do"),
		Choice: rapid.SampledFrom([]string{"", "0", "1", "9", "-1", "nl", "fr", "xx"}).Draw(t, "choice"),
	}
	if p.Seq == v.Seq && v.Offers(p) {
		return
	}
	before := l.s
	effects := l.give(kiosk.Pressed{Press: p})
	if !reflect.DeepEqual(before, l.s) || len(effects) > 0 {
		t.Fatalf("%+v, which was not offered, did something: %v", p, effects)
	}
}

// late is a press or an outcome that comes when time ran out and nothing had woken
// the booth, or by a clock that went back.
func (l *life) late(t *rapid.T) {
	back := l.now
	if rapid.Bool().Draw(t, "back") {
		l.now = l.now.Add(-draw(t, seconds(10)))
		l.press(t)
		l.now = back
		return
	}
	l.now = l.now.Add(draw(t, seconds(90)))
	if rapid.Bool().Draw(t, "answer") {
		l.answer(t)
		return
	}
	l.press(t)
}

// give gives the booth an input and holds what must be so.
func (l *life) give(in kiosk.Input) []kiosk.Effect {
	l.comes(in)
	before := l.s
	wrote := fmt.Sprintf("%#v", before)
	effects := l.event(l.at(in))
	if got := fmt.Sprintf("%#v", before); got != wrote {
		l.t.Fatalf("Step changed the state it was given:\n got %s\nwant %s", got, wrote)
	}
	l.views = l.views[max(0, len(l.views)-20):]
	l.effects = nil
	for _, e := range effects {
		l.effect(in, e)
	}
	l.hold(in, before)
	if l.printer != nil && asks(effects) {
		l.give(*l.printer)
	}
	return effects
}
