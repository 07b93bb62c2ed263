package desk

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/printer"
)

func withCards(s *Settings) { s.CodeCards = true }

// typesAbroad types someone without a Belgian number, from a passport.
func (p *play) typesAbroad() {
	p.t.Helper()
	p.press("type", "")
	p.press("typed", "", "number", "E1000000008", "birth", "03/02/1991")
	p.press("document", "passport")
}

// TestNothingIsShownBeforeThePortalKnowsThem: a number with another birth date is as one
// that nobody has.
func TestNothingIsShownBeforeThePortalKnowsThem(t *testing.T) {
	for _, task := range []string{TaskBlock, TaskPassword, TaskUnlock} {
		p := newPlay(t, withCards)
		p.signIn()
		p.press("task", task)
		p.press("type", "")
		p.press("typed", "", "number", "x", "birth", "03/02/2991")
		if len(p.s.Wrong) != 2 {
			t.Errorf("%s: %v", task, p.s.Wrong)
		}
		p.press("typed", "", "number", "E1000000008", "birth", "03/02/1991")
		p.press("document", "passport")
		p.shows("staff.busy.title")
		ask := wants[AskAccount](p)
		if a := ask.Person; a.EAD.Reveal() != "E1000000008" || a.Birth.String() != "1991-02-03" || a.Document != "passport" || a.Reason != "no-chip" {
			t.Errorf("%s: %+v", task, a)
		}
		p.step(Accounted{Run: ask.Run, Err: fmt.Errorf("x: %w", kiosk.ErrPatientUnknown)})
		p.shows("staff.result.nobody")
		if facts := p.s.View().Staff.Facts; len(facts) != 0 {
			t.Errorf("%s: something is shown: %v", task, facts)
		}
	}
}

// TestWhatIsNotDone is each account for which there is nothing to do.
func TestWhatIsNotDone(t *testing.T) {
	for _, c := range []struct {
		task  string
		in    Accounted
		title string
	}{
		{TaskPassword, Accounted{Err: kiosk.ErrPortalAway}, "staff.result.away"},
		{TaskPassword, Accounted{Err: kiosk.ErrActionRefused}, "staff.result.refused"},
		{TaskPassword, Accounted{}, "staff.result.no-account"},
		{TaskPassword, Accounted{Account: Account{Deceased: true}}, "staff.result.deceased"},
		{TaskUnlock, Accounted{Account: Account{Exists: true}}, "staff.result.not-locked"},
	} {
		p := newPlay(t, withCards)
		p.signIn()
		p.press("task", c.task)
		p.card(kiosk.CardInserted, "A")
		p.step(CardRead{Run: wants[ReadCard](p).Run, Reader: "A", Record: an()})
		c.in.Run = wants[AskAccount](p).Run
		p.step(c.in)
		p.shows(c.title)
	}
	p := newPlay(t, withCards)
	p.signIn()
	p.press("task", TaskUnlock)
	p.typesAbroad()
	p.pass(checkTime)
	p.shows("staff.result.away")
}

// TestACardThatIsStillIn is of whoever was there before, and begins nothing of another.
func TestACardThatIsStillIn(t *testing.T) {
	p := newPlay(t, withCards)
	p.signIn()
	p.press("task", TaskLink)
	p.puts("A", an())
	p.press("stop", "")
	p.card(kiosk.CardInserted, "B")
	p.press("task", TaskUnlock)
	if read := wants[ReadCard](p); read.Reader != "B" || len(p.last) != 2 {
		t.Errorf("%v", p.last)
	}
}

func TestBlock(t *testing.T) {
	for _, c := range []struct {
		delivery Delivery
		title    string
	}{
		{Delivery{Delivered: true}, "staff.result.blocked"}, {Delivery{}, "staff.result.block-requested"}, {Delivery{Refused: "patient-unknown"}, "staff.result.unknown"},
	} {
		p := newPlay(t, nil)
		p.signIn()
		p.press("task", TaskBlock)
		p.typesAbroad()
		p.step(Accounted{Run: wants[AskAccount](p).Run, Err: kiosk.ErrPortalAway}) // it is taken all the same
		p.shows("staff.sure.block")
		p.press("sure", "")
		commit := wants[CommitBlock](p)
		if commit.Block.Person.EAD.Reveal() != "E1000000008" || commit.Block.ID != (uuid.UUID{p.n}) {
			t.Errorf("%+v", commit)
		}
		p.step(Committed{Run: commit.Run})
		c.delivery.Run = wants[AwaitDelivery](p).Run
		p.step(c.delivery)
		p.shows(c.title)
	}
}

func TestPasswordAndUnlock(t *testing.T) {
	for _, c := range []struct {
		task, title string
		err         error
	}{
		{TaskPassword, "staff.result.password", nil}, {TaskUnlock, "staff.result.unlocked", nil}, {TaskPassword, "staff.result.no-paper", ErrNoPaper},
		{TaskUnlock, "staff.result.not-recorded", ErrNotRecorded}, {TaskUnlock, "staff.result.away", errors.New("cut off")},
		{TaskPassword, "staff.result.not-kept", fmt.Errorf("%w: %w", ErrUnsure, kiosk.ErrPortalAway)},
	} {
		p := newPlay(t, withCards)
		p.signIn()
		p.press("task", c.task)
		p.typesAbroad()
		p.step(Accounted{Run: wants[AskAccount](p).Run, Account: Account{Exists: true, Locked: true}})
		if facts := p.s.View().Staff.Facts; len(facts) != 3 || facts[1].Says != "staff.fact.locked" || facts[2].Says != "staff.fact.none" {
			t.Errorf("%+v", facts)
		}
		p.press("sure", "")
		change := wants[Change](p)
		if change.Kind != c.task {
			t.Errorf("%+v", change)
		}
		p.step(Done{Run: change.Run, Err: c.err})
		p.shows(c.title)
	}
}

