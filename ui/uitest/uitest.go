// Package uitest gives a view of every screen that there can be, to look at and
// to hold the templates against. It is not for what a kiosk runs.
package uitest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
)

// Sample is a view with a name that is good for a file.
type Sample struct {
	Name string
	View kiosk.View
}

// endsAt is when every sample that ends does.
var endsAt = time.Date(2026, 11, 24, 14, 30, 0, 0, time.UTC)

// Languages are those that the samples offer.
func Languages() []string { return []string{"nl", "fr", "de", "en"} }

// Samples gives every screen in one language. keys are those of the catalog:
// each notice, fault and standing in it makes a sample of its own.
func Samples(language string, keys []string) []Sample {
	m := maker{language: language}
	m.welcome(keys)
	m.busy()
	m.choose(keys)
	m.holder()
	m.confirm()
	m.done()
	m.notices(keys)
	m.asks(keys)
	m.closed()
	m.inquiries(keys)
	m.staff()
	return m.list
}

type maker struct {
	language string
	list     []Sample
}

// add finishes a view: every sample has another number.
func (m *maker) add(name string, v kiosk.View) {
	v.Seq = uint64(len(m.list) + 1)
	v.Language, v.Languages = m.language, Languages()
	if v.Screen != kiosk.ScreenHelp && v.Screen != kiosk.ScreenStaff {
		v.Buttons = append(slices.Clone(v.Buttons), kiosk.Button{Do: "help", Text: "button.help"})
	}
	m.list = append(m.list, Sample{Name: name, View: v})
}

func (m *maker) welcome(keys []string) {
	m.add("welcome", kiosk.View{Screen: kiosk.ScreenWelcome, Buttons: ways})
	m.add("welcome-test", kiosk.View{Screen: kiosk.ScreenWelcome, Test: true, Out: []string{"no-printer"}, Buttons: ways})
	staff := kiosk.Button{Do: "staff", Text: "staff.button.open", Key: "F9"}
	m.add("welcome-staff", kiosk.View{Screen: kiosk.ScreenWelcome, Buttons: append(slices.Clone(ways), staff)})
	m.add("welcome-cards-only", kiosk.View{Screen: kiosk.ScreenWelcome})
	for _, out := range under(keys, "out.", "") {
		m.add("welcome-"+out, kiosk.View{Screen: kiosk.ScreenWelcome, Out: []string{out}, Buttons: ways})
	}
}

var stop = kiosk.Button{Do: "stop", Text: "button.stop"}

func (m *maker) busy() {
	v := kiosk.View{Screen: kiosk.ScreenReading, CardIn: true, EndsAt: endsAt, Buttons: []kiosk.Button{stop}}
	m.add("reading", v)
	v.Screen, v.Person = kiosk.ScreenFetching, secret.NewText("Marie-Antoinette V.")
	m.add("fetching", v)
	v.Screen, v.Buttons, v.EndsAt, v.Appointments = kiosk.ScreenSaving, nil, time.Time{}, Appointments()[:1]
	m.add("saving", v)
	v.Screen, v.Ticket = kiosk.ScreenPrinting, "K1-042"
	m.add("printing", v)
}

// Appointments are four, the first two of which can be chosen.
func Appointments() []kiosk.AppointmentView {
	return []kiosk.AppointmentView{
		{Choice: "0", Time: "14:30", Label: "Raadpleging 4614", Place: "Gele zaal, niveau 1", Route: "Volg route 46"},
		{Choice: "1", Time: "15:15", Label: "Medische beeldvorming", Place: "Blauwe wachtzaal, niveau 0", Route: "Volg route 12", State: "checked-in"},
		{Choice: "2", Time: "16:00", Label: "Raadpleging 2210", Place: "Groene zaal, niveau 2", Route: "Volg route 22", State: "too-early"},
		{Choice: "3", Time: "17:20", Label: "Raadpleging 3308", State: "video"},
	}
}

func (m *maker) choose(keys []string) {
	v := kiosk.View{
		Screen: kiosk.ScreenChoose, CardIn: true, Person: secret.NewText("An B."), EndsAt: endsAt,
		Appointments: Appointments(), Buttons: []kiosk.Button{choose("0"), choose("1"), {Do: "later", Text: "button.later"}, stop},
	}
	m.add("choose", v)
	v.Asking = true
	v.Buttons = append(v.Buttons, kiosk.Button{Do: "stay", Text: "button.stay"})
	m.add("choose-asking", v)
	v.Buttons = v.Buttons[:4]
	m.add("choose-asking-last", v)
	v.Asking, v.Appointments = false, Appointments()[:1]
	for i, state := range under(keys, "state.", "") {
		a := Appointments()[i%3]
		a.Choice, a.State = fmt.Sprint(i+1), state
		v.Appointments = append(v.Appointments, a)
	}
	v.Buttons = []kiosk.Button{choose("0"), stop}
	m.add("choose-standings", v)
}

