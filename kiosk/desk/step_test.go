package desk

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/printer"
)

// texts gives each sentence as its key.
type texts struct{}

func (texts) Get(_, key string, _ ...string) string { return key }

// noon is a day on which An is a mother, Lucas nine, and Noor fourteen and 364 days.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// play is a desk that is stepped by hand.
type play struct {
	t       *testing.T
	s       State
	at      time.Time
	clock   bool
	effects []Effect // of all steps
	last    []Effect // of the last one
	n       byte
}

func newPlay(t *testing.T, change func(*Settings)) *play {
	t.Helper()
	set := Settings{Languages: []string{"nl", "fr"}, Hospital: "UZ", Kiosk: "K1", Printer: true, PIN: kiosk.PINScreen, Texts: texts{}}
	if change != nil {
		change(&set)
	}
	return &play{t: t, s: Start(set, noon), at: noon, clock: true}
}

func (p *play) step(in Input) {
	p.n++
	before := p.s
	p.s, p.last = Step(p.s, Event{At: p.at, ID: uuid.UUID{p.n}, ClockKnown: p.clock, Input: in})
	if _, again := Step(before, Event{At: p.at, ID: uuid.UUID{p.n}, ClockKnown: p.clock, Input: in}); !reflect.DeepEqual(again, p.last) {
		p.t.Errorf("the same step does something else: %v", in)
	}
	p.effects = append(p.effects, p.last...)
}

func (p *play) press(do, choice string, values ...string) {
	p.t.Helper()
	press := kiosk.Press{Seq: p.s.Seq, Do: do, Choice: choice}
	if !p.s.View().Offers(press) {
		p.t.Fatalf("%s %s is not offered: %v", do, choice, p.s.View().Buttons)
	}
	for i := 0; i+1 < len(values); i += 2 {
		if press.Values == nil {
			press.Values = map[string]secret.Text{}
		}
		press.Values[values[i]] = secret.NewText(values[i+1])
	}
	p.step(Pressed{press})
}

func (p *play) pass(d time.Duration) {
	p.at = p.at.Add(d)
	p.step(Tick{})
}

func (p *play) card(kind kiosk.CardEventKind, reader string) {
	p.step(CardChanged{kiosk.CardEvent{Kind: kind, Reader: reader}})
}

// wants finds an effect of the last step.
func wants[E Effect](p *play) (e E) {
	p.t.Helper()
	for _, is := range p.last {
		if e, ok := is.(E); ok {
			return e
		}
	}
	p.t.Fatalf("no %T among %v", e, p.last)
	return e
}

func (p *play) has(match func(Effect) bool) bool { return slices.ContainsFunc(p.last, match) }

// shows holds what the screen says.
func (p *play) shows(title string, warnings ...string) {
	p.t.Helper()
	v := p.s.View()
	if v.Staff == nil || v.Staff.Title != title || !slices.Equal(v.Staff.Warnings, warnings) {
		p.t.Fatalf("shows %+v, not %s %v", v.Staff, title, warnings)
	}
}

// signIn signs Kaat in by her badge.
func (p *play) signIn() {
	p.t.Helper()
	if p.s.Settings.Shared {
		p.step(Opened{})
	}
	p.press("sign-in", "", "badge", "00112233445566778899aabbccddeeff")
	check := wants[CheckBadge](p)
	p.step(SignedIn{Run: check.Run, Clerk: Clerk{ID: "kaat", Name: "Kaat"}})
	p.shows("staff.menu.title")
}

// record is a card that is believed.
func record(given, family, number, birth string) eid.Record {
	r := eid.Record{Identity: eid.Identity{
		GivenNames: secret.NewText(given), FamilyName: secret.NewText(family), NationalNumber: secret.NewText(number), BirthDate: secret.NewText(birth), DocumentType: "1",
	}}
	r.Checks = eid.Checks{IdentitySignature: eid.Valid, ChipNumber: eid.Valid, Chain: eid.Valid, Genuine: eid.Valid, Validity: eid.Valid}
	r.Proof.Identity = secret.NewBytes([]byte(number))
	return r
}

