package ui

import (
	"slices"
	"strconv"
	"strings"

	"balie/internal/secret"
	"balie/kiosk"
)

// page is what a template sees: the view, and the words and buttons for it.
type page struct {
	kiosk.View
	prefs
	Hospital    Hospital
	Development bool
	Speaks      bool // this booth has a headphone jack
	texts       Texts
}

func newPage(v kiosk.View, p prefs, o Options) page {
	return page{View: v, prefs: p, Hospital: o.Hospital, Development: o.Development, Speaks: o.Say != nil, texts: o.Texts}
}

// T is a sentence in the language of the screen.
func (p page) T(key string, data ...string) string { return p.texts.Get(p.Language, key, data...) }

// Title is the one heading of the screen.
func (p page) Title() string {
	switch {
	case p.Screen == kiosk.ScreenNotice:
		return p.T("notice." + p.Notice + ".title")
	case p.Screen == kiosk.ScreenAsk:
		return p.Say("ask." + p.Asks + ".title")
	case p.Staff != nil:
		return p.T(p.Staff.Title, "parent", p.Staff.Parent.Reveal(), "child", p.Staff.Child.Reveal(), "number", strconv.Itoa(p.Number))
	case p.Screen == kiosk.ScreenWait:
		return p.T("wait." + p.Wait + ".title")
	case p.Told.Title != "":
		return p.Told.Title
	}
	return p.T("screen." + string(p.Screen) + ".title")
}

// Greeting is how the person is greeted, once known.
func (p page) Greeting() string {
	if p.Person.Empty() {
		return ""
	}
	return p.T("greeting.hello", "name", p.Person.Reveal())
}

// Help says who helps.
func (p page) Help() string {
	if p.Hospital.Phone == "" {
		return p.T("help.staff-nearby")
	}
	return p.T("help.staff", "phone", unbroken(p.Hospital.Phone))
}

// unbroken keeps a phone number on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// Digits are the keys of the keypad, in order.
func (page) Digits() []int { return []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 0} }

// Logo tells whether the hospital has one.
func (p page) Logo() bool { return len(p.Hospital.Logo) > 0 }

// EndsAtMilli is the end of the screen for the script, in milliseconds since 1970.
func (p page) EndsAtMilli() int64 { return p.EndsAt.UnixMilli() }

// languageNames are in their own language on every screen, and so no sentences.
var languageNames = map[string]string{"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}

// Tongue is a language that can be chosen.
type Tongue struct {
	Code, Name string
	Current    bool
}

// Tongues are the languages that can be chosen; none where there is no choice.
func (p page) Tongues() []Tongue {
	if len(p.Languages) < 2 {
		return nil
	}
	var list []Tongue
	for _, code := range p.Languages {
		list = append(list, Tongue{Code: code, Name: languageNames[code], Current: code == p.Language})
	}
	return list
}

// Actions are the buttons under a screen, besides those of the appointments and
// the one that belongs to the question whether anyone is there.
func (p page) Actions() []kiosk.Button {
	elsewhere := []string{"choose", "pick", "topic", "stay", "help", "staff"}
	return slices.DeleteFunc(slices.Clone(p.Buttons), func(b kiosk.Button) bool { return slices.Contains(elsewhere, b.Do) })
}

// Call is the button that calls for help, where the screen has it.
func (p page) Call() *kiosk.Button {
	i := slices.IndexFunc(p.Buttons, func(b kiosk.Button) bool { return b.Do == "help" })
	if i < 0 {
		return nil
	}
	return &p.Buttons[i]
}

// Desk is the button that asks for the desk, where the screen has it.
func (p page) Desk() *kiosk.Button {
	i := slices.IndexFunc(p.Buttons, func(b kiosk.Button) bool { return b.Do == "staff" })
	if i < 0 {
		return nil
	}
	return &p.Buttons[i]
}

// Main tells whether a button is the answer to the question of the screen, and
// not a way out of it.
func (p page) Main(b kiosk.Button) bool {
	if p.Staff != nil {
		return b.Key == "Enter"
	}
	side := []string{"stop", "back", "later", "app", "questions", "print", "more", "cannot-read", "block", "list", "cancel", "contact-phone", "contact-email", "contact-back"}
	return (p.Asks == "more" || p.Asks == "block-by") && b.Do != "stop" && b.Do != "back" || !slices.Contains(side, b.Do) || b.Text == "button.ready" || b.Text == "button.right"
}

// Answers are the buttons under the question whether anyone is there: to stay,
// as long as that can be, and to stop.
func (p page) Answers() []kiosk.Button {
	var list []kiosk.Button
	for _, do := range []string{"stay", "stop"} {
		for _, b := range p.Buttons {
			if b.Do == do {
				list = append(list, b)
			}
		}
	}
	return list
}

// Grouped writes a code in groups of four, to be read and typed.
func (p page) Grouped(code secret.Text) string {
	var b strings.Builder
	for i, r := range code.Reveal() {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Known is what is known of how somebody is reached.
func (p page) Known(t secret.Text) string {
	if t.Empty() {
		return p.T("field.none")
	}
	return t.Reveal()
}

// Offered tells whether an appointment can be chosen.
func (p page) Offered(a kiosk.AppointmentView) bool {
	return slices.ContainsFunc(p.Buttons, func(b kiosk.Button) bool { return b.Do == "choose" && b.Choice == a.Choice })
}

// Picture is the drawing of a notice: what to do about it, most often to go to
// the desk.
func (p page) Picture() string {
	switch p.Notice {
	case "card-removed", "card-unreadable", "card-mute":
		return "card-again"
	case "take-card":
		return "card-out"
	case "too-early":
		return "clock"
	case "video":
		return "video"
	case "elsewhere":
		return "place"
	case "no-appointments", "none-now":
		return "calendar"
	case "code-issued", "code-issued-soon":
		return "code-card"
	}
	return "desk"
}

// Said are the sentences of out, each once: several faults can mean the same to
// whoever stands there.
func (p page) Said() []string {
	var list []string
	for _, key := range p.Out {
		if s := p.T("out." + key); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// Classes are how the person in front likes to read, as marks for the styles.
func (p page) Classes() string {
	var list []string
	if p.Contrast {
		list = append(list, "contrast")
	}
	if p.Large {
		list = append(list, "large")
	}
	return strings.Join(list, " ")
}
