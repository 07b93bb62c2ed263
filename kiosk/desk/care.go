package desk

import (
	"errors"

	"balie/internal/age"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
)

// What is done for one person: their code cards blocked, a new password, a log-in unlocked,
// a code card. Nothing is shown of them before the portal knows them by that card, or by
// that number and that birth date; a number with another birth date is as one that nobody
// has.
//
//	People → Asking → Sure → Working → Waiting → Told        (block)
//	People → Asking → Sure → Working → Told                  (password, unlock)
//	People → Asking → Making → Told                          (code card)
//	Numbering → Working → Told                               (what became of a card)

// single tells whether a task is about one person.
func (t Task) single() bool { return t.Kind != TaskLink && t.Kind != TaskUnlink }

// about goes on with whom a task is about.
func (s State) about(p Person) (State, []Effect) {
	s.Task.Person = &p
	if s.Task.Kind == TaskCode {
		return s.make()
	}
	s, effects := s.to(Asking, checkTime)
	return s, append(effects, AskAccount{Run: s.Run, Person: p})
}

// known says what the portal knows, and asks whether it is to be done. A block is taken
// whatever the portal says.
func (s State) known(in Accounted) (State, []Effect) {
	if !s.of(in.Run, Asking) {
		return s, nil
	}
	s.Task.Log = in.Account
	switch {
	case s.Task.Kind == TaskBlock && !errors.Is(in.Err, kiosk.ErrPatientUnknown):
	case in.Err != nil:
		return s.told(cannot(in.Err))
	case in.Account.Deceased:
		return s.told("staff.result.deceased")
	case !in.Account.Exists:
		return s.told("staff.result.no-account")
	case s.Task.Kind == TaskUnlock && !in.Account.Locked:
		return s.told("staff.result.not-locked")
	}
	return s.decide(Sure)
}

// cannot is why the portal does not do it.
func cannot(err error) string {
	switch {
	case errors.Is(err, ErrUnsure): // whatever else it is: nobody may trust the paper
		return "staff.result.not-kept"
	case errors.Is(err, kiosk.ErrPatientUnknown):
		return "staff.result.nobody"
	case errors.Is(err, ErrNoPaper):
		return "staff.result.no-paper"
	case errors.Is(err, ErrNotRecorded):
		return "staff.result.not-recorded"
	case errors.Is(err, kiosk.ErrCardRefused), errors.Is(err, kiosk.ErrActionRefused):
		return "staff.result.refused"
	}
	return "staff.result.away"
}

// sure does what was confirmed.
func (s State) sure(e Event) (State, []Effect) {
	t := &s.Task
	t.Action, t.At = e.ID, s.Now
	p := *t.Person
	s, effects := s.to(Working, commitTime)
	if t.Kind == TaskBlock {
		return s, append(effects, CommitBlock{Run: s.Run, Block: Block{ID: e.ID, At: s.Now, Person: p, Test: s.test()}})
	}
	if t.Kind == TaskPassword {
		s.EndsAt = s.Now.Add(passwordTime)
	}
	return s, append(effects, Change{Run: s.Run, Kind: s.Task.Kind, Key: e.ID, Person: p, Language: s.Language})
}

// done says how a call went.
func (s State) done(in Done) (State, []Effect) {
	if !s.of(in.Run, Working) {
		return s, nil
	}
	switch {
	case in.Err != nil:
		return s.told(cannot(in.Err))
	case s.Task.Kind == TaskUnlock:
		return s.told("staff.result.unlocked")
	}
	return s.told("staff.result.password")
}

// history asks what became of a code card, by its number.
func (s State) history(number secret.Text) (State, []Effect) {
	s, effects := s.to(Working, checkTime)
	return s, append(effects, AskCard{Run: s.Run, Number: number})
}