func an() eid.Record    { return record("An Sofie", "Peeters", "84051799897", "1984-05-17") }
func lucas() eid.Record { return record("Lucas Jan", "Peeters", "17030599736", "2017-03-05") }
func noor() eid.Record  { return record("Noor", "Peeters", "11112599701", "2011-11-25") }

// puts puts a card in a reader and has it read.
func (p *play) puts(reader string, r eid.Record) {
	p.t.Helper()
	p.card(kiosk.CardInserted, reader)
	read := wants[ReadCard](p)
	p.step(CardRead{Run: read.Run, Reader: reader, Record: r})
}

func TestSignInByBadge(t *testing.T) {
	p := newPlay(t, nil)
	p.shows("staff.sign-in.title")
	p.signIn()
	if v := p.s.View(); v.Staff.Clerk != "Kaat" {
		t.Errorf("who is signed in: %+v", v.Staff)
	}
	p.press("sign-out", "")
	if e := wants[EndShift](p); e.Why != "by-clerk" {
		t.Errorf("%+v", e)
	}
	p.shows("staff.sign-in.title")
}

// TestATriedBadgeWaits: what is wrong is not said, and five in a row wait a minute.
func TestATriedBadgeWaits(t *testing.T) {
	p := newPlay(t, nil)
	for range maxFailures {
		p.press("sign-in", "", "badge", "x")
		p.step(SignedIn{Run: wants[CheckBadge](p).Run, Err: fmt.Errorf("no: %w", ErrNotStaff)})
		p.shows("staff.sign-in.title", "staff.warn.not-recognised")
	}
	if len(p.s.View().Buttons) != 0 {
		t.Error("it can be tried again at once")
	}
	p.pass(barTime)
	p.signIn()
	for err, warning := range map[error]string{ErrNoList: "staff.warn.no-list", ErrNotRecorded: "staff.warn.not-recorded"} {
		p := newPlay(t, nil)
		p.press("sign-in", "", "badge", "x")
		p.step(SignedIn{Run: wants[CheckBadge](p).Run, Err: err})
		p.shows("staff.sign-in.title", warning)
	}
}

func TestSignInByCard(t *testing.T) {
	p := newPlay(t, nil)
	p.card(kiosk.ReaderReady, "D")
	p.card(kiosk.CardInserted, "D")
	own := wants[ReadOwn](p)
	p.step(OwnRead{Run: own.Run, Clerk: Clerk{ID: "kaat", Name: "Kaat"}, Challenge: []byte("sign"), Tries: 3})
	if v := p.s.View(); v.Screen != kiosk.ScreenPIN || v.Tries != 3 || v.Staff != nil {
		t.Fatalf("%+v", v)
	}
	p.press("pin", "")
	prove := wants[ProveOwn](p)
	if string(prove.Challenge) != "sign" || prove.Reader != "D" {
		t.Errorf("%+v", prove)
	}
	p.step(OwnProved{Run: prove.Run, Tries: 3})
	p.shows("staff.menu.title")
	p.press("task", TaskLink) // the clerk's own card is no parent's
	if p.has(func(e Effect) bool { _, reads := e.(ReadCard); return reads }) {
		t.Error("the clerk's own card is read for someone's")
	}
	p.card(kiosk.CardRemoved, "D")
	p.puts("D", an())
	if p.s.Task.Parent == nil {
		t.Error("a card in the reader where the clerk's was is not read")
	}
}

