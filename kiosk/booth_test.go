package kiosk_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/hours"
	"balie/kiosk/info"
	"balie/kiosk/kiosktest"
	"balie/kiosk/text"
	"balie/printer"
)

// morning is when every test begins: a Tuesday in Leuven, where it is an hour later.
var morning = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// booth drives Step by hand and writes down what is seen and asked for.
type booth struct {
	t       rapid.TB
	s       kiosk.State
	now     time.Time
	ids     uint64
	views   []kiosk.View
	effects []kiosk.Effect
	pending []kiosk.Effect // not yet answered
	hear    func(kiosk.Input, kiosk.State, []kiosk.Effect)
	printer *kiosk.PrinterAnswered // what it says whenever it is asked; nil is mute
}

// settings are those of a hospital that uses everything.
func settings(t rapid.TB) kiosk.Settings {
	t.Helper()
	texts, library := loaded(t)
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	return kiosk.Settings{
		Languages: text.Languages(), Hospital: "AZ Voorbeeld", Kiosk: "K1", Phone: "016 00 00 00", Printer: true,
		PIN: kiosk.PINScreen, CodeCards: true, Calls: true, Early: 2 * time.Hour, Late: time.Hour, Zone: zone, Texts: texts,
		Info: library, AppLink: appLink, Helpers: helpers(t),
	}
}

const appLink = "https://app.example/get"

// loaded gives the sentences and the topics that come with the program.
func loaded(t rapid.TB) (*text.Catalog, *info.Library) {
	t.Helper()
	l, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return l.texts, l.library
}

type words struct {
	texts   *text.Catalog
	library *info.Library
}

var loadOnce = sync.OnceValues(func() (words, error) {
	texts, err := text.Load()
	if err != nil {
		return words{}, err
	}
	l, err := info.Load(info.Options{
		Topics: info.DefaultTopics(), Texts: texts,
		Delays: info.Delays{Labs: 24 * time.Hour, Reports: 72 * time.Hour, Pathology: 720 * time.Hour},
	})
	return words{texts, l}, err
})

// helpers are a desk and a telephone of weekdays.
func helpers(t rapid.TB) []kiosk.Helper {
	t.Helper()
	week, err := hours.Parse([]string{"mo-fr 08:00-17:00"}, hours.Holidays{})
	if err != nil {
		t.Fatal(err)
	}
	return []kiosk.Helper{{Kind: "desk", Where: "Inkomhal", Hours: week}, {Kind: "phone", Where: "016 00 00 00", Hours: week}, {Kind: "booth"}}
}

// newBooth is a booth that has just been switched on.
func newBooth(t rapid.TB, s kiosk.Settings) *booth {
	t.Helper()
	b := &booth{t: t, s: kiosk.Start(s, morning), now: morning, printer: &kiosk.PrinterAnswered{}}
	b.views = []kiosk.View{b.s.View()}
	b.do(kiosk.Tick{})
	return b
}

// do gives the booth an input, now.
func (b *booth) do(in kiosk.Input) []kiosk.Effect {
	b.t.Helper()
	effects := b.event(b.at(in))
	if b.printer != nil && asks(effects) {
		b.do(*b.printer)
	}
	return effects
}

// asks tells whether the printer is asked how it is.
func asks(effects []kiosk.Effect) bool { return slices.Contains(kinds(effects), "AskPrinter") }

// kinds are effects in words.
func kinds(effects []kiosk.Effect) []string {
	var list []string
	for _, e := range effects {
		list = append(list, strings.TrimPrefix(fmt.Sprintf("%T", e), "kiosk."))
	}
	return list
}

// at makes an event of an input, now and with an id of its own.
func (b *booth) at(in kiosk.Input) kiosk.Event {
	b.ids++
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], b.ids)
	return kiosk.Event{At: b.now, ID: id, Input: in}
}

func (b *booth) event(e kiosk.Event) []kiosk.Effect {
	b.t.Helper()
	before := b.s.View()
	next, effects := kiosk.Step(b.s, e)
	b.s = next
	if b.hear != nil {
		b.hear(e.Input, next, effects)
	}
	for _, e := range effects {
		if p, is := e.(kiosk.PrintSlip); is {
			p.Slip()
		}
	}
	b.effects = append(b.effects, effects...)
	b.pending = append(b.pending, effects...)
	if v := next.View(); v.Seq != before.Seq {
		b.views = append(b.views, v)
	}
	return effects
}

// pass lets time pass, waking the booth whenever it wants that.
func (b *booth) pass(d time.Duration) {
	b.t.Helper()
	until := b.now.Add(d)
	for range 10000 {
		wake := b.s.Wake()
		if wake.IsZero() || wake.After(until) {
			b.now = until
			return
		}
		b.now = wake
		b.do(kiosk.Tick{})
		if next := b.s.Wake(); !next.IsZero() && !next.After(b.now) {
			b.t.Fatalf("woken at %v, wants to be woken at %v", b.now, next)
		}
	}
	b.t.Fatal("the booth wants to be woken without end")
}

// trail is what was seen, in words, each once in a row.
func (b *booth) trail() string {
	var list []string
	for _, v := range b.views {
		list = append(list, word(v))
	}
	return strings.Join(slices.Compact(list), " ")
}

// word is a view in a word: its screen and what is special about it.
func word(v kiosk.View) string {
	w := string(v.Screen)
	switch {
	case v.Screen == kiosk.ScreenNotice:
		w = v.Notice
	case v.Screen == kiosk.ScreenAsk:
		w = v.Asks
	case v.Screen == kiosk.ScreenWait:
		w = v.Wait
	case v.Screen == kiosk.ScreenDone:
		w = v.Printed
	}
	if v.ReportToDesk {
		w += "+desk"
	}
	if v.Asking {
		w += "?"
	}
	return w
}