func (m *maker) holder() {
	back := kiosk.Button{Do: "back", Text: "button.back"}
	v := kiosk.View{Screen: kiosk.ScreenHolder, CardIn: true, Person: secret.NewText("An B."), EndsAt: endsAt, Buttons: []kiosk.Button{stop}}
	m.add("holder", v)
	v.Screen, v.Tries = kiosk.ScreenPINReader, 3
	m.add("pin-reader", v)
	v.Screen, v.Buttons = kiosk.ScreenPIN, []kiosk.Button{{Do: "pin", Text: "button.pin"}, back, stop}
	m.add("pin", v)
	v.Screen, v.Buttons = kiosk.ScreenLater, nil
	for i, a := range Appointments() {
		v.Buttons = append(v.Buttons, kiosk.Button{Do: "pick", Choice: a.Choice, Text: "button.choose"})
		a.State, a.Date = "", fmt.Sprintf("%02d/12/2026", i+1)
		v.Later = append(v.Later, a)
	}
	v.Buttons = append(v.Buttons, back, stop)
	m.add("later", v)
}

func choose(choice string) kiosk.Button {
	return kiosk.Button{Do: "choose", Choice: choice, Text: "button.choose"}
}

func (m *maker) confirm() {
	v := kiosk.View{
		Screen: kiosk.ScreenConfirm, CardIn: true, Person: secret.NewText("An B."), EndsAt: endsAt, Appointments: Appointments()[:1],
		Buttons: []kiosk.Button{{Do: "confirm", Text: "button.confirm"}, stop},
	}
	m.add("confirm", v)
	v.Test, v.Asking = true, true
	v.Buttons = append(v.Buttons, kiosk.Button{Do: "stay", Text: "button.stay"})
	m.add("confirm-asking", v)
	v.Test, v.Asking, v.Appointments = false, false, Appointments()[1:2]
	v.Buttons = []kiosk.Button{{Do: "confirm", Text: "button.reprint"}, {Do: "back", Text: "button.back"}, stop}
	m.add("confirm-again", v)
}

func (m *maker) done() {
	v := kiosk.View{
		Screen: kiosk.ScreenDone, CardIn: true, Person: secret.NewText("An B."), EndsAt: endsAt, Appointments: Appointments()[:1],
		Ticket: "K1-042", Printed: "ticket-printed", Buttons: []kiosk.Button{{Do: "stop", Text: "button.ready"}},
	}
	m.add("done", v)
	v.Printed, v.ReportToDesk, v.Test = "ticket-none", true, true
	m.add("done-report", v)
	v.Printed, v.ReportToDesk, v.CardIn, v.Test = "ticket-doubtful", false, false, false
	m.add("done-doubtful", v)
}

func (m *maker) notices(keys []string) {
	for _, notice := range under(keys, "notice.", ".title") {
		v := kiosk.View{Screen: kiosk.ScreenNotice, Notice: notice, EndsAt: endsAt, Person: secret.NewText("An B.")}
		v.Buttons = []kiosk.Button{{Do: "stop", Text: "button.ready"}}
		switch notice {
		case "later-away", "pin-blocked", "under-15":
			v.Buttons = []kiosk.Button{{Do: "back", Text: "button.back"}, stop}
		case "pin-wrong", "pin-short", "pin-cancelled", "pin-timeout", "pin-failed":
			if notice == "pin-wrong" {
				v.Tries = 2
			}
			v.Buttons = []kiosk.Button{{Do: "later", Text: "button.again"}, {Do: "back", Text: "button.back"}, stop}
		case "none-now":
			v.Appointments = Appointments()[2:]
		case "take-card":
			v.Buttons, v.Person, v.EndsAt = nil, secret.Text{}, time.Time{}
		case "card-mute":
			v.Person = secret.Text{}
		}
		m.add("notice-"+notice, v)
	}
}