// TestACardThatSignsNobodyIn is each way in which it goes wrong.
func TestACardThatSignsNobodyIn(t *testing.T) {
	for _, c := range []struct {
		name    string
		read    OwnRead
		proved  error
		warning string
	}{
		{"a patient's", OwnRead{Err: ErrNotStaff}, nil, "staff.warn.not-recognised"},
		{"unreadable", OwnRead{Err: kiosk.ErrCardUnreadable}, nil, "staff.warn.card-unreadable"},
		{"no list", OwnRead{Err: ErrNoList}, nil, "staff.warn.no-list"},
		{"one try left", OwnRead{Tries: 1}, nil, "notice.pin-last-try.title"},
		{"blocked", OwnRead{Err: kiosk.ErrPINBlocked}, nil, "notice.pin-blocked.title"},
		{"a wrong PIN", OwnRead{Tries: 3}, kiosk.ErrPINWrong, "notice.pin-wrong.title"},
		{"not recorded", OwnRead{Tries: 3}, ErrNotRecorded, "staff.warn.not-recorded"},
	} {
		p := newPlay(t, nil)
		p.card(kiosk.CardInserted, "D")
		c.read.Run = wants[ReadOwn](p).Run
		p.step(c.read)
		if c.proved != nil {
			p.press("pin", "")
			p.step(OwnProved{Run: wants[ProveOwn](p).Run, Err: c.proved})
		}
		p.shows("staff.sign-in.title", c.warning)
	}
	p := newPlay(t, func(s *Settings) { s.PIN = kiosk.PINReader })
	p.card(kiosk.CardInserted, "D")
	p.step(OwnRead{Run: wants[ReadOwn](p).Run, Tries: 3})
	p.shows("staff.sign-in.title", "staff.warn.no-pin-here")
	p.card(kiosk.CardRemoved, "D")
	p.card(kiosk.CardInserted, "D")
	run := wants[ReadOwn](p).Run
	p.card(kiosk.CardRemoved, "D")
	p.step(OwnRead{Run: run, Tries: 3, Pinpad: true})
	p.shows("staff.sign-in.title", "staff.warn.card-unreadable")
}

// TestLinkInEitherOrder: with one reader or two, the card of the parent or of the child
// first.
func TestLinkInEitherOrder(t *testing.T) {
	for _, readers := range [][2]string{{"A", "A"}, {"A", "B"}} {
		for _, cards := range [][2]eid.Record{{an(), lucas()}, {lucas(), an()}} {
			p := newPlay(t, nil)
			p.signIn()
			p.press("task", TaskLink)
			p.puts(readers[0], cards[0])
			if readers[0] == readers[1] {
				p.card(kiosk.CardRemoved, readers[0])
			}
			p.puts(readers[1], cards[1])
			p.shows("staff.attest.link")
			v := p.s.View()
			if v.Staff.Parent.Reveal() != "An P." || v.Staff.Child.Reveal() != "Lucas P." {
				t.Fatalf("%s, %s", v.Staff.Parent.Reveal(), v.Staff.Child.Reveal())
			}
			wants[AskAccount](p)
		}
	}
}

// TestCardsThatAreInAlready are read when the task begins.
func TestCardsThatAreInAlready(t *testing.T) {
	p := newPlay(t, nil)
	p.signIn()
	p.card(kiosk.CardInserted, "A")
	p.card(kiosk.CardInserted, "B")
	p.press("task", TaskLink)
	reads := 0
	for _, e := range p.last {
		if _, ok := e.(ReadCard); ok {
			reads++
		}
	}
	if reads != 2 {
		t.Errorf("%d cards are read", reads)
	}
}

// attests goes as far as the button that links.
func (p *play) attests(parent, child eid.Record) {
	p.t.Helper()
	p.press("task", TaskLink)
	p.puts("A", parent)
	p.puts("B", child)
	if p.s.View().Offers(kiosk.Press{Do: "confirm"}) {
		p.t.Error("something was chosen beforehand")
	}
	p.press("authority", "")
	if p.s.View().Offers(kiosk.Press{Do: "confirm"}) {
		p.t.Error("no paper was shown")
	}
	p.press("paper", "birth-certificate")
	p.press("paper", "family-book")
	p.press("paper", "family-book")
}

