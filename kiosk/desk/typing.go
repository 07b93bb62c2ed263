package desk

import (
	"regexp"
	"strings"

	"balie/hw/eid"
	"balie/internal/age"
	"balie/internal/secret"
	"balie/kiosk"
)

// Someone without a chip card is typed from a document that the clerk sees: a number, the
// birth date twice, a name for the paper, and the kind of document. What becomes of it is
// marked unverified.

// The parts that someone who is typed can have.
const (
	roleParent = "parent"
	roleChild  = "child"
)

// beginTyping asks for someone without a chip card.
func (s State) beginTyping(role string) (State, []Effect) {
	s.Task.Role, s.Task.Typed = role, nil
	return s.decide(Typing)
}

// fields are what is typed of someone.
func (s State) fields() []kiosk.Field {
	if s.Task.single() {
		return s.fieldsOfOne()
	}
	list := []kiosk.Field{
		{Key: "number", Kind: kiosk.FieldText, Label: "staff.field.number", Hint: "staff.field.number-hint", Max: 32},
		{Key: "name", Kind: kiosk.FieldText, Label: "staff.field.name", Max: 60},
		{Key: "birth", Kind: kiosk.FieldDate, Label: "staff.field.birth"},
		{Key: "again", Kind: kiosk.FieldDate, Label: "staff.field.birth-again"},
	}
	for i := range list {
		list[i].Wrong = s.Wrong[list[i].Key]
	}
	return list
}

// ead is EAD of openapi.yaml.
var ead = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ./-]{2,31}$`)

// number takes a national number or one of the hospital's.
func (p *Person) number(typed secret.Text) bool {
	number := strings.TrimSpace(typed.Reveal())
	digits := strings.NewReplacer(".", "", "-", "", " ", "").Replace(number)
	if _, national := eid.ParseNumber(digits); national {
		p.Number = secret.NewText(digits)
		return true
	}
	p.EAD = secret.NewText(number)
	return ead.MatchString(number)
}

// typed takes what was typed, or says what of it cannot be right.
func (s State) typed(values map[string]secret.Text) (State, []Effect) {
	if s.Task.single() {
		return s.typedOne(values)
	}
	p := Person{Full: values["name"]}
	p.Name = p.Full
	wrong := map[string]string{}
	if !p.number(values["number"]) {
		wrong["number"] = "staff.wrong.number"
	}
	if p.Full.Empty() {
		wrong["name"] = "staff.wrong.name"
	}
	birth, ok := kiosk.TypedDate(values["birth"])
	today := age.Today(s.Now)
	under, _ := age.Under15(birth, today)
	switch {
	case !ok || today.Before(birth):
		wrong["birth"] = "staff.wrong.birth"
	case !values["birth"].Equal(values["again"]):
		wrong["again"] = "staff.wrong.birth-again"
	case under != (s.Task.Role == roleChild):
		wrong["birth"] = "staff.wrong.age"
	}
	p.Birth = birth
	return s.seen(p, wrong)
}

// seen asks for the document that someone was typed from, or says what of it is wrong.
func (s State) seen(p Person, wrong map[string]string) (State, []Effect) {
	if len(wrong) > 0 {
		s.Wrong = wrong
		s.Entry++
		return s, nil
	}
	s.Task.Typed = &p
	return s.decide(Document)
}

// document notes which kind of document the clerk saw, and why nothing was read.
func (s State) document(kind string) (State, []Effect) {
	p := *s.Task.Typed
	p.Document, p.Reason = kind, "no-chip"
	if kind == "unreadable" {
		p.Document, p.Reason = "identity-card", "chip-unreadable"
	}
	s.Task.Typed = nil
	if s.Task.single() {
		return s.about(p)
	}
	role := s.Task.Role
	s, effects := s.decide(People)
	s, more := s.is(p, role == roleChild)
	return s, append(effects, more...)
}