// asks are the questions, with what is typed in answer, and what is waited for.
func (m *maker) asks(keys []string) {
	next, back := kiosk.Button{Do: "next", Text: "button.next", Send: true}, kiosk.Button{Do: "back", Text: "button.back"}
	for _, asks := range under(keys, "ask.", ".title") {
		v := kiosk.View{
			Screen: kiosk.ScreenAsk, Asks: asks, Number: 17, Entry: 1, CardIn: true, Person: secret.NewText("An B."), EndsAt: endsAt,
			Buttons: []kiosk.Button{next, back, stop},
		}
		switch asks {
		case "more":
			v.Buttons = []kiosk.Button{{Do: "later", Text: "button.later"}, {Do: "codecard", Text: "button.codecard"}, back, stop}
		case "block":
			v.Buttons[0] = kiosk.Button{Do: "block-now", Text: "button.block-now"}
		case "block-by":
			v.CardIn, v.Person = false, secret.Text{}
			v.Buttons = []kiosk.Button{{Do: "block-by", Choice: "name", Text: "button.block-name"}, {Do: "block-by", Choice: "number", Text: "button.block-number"}, stop}
		case "block-name":
			v.CardIn, v.Person = false, secret.Text{}
			v.Fields = []kiosk.Field{{Key: "user", Kind: kiosk.FieldCode, Label: "field.user", Hint: "field.user-hint", Masked: true, Wrong: "field.user-wrong"}}
		case "block-birth":
			v.CardIn, v.Person = false, secret.Text{}
			v.Fields = []kiosk.Field{{Key: "birth", Kind: kiosk.FieldDate, Label: "field.birth", Hint: "field.birth-hint", Wrong: "field.birth-wrong"}}
			v.Buttons[0].Text = "button.block-now"
		case "block-number":
			v.CardIn, v.Person = false, secret.Text{}
			v.Fields = []kiosk.Field{{Key: "number", Kind: kiosk.FieldCode, Label: "field.number", Hint: "field.number-hint", Wrong: "field.number-wrong"}}
			v.Buttons[0].Text = "button.block-now"
		case "app-code":
			v.AppCode, v.Until = secret.NewText("4T9QWB7K"), "14:35"
			v.Buttons = []kiosk.Button{{Do: "print", Text: "button.print"}, {Do: "back", Text: "button.ready"}, stop}
		case "appointment", "cancel":
			v.Appointments = Appointments()[:1]
			v.Appointments[0].Date = "02/12/2026"
			v.Buttons = []kiosk.Button{{Do: "print", Text: "button.print"}, {Do: "cancel", Text: "button.cancel"}, {Do: "list", Text: "button.back"}, stop}
			if asks == "cancel" {
				v.Buttons = []kiosk.Button{{Do: "cancel-now", Text: "button.cancel-now"}, {Do: "list", Text: "button.keep"}, stop}
			}
		case "contact":
			v.Phone, v.Email = secret.NewText("•••• •• •• 567"), secret.NewText("a•••@voorbeeld.example")
			v.Buttons = []kiosk.Button{{Do: "back", Text: "button.right"}, {Do: "contact-phone", Text: "button.contact-phone"}, {Do: "contact-email", Text: "button.contact-email"}, stop}
		case "contact-phone", "contact-email":
			key := strings.TrimPrefix(asks, "contact-")
			v.Fields = []kiosk.Field{{Key: key, Kind: kiosk.FieldKind(key), Label: "field." + key, Hint: "field." + key + "-hint", Wrong: "field." + key + "-wrong"}}
			v.Buttons[0].Text, v.Buttons[1] = "button.save", kiosk.Button{Do: "contact-back", Text: "button.back"}
		case "letter":
			v.CardIn, v.Person = false, secret.Text{}
			v.Fields = []kiosk.Field{{Key: "birth", Kind: kiosk.FieldDate, Label: "field.birth", Hint: "field.birth-hint"}}
			v.Buttons = []kiosk.Button{next, stop}
		case "code-new", "code-more", "code-replace":
			v.Buttons[0] = kiosk.Button{Do: "make-card", Text: "button.make-card"}
		case "code-back":
			v.Fields = []kiosk.Field{{Key: "code", Kind: kiosk.FieldCode, Label: "field.code", Hint: "field.code-hint", Masked: true, Wrong: "field.code-wrong"}}
			v.Buttons[1] = kiosk.Button{Do: "cannot-read", Text: "button.cannot-read"}
		}
		m.add("ask-"+asks, v)
	}
	for _, wait := range under(keys, "wait.", ".title") {
		m.add("wait-"+wait, kiosk.View{Screen: kiosk.ScreenWait, Wait: wait, CardIn: true, Person: secret.NewText("An B."), EndsAt: endsAt, Buttons: []kiosk.Button{stop}})
	}
}

func (m *maker) closed() {
	v := kiosk.View{Screen: kiosk.ScreenClosed, Out: []string{"no-reader", "no-printer"}}
	m.add("closed", v)
	v.Helpers, v.Buttons = helpers()[:2], ways
	m.add("closed-helpers", v)
}

// under gives the middles of the keys with this beginning and end.
func under(keys []string, prefix, suffix string) []string {
	var list []string
	for _, key := range keys {
		middle, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		if middle, ok = strings.CutSuffix(middle, suffix); ok {
			list = append(list, middle)
		}
	}
	return list
}