func TestLinked(t *testing.T) {
	p := newPlay(t, nil)
	p.signIn()
	p.attests(an(), lucas())
	p.press("confirm", "")
	commit := wants[CommitLink](p)
	l := commit.Link
	if commit.Unlink || l.ID != (uuid.UUID{p.n}) || !slices.Equal(l.Documents, []string{"birth-certificate"}) || l.Parent.Number.Reveal() != "84051799897" || l.Child.Proof == nil {
		t.Fatalf("%+v", commit)
	}
	p.shows("staff.busy.title")
	p.step(Committed{Run: commit.Run})
	p.step(Delivery{Run: wants[AwaitDelivery](p).Run, Delivered: true})
	p.shows("staff.result.linked", "slip.slip-printing")
	if v := p.s.View(); v.Staff.Date != "05/03/2032" {
		t.Errorf("until %s", v.Staff.Date)
	}
	print := wants[Print](p)
	p.step(Printed{Run: print.Run, Result: printer.Result{Outcome: printer.Confirmed}})
	p.shows("staff.result.linked", "slip.slip-printed")
	p.press("print", "")
	wants[Print](p)

	// A sister, without starting over: attested anew.
	p.press("next", "")
	p.shows("staff.people.link")
	p.card(kiosk.CardRemoved, "B")
	p.puts("B", noor())
	p.shows("staff.attest.link", "staff.warn.ends-tomorrow")
	if p.s.Task.Authority || len(p.s.Task.Papers) > 0 {
		t.Error("what was attested for the brother counts for the sister")
	}
	p.press("authority", "")
	p.press("paper", "court-order")
	p.press("confirm", "")
	p.step(Committed{Run: wants[CommitLink](p).Run})
	p.step(Delivery{Run: wants[AwaitDelivery](p).Run, Delivered: true})
	p.step(Printed{Run: wants[Print](p).Run, Result: printer.Result{Outcome: printer.NotSent}})
	p.shows("staff.result.linked", "slip.slip-none", "staff.warn.ends-tomorrow")
	p.press("form", "")
	if form := wants[Print](p); !form.Form {
		t.Error("the form for afterwards is a slip")
	}
	p.press("stop", "")
	p.shows("staff.menu.title")
	if p.s.Task.Parent != nil {
		t.Error("the parent is still known")
	}
}

// TestWhatBecomesOfALink is each other way in which it ends.
func TestWhatBecomesOfALink(t *testing.T) {
	for _, c := range []struct {
		name      string
		committed error
		delivery  *Delivery // nil: none in time
		title     string
		slip      bool
	}{
		{"portal away", nil, &Delivery{}, "staff.result.link-requested", true},
		{"no answer in time", nil, nil, "staff.result.link-requested", true},
		{"disk full", errors.New("full"), nil, "staff.result.not-kept", false},
		{"not recorded", ErrNotRecorded, nil, "staff.result.not-recorded", false},
		{"unknown", nil, &Delivery{Refused: "patient-unknown"}, "staff.result.unknown", false},
		{"too old there", nil, &Delivery{Refused: "not-under-15"}, "staff.result.age", false},
		{"clerk", nil, &Delivery{Refused: "clerk-refused"}, "staff.result.clerk", false},
		{"clock", nil, &Delivery{Refused: "clock-unsure"}, "staff.result.clock", false},
		{"otherwise", nil, &Delivery{Refused: "unlinked"}, "staff.result.refused", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, nil)
			p.signIn()
			p.attests(an(), lucas())
			p.press("confirm", "")
			p.step(Committed{Run: wants[CommitLink](p).Run, Err: c.committed})
			switch {
			case c.delivery != nil:
				c.delivery.Run = wants[AwaitDelivery](p).Run
				p.step(*c.delivery)
			case c.committed == nil:
				p.pass(deliverTime)
			}
			var warnings []string
			if c.slip {
				warnings = []string{"slip.slip-printing"}
			}
			p.shows(c.title, warnings...)
			if p.has(func(e Effect) bool { _, prints := e.(Print); return prints }) != c.slip {
				t.Errorf("a slip: %v", p.last)
			}
		})
	}
}