func TestWhatBecameOfACard(t *testing.T) {
	for state, title := range map[string]string{
		"reserved": "staff.card.reserved", "active": "staff.card.active", "void": "staff.card.void", "blocked": "staff.card.blocked",
		"replaced": "staff.card.replaced", "": "staff.card.unknown", "unknown": "staff.card.unknown",
	} {
		p := newPlay(t, nil)
		p.signIn()
		p.press("task", TaskHistory)
		p.press("number", "", "number", "ABCD-EFGH-JKMN")
		in := CardKnown{Run: wants[AskCard](p).Run, State: state}
		if state == "unknown" {
			in.Err = kiosk.ErrPatientUnknown
		}
		p.step(in)
		p.shows(title)
	}
	p := newPlay(t, nil)
	p.signIn()
	p.press("task", TaskHistory)
	p.press("number", "", "number", "x")
	p.step(CardKnown{Run: wants[AskCard](p).Run, Err: kiosk.ErrPortalAway})
	p.shows("staff.result.away")
}

// made is a code card of someone abroad, made as far as the patient types.
func made(t *testing.T) *play {
	t.Helper()
	p := newPlay(t, withCards)
	p.signIn()
	p.press("task", TaskCode)
	p.typesAbroad()
	p.comes(codecard.Account{})
	p.shows("staff.code.offered")
	p.press("make-card", "")
	if _, reserves := wants[MakeCard](p).Make.Do.(codecard.Reserve); !reserves {
		t.Fatalf("%v", p.last)
	}
	p.comes(codecard.Reserved{Number: 17, New: true})
	p.shows("staff.code.printing")
	p.comes(codecard.Paper{Held: true})
	p.shows("staff.code.taking")
	p.comes(codecard.Paper{Outcome: printer.Taken})
	p.shows("staff.code.typing")
	return p
}

// comes brings the outcome of the last effect of a code card.
func (p *play) comes(in codecard.Input) {
	p.t.Helper()
	p.step(MadeOn{Run: p.s.Run, In: in})
}

func TestCodeCard(t *testing.T) {
	for _, inHands := range []bool{false, true} {
		p := made(t)
		if v := p.s.View(); v.Number != 17 || len(v.Fields) != 1 || !v.Fields[0].Masked {
			t.Errorf("%+v", v)
		}
		if inHands {
			p.press("in-hands", "")
		} else {
			p.press("code", "", "code", "ABCDEF")
			p.comes(codecard.Checked{})
			if p.s.View().Fields[0].Wrong == "" {
				t.Error("a wrong code is not said")
			}
			p.press("code", "", "code", "ABCDEG")
			p.comes(codecard.Checked{Right: true})
		}
		p.shows("staff.code.slip-printing")
		p.comes(codecard.Paper{Outcome: printer.Confirmed})
		issue, ok := wants[MakeCard](p).Make.Do.(codecard.Issue)
		if !ok || issue.ByClerk != inHands {
			t.Fatalf("%+v", p.last)
		}
		p.comes(codecard.Kept{})
		p.comes(codecard.Active{Delivered: true})
		p.shows("staff.result.issued")
	}
}

// TestACodeCardThatEndsOtherwise is void, and its person is not with what says so.
func TestACodeCardThatEndsOtherwise(t *testing.T) {
	for name, end := range map[string]func(*play){
		"stopped":     func(p *play) { p.press("stop", "") },
		"out of time": func(p *play) { p.pass(p.s.Task.Made.Limit()) },
	} {
		p := made(t)
		end(p)
		p.shows("staff.result.void")
		m := wants[MakeCard](p).Make
		if _, void := m.Do.(codecard.Void); !void || !m.Person.EAD.Empty() {
			t.Errorf("%s: %+v", name, m)
		}
	}
	for _, c := range []struct {
		in    codecard.Account
		title string
	}{
		{codecard.Account{Err: codecard.ErrAway}, "staff.result.away"}, {codecard.Account{Err: codecard.ErrUnknown}, "staff.result.nobody"},
		{codecard.Account{Locked: true}, "staff.result.locked"}, {codecard.Account{Deceased: true}, "staff.result.deceased"},
		{codecard.Account{Err: codecard.ErrRefused}, "staff.result.refused"}, {codecard.Account{Err: codecard.ErrUnkept}, "staff.result.not-kept"},
	} {
		p := newPlay(t, withCards)
		p.signIn()
		p.press("task", TaskCode)
		p.typesAbroad()
		p.comes(c.in)
		p.shows(c.title)
	}
	p := made(t)
	p.s.Task.Made.Stage = codecard.Printing
	p.comes(codecard.Paper{Outcome: printer.NotSent})
	p.shows("staff.result.no-paper")
}

// TestTheMenuHasWhatCanBeDone: keys stay where they are.
func TestTheMenuHasWhatCanBeDone(t *testing.T) {
	p := newPlay(t, nil)
	p.signIn()
	var said []string
	for _, b := range p.s.View().Buttons {
		said = append(said, b.Key+b.Choice)
	}
	if got := strings.Join(said, " "); got != "1link 2unlink 3block 5unlock 7history F9" {
		t.Errorf("without code cards: %s", got)
	}
}