// cardKnown says what became of it.
func (s State) cardKnown(in CardKnown) (State, []Effect) {
	if !s.of(in.Run, Working) {
		return s, nil
	}
	if in.Err != nil {
		if result := cannot(in.Err); result != "staff.result.nobody" {
			return s.told(result)
		}
		return s.told("staff.card.unknown")
	}
	switch in.State {
	case "reserved":
		return s.told("staff.card.reserved")
	case "active":
		return s.told("staff.card.active")
	case "void":
		return s.told("staff.card.void")
	case "blocked":
		return s.told("staff.card.blocked")
	case "replaced":
		return s.told("staff.card.replaced")
	}
	return s.told("staff.card.unknown")
}

// make begins a code card.
func (s State) make() (State, []Effect) {
	made, effects := codecard.Begin()
	s.Task.Made = made
	s, forget := s.to(Making, made.Limit())
	return s, append(forget, s.forCard(effects)...)
}

// card takes the code card one step on.
func (s State) card(in codecard.Input) (State, []Effect) {
	before := s.Task.Made
	next, made := codecard.Step(before, in)
	s.Task.Made = next
	effects := s.forCard(made)
	if next.Stage == before.Stage {
		return s, effects
	}
	if next.Stage == codecard.Ended {
		s, more := s.told(ended(next.End))
		return s, append(effects, more...)
	}
	if s.EndsAt = s.Now.Add(next.Limit()); next.Stage == codecard.Offered {
		s.EndsAt = s.Now.Add(s.Settings.Silence)
	}
	s.Entry++
	return s, effects
}

// madeOn takes the outcome of what was done for a code card.
func (s State) madeOn(in MadeOn) (State, []Effect) {
	if !s.of(in.Run, Making) || in.In == nil {
		return s, nil
	}
	return s.card(in.In)
}

// forCard are the effects of a code card as the desk carries them out.
func (s State) forCard(effects []codecard.Effect) []Effect {
	var list []Effect
	for _, e := range effects {
		m := Make{Person: *s.Task.Person, Language: s.Language, At: s.Now, Test: s.test(), Do: e}
		if _, void := e.(codecard.Void); void { // it tells nothing of whose it was
			m.Person = Person{}
		}
		list = append(list, MakeCard{Run: s.Run, Make: m})
	}
	return list
}

// ended is what an end of a code card means to a clerk.
func ended(e codecard.End) string {
	switch e {
	case codecard.Issued:
		return "staff.result.issued"
	case codecard.IssuedSoon:
		return "staff.result.issued-soon"
	case codecard.Away:
		return "staff.result.away"
	case codecard.Unknown:
		return "staff.result.nobody"
	case codecard.Locked:
		return "staff.result.locked"
	case codecard.ToDesk:
		return "staff.result.deceased"
	case codecard.Refused:
		return "staff.result.refused"
	case codecard.Unkept:
		return "staff.result.not-kept"
	case codecard.Unprinted, codecard.Doubtful, codecard.Retracted:
		return "staff.result.no-paper"
	}
	return "staff.result.void"
}

// fieldsOfOne are what is typed of one person.
func (s State) fieldsOfOne() []kiosk.Field {
	return []kiosk.Field{
		{Key: "number", Kind: kiosk.FieldText, Label: "staff.field.number", Hint: "staff.field.number-hint", Max: 32, Wrong: s.Wrong["number"]},
		{Key: "birth", Kind: kiosk.FieldDate, Label: "staff.field.birth", Wrong: s.Wrong["birth"]},
	}
}

// typedOne takes who was typed: the birth date must be that of the document, and the portal
// holds it against its own.
func (s State) typedOne(values map[string]secret.Text) (State, []Effect) {
	var p Person
	wrong := map[string]string{}
	if !p.number(values["number"]) {
		wrong["number"] = "staff.wrong.number"
	}
	birth, ok := kiosk.TypedDate(values["birth"])
	if today := age.Today(s.Now); !ok || today.Before(birth) {
		wrong["birth"] = "staff.wrong.birth"
	}
	p.Birth = birth
	return s.seen(p, wrong)
}