// TestWhoIsNotLinked is who cannot be, and what the clerk is told.
func TestWhoIsNotLinked(t *testing.T) {
	p := newPlay(t, nil)
	p.signIn()
	p.press("task", TaskLink)
	p.puts("A", an())
	p.puts("B", record("Elise", "Vos", "72082999888", "1972-08-29"))
	p.shows("staff.people.link", "staff.warn.two-adults")
	p.puts("B", record("Zoë", "Vos", "11112499702", "2011-11-24")) // fifteen today
	p.shows("staff.people.link", "staff.warn.two-adults")
	p.puts("B", record("Ali", "Vos", "11000099702", "2011"))
	p.shows("staff.people.link", "staff.warn.birth-unknown")
	forged := lucas()
	forged.Checks.Genuine = eid.Invalid
	p.puts("B", forged)
	p.shows("staff.people.link", "staff.warn.card-not-genuine")
	old := lucas()
	old.Checks.Validity = eid.Invalid
	p.puts("B", old)
	p.shows("staff.people.link", "staff.warn.card-expired")
	p.card(kiosk.CardInserted, "B")
	p.step(CardRead{Run: wants[ReadCard](p).Run, Err: kiosk.ErrCardForeign})
	p.shows("staff.people.link", "staff.warn.card-unreadable")
	p.press("stop", "")

	p.clock = false
	p.press("task", TaskLink)
	p.shows("staff.menu.title", "staff.warn.clock")
	p.clock = true
	p.attests(an(), lucas())
	p.clock = false
	p.press("confirm", "")
	p.shows("staff.attest.link", "staff.warn.clock")
	p.press("other", "")
	p.shows("staff.result.ombuds", "slip.slip-printing")
	if wants[Print](p).Form {
		t.Error("the ombuds slip is a sheet of A4")
	}
}

// TestMidnight: a child who turns 15 while the clerk waits is not linked.
func TestMidnight(t *testing.T) {
	p := newPlay(t, func(s *Settings) { s.Silence = 20 * time.Hour })
	p.signIn()
	p.at = time.Date(2026, 11, 24, 19, 0, 0, 0, time.UTC)
	p.attests(an(), noor())
	p.s.Since = p.at
	p.at = time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC) // half past midnight in Brussels
	p.press("confirm", "")
	p.shows("staff.attest.link", "staff.warn.too-old")
}

func TestAccountOfTheParent(t *testing.T) {
	for _, c := range []struct {
		in      Accounted
		warning []string
	}{
		{Accounted{Account: Account{Exists: true}}, nil},
		{Accounted{}, []string{"staff.warn.parent-no-account"}},
		{Accounted{Err: kiosk.ErrPatientUnknown}, []string{"staff.warn.parent-unknown"}},
		{Accounted{Err: kiosk.ErrPortalAway}, nil},
	} {
		p := newPlay(t, nil)
		p.signIn()
		p.press("task", TaskLink)
		p.puts("A", lucas())
		p.puts("A", an())
		c.in.Run = wants[AskAccount](p).Run
		p.step(c.in)
		p.shows("staff.attest.link", c.warning...)
	}
}

// TestTyped is a child without a chip card: what is wrong is said, the birth date is typed
// twice, and it is marked.
func TestTyped(t *testing.T) {
	p := newPlay(t, nil)
	p.signIn()
	p.press("task", TaskLink)
	p.puts("A", an())
	p.press("type", roleChild)
	for wrong, values := range map[string][]string{
		"number":  {"number", "12", "name", "Mia", "birth", "05/03/2017", "again", "05/03/2017"},
		"name":    {"number", "E1000000004", "name", "", "birth", "05/03/2017", "again", "05/03/2017"},
		"birth":   {"number", "E1000000004", "name", "Mia", "birth", "31/02/2017", "again", "31/02/2017"},
		"birth ":  {"number", "E1000000004", "name", "Mia", "birth", "05/03/1990", "again", "05/03/1990"},
		"birth  ": {"number", "E1000000004", "name", "Mia", "birth", "05/03/2036", "again", "05/03/2036"},
		"again":   {"number", "E1000000004", "name", "Mia", "birth", "05/03/2017", "again", "06/03/2017"},
	} {
		p.press("typed", "", values...)
		field := wrong
		for field[len(field)-1] == ' ' {
			field = field[:len(field)-1]
		}
		if len(p.s.Wrong) != 1 || p.s.Wrong[field] == "" {
			t.Errorf("%s: %v", wrong, p.s.Wrong)
		}
	}
	p.press("typed", "", "number", "17.03.05-997.36", "name", "Mia", "birth", "05/03/2017", "again", "05/03/2017")
	p.shows("staff.document.title")
	p.press("document", "passport")
	p.shows("staff.attest.link", "staff.warn.unverified")
	c := p.s.Task.Child
	if c.Number.Reveal() != "17030599736" || c.Document != "passport" || c.Reason != "no-chip" || c.Birth.String() != "2017-03-05" || c.Proof != nil {
		t.Errorf("%+v", c)
	}
	p.press("stop", "")
	p.press("task", TaskUnlink)
	p.press("type", roleParent)
	p.press("typed", "", "number", "E1000000001", "name", "An", "birth", "17/05/1984", "again", "17/05/1984")
	p.press("document", "unreadable")
	if a := p.s.Task.Parent; a.EAD.Reveal() != "E1000000001" || a.Reason != "chip-unreadable" || a.Document != "identity-card" {
		t.Errorf("%+v", a)
	}
}