// asked is what was asked for, in words, without what is asked of the printer
// now and then.
func (b *booth) asked() string {
	return strings.Join(slices.DeleteFunc(kinds(b.effects), func(k string) bool { return k == "AskPrinter" }), " ")
}

// answer takes an effect of a kind that was not answered yet, or fails.
func answer[E kiosk.Effect](b *booth) E {
	b.t.Helper()
	for i, e := range b.pending {
		if e, ok := e.(E); ok {
			b.pending = slices.Delete(b.pending, i, i+1)
			return e
		}
	}
	var none E
	b.t.Fatalf("nobody asked for %T; seen: %s; asked: %s", none, b.trail(), b.asked())
	return none
}

// act is something that happens in a visit.
type act func(*booth)

func (b *booth) play(acts ...act) {
	b.t.Helper()
	for _, a := range acts {
		a(b)
	}
}

// ready is a booth with one reader, half a minute after it was switched on.
func ready(b *booth) { b.play(happens(kiosk.ReaderReady, "left"), pass(30*time.Second)) }

func happens(kind kiosk.CardEventKind, reader string) act {
	return func(b *booth) { b.do(kiosk.CardChanged{CardEvent: kiosk.CardEvent{Kind: kind, Reader: reader}}) }
}

func pass(d time.Duration) act { return func(b *booth) { b.pass(d) } }

func insert(b *booth) { happens(kiosk.CardInserted, "left")(b) }
func remove(b *booth) { happens(kiosk.CardRemoved, "left")(b) }

// seen is a card whose identity is decoded.
func seen(b *booth) {
	b.do(kiosk.CardSeen{Visit: b.s.Visit.ID, Identity: kiosktest.Identity()})
}

// read is a card that passes every check.
func read(b *booth) { reads(func(*eid.Record) {})(b) }

// reads is a card with something about it.
func reads(mend func(*eid.Record)) act {
	return func(b *booth) {
		e := answer[kiosk.ReadCard](b)
		r := kiosktest.Record()
		r.Identity.BirthDate = secret.NewText("1985-03-04")
		mend(&r)
		b.do(kiosk.CardSeen{Visit: e.Visit, Identity: r.Identity})
		b.do(kiosk.CardRead{Visit: e.Visit, Record: r})
	}
}

func readFails(err error) act {
	return func(b *booth) {
		b.do(kiosk.CardRead{Visit: answer[kiosk.ReadCard](b).Visit, Err: fmt.Errorf("reading left: %w", err)})
	}
}

// fetched brings appointments, in hours from now.
func fetched(hours ...float64) act {
	var list []kiosk.Appointment
	for _, h := range hours {
		list = append(list, in(h))
	}
	return brings(list...)
}

func in(hours float64) kiosk.Appointment {
	return kiosktest.Appointment(morning.Add(time.Duration(hours * float64(time.Hour))))
}

func brings(list ...kiosk.Appointment) act {
	return func(b *booth) {
		b.do(kiosk.Fetched{Visit: answer[kiosk.Fetch](b).Visit, Appointments: list})
	}
}

func fetchFails(err error) act {
	return func(b *booth) {
		b.do(kiosk.Fetched{Visit: answer[kiosk.Fetch](b).Visit, Err: fmt.Errorf("asking: %w", err)})
	}
}

// press presses a button that is shown.
func press(do, choice string) act {
	return func(b *booth) {
		b.t.Helper()
		v := b.s.View()
		if do != "language" && !slices.ContainsFunc(v.Buttons, func(x kiosk.Button) bool { return x.Do == do && x.Choice == choice }) {
			b.t.Fatalf("no button %s %s on %s: %v", do, choice, word(v), v.Buttons)
		}
		b.do(kiosk.Pressed{Press: kiosk.Press{Seq: v.Seq, Do: do, Choice: choice}})
	}
}

func confirm(b *booth) { press("confirm", "")(b) }

func committed(b *booth) {
	b.do(kiosk.Committed{Visit: answer[kiosk.Commit](b).Visit, Ticket: "K1-042"})
}

func commitFails(err error) act {
	return func(b *booth) {
		b.do(kiosk.Committed{Visit: answer[kiosk.Commit](b).Visit, Err: fmt.Errorf("committing: %w", err)})
	}
}

func delivered(ok bool) act {
	return func(b *booth) {
		b.do(kiosk.Delivery{Visit: answer[kiosk.AwaitDelivery](b).Visit, Delivered: ok})
	}
}

func refusedForGood(b *booth) {
	b.do(kiosk.Delivery{Visit: answer[kiosk.AwaitDelivery](b).Visit, Refused: true})
}

func printed(o printer.Outcome, err error, faults ...printer.Fault) act {
	return func(b *booth) {
		r := printer.Result{Outcome: o, By: "a test", Status: printer.Status{Faults: faults}}
		b.do(kiosk.TicketDone{Visit: answer[kiosk.PrintTicket](b).Visit, Result: r, Err: err})
	}
}

func ticket(b *booth) { printed(printer.Confirmed, nil)(b) }

// printerIs is how the printer is from now on, and is found to be within a minute.
func printerIs(err error, faults ...printer.Fault) act {
	return func(b *booth) {
		b.printer = &kiosk.PrinterAnswered{Status: printer.Status{Faults: faults}, Err: err}
		b.pass(time.Minute)
	}
}

// with puts acts together.
func with(acts ...act) act { return func(b *booth) { b.play(acts...) } }