func TestUnlink(t *testing.T) {
	for delivered, title := range map[bool]string{true: "staff.result.unlinked", false: "staff.result.unlink-requested"} {
		p := newPlay(t, nil)
		p.clock = false // an unlink is always taken
		p.signIn()
		p.press("task", TaskUnlink)
		p.puts("A", an())
		p.puts("B", lucas())
		p.shows("staff.attest.unlink")
		p.press("confirm", "")
		commit := wants[CommitLink](p)
		if !commit.Unlink {
			t.Error("it is linked instead")
		}
		p.step(Committed{Run: commit.Run})
		p.step(Delivery{Run: wants[AwaitDelivery](p).Run, Delivered: delivered})
		p.shows(title)
	}
}

// TestSilence: a clerk who does nothing is asked, and signed out; each key gives the time
// anew, and a shift ends by itself.
func TestSilence(t *testing.T) {
	p := newPlay(t, nil)
	p.signIn()
	p.press("task", TaskLink)
	p.puts("A", an())
	p.pass(silence - askBefore)
	if !p.s.View().Asking {
		t.Fatal("nobody is asked")
	}
	p.press("stay", "")
	p.pass(silence - time.Second)
	p.shows("staff.people.link")
	p.pass(time.Second)
	p.shows("staff.sign-in.title")
	if wants[EndShift](p).Why != "silence" || p.s.Task.Parent != nil || p.s.Clerk != (Clerk{}) {
		t.Errorf("something is left: %+v", p.s)
	}
	p.signIn()
	for p.s.signedIn() {
		if p.at = p.at.Add(time.Minute); p.s.View().Offers(kiosk.Press{Do: "task", Choice: TaskLink}) {
			p.press("task", TaskLink)
		} else {
			p.press("stop", "")
		}
	}
	if wants[EndShift](p).Why != "shift-over" {
		t.Errorf("%v", p.last)
	}
}

// TestASharedScreen comes and goes.
func TestASharedScreen(t *testing.T) {
	p := newPlay(t, func(s *Settings) { s.Shared = true })
	if p.s.View().Screen != ScreenNone {
		t.Fatal("it takes the screen by itself")
	}
	p.card(kiosk.CardInserted, "A") // a patient's
	if p.s.View().Screen != ScreenNone || len(p.last) != 0 {
		t.Fatal("a patient's card brings the desk")
	}
	p.step(Opened{})
	p.shows("staff.sign-in.title")
	p.pass(silence)
	if p.s.View().Screen != ScreenNone {
		t.Error("who never signs in keeps the screen from the patients")
	}
	p.step(Opened{})
	p.press("stop", "")
	if p.s.View().Screen != ScreenNone {
		t.Error("the screen is not given back")
	}
	p.signIn()
	p.press("sign-out", "")
	if p.s.View().Screen != ScreenNone {
		t.Error("the screen is not given back after a shift")
	}
}
