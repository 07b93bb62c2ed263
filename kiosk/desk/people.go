package desk

import (
	"balie/hw/eid"
	"balie/internal/age"
	"balie/internal/secret"
	"balie/kiosk"
)

// cardChanged keeps account of readers and cards. A card begins something where one is
// waited for, and nowhere else.
func (s State) cardChanged(e kiosk.CardEvent) (State, []Effect) {
	r := s.reader(e.Reader)
	switch e.Kind {
	case kiosk.CardsDown:
		s.Readers = nil
		return s.ownGone("")
	case kiosk.ReaderReady:
		return s.with(r), nil
	case kiosk.ReaderLost, kiosk.ReaderClaimed:
		return s.without(e.Reader).ownGone(e.Reader)
	case kiosk.CardRemoved:
		r.Card, r.Own, r.Used = false, false, false
		return s.with(r).ownGone(e.Reader)
	case kiosk.CardInserted:
		r.Card, r.Own, r.Used = true, false, false
		return s.with(r).cardCame(e.Reader)
	case kiosk.CardMute:
		if s.Stage == People || s.Stage == SignedOut {
			s.Warning = "staff.warn.card-unreadable"
		}
	}
	return s, nil
}

// cardCame reads a card that is waited for.
func (s State) cardCame(reader string) (State, []Effect) {
	switch s.Stage {
	case SignedOut:
		return s.readOwn(reader)
	case People:
		s.Warning, s.EndsAt = "", s.Now.Add(s.Settings.Silence)
		return s, []Effect{ReadCard{Run: s.Run, Reader: reader}}
	}
	return s, nil
}

// ownGone is the clerk's card taken out before they were signed in; an empty reader is all
// of them.
func (s State) ownGone(reader string) (State, []Effect) {
	waits := s.Stage == Checking || s.Stage == Entering || s.Stage == Proving
	if !waits || s.Own.Reader == "" || reader != "" && reader != s.Own.Reader {
		return s, nil
	}
	return s.notSignedIn("staff.warn.card-unreadable")
}

// begin begins a task, with the cards that are in already: but what is about one person not
// with the card of whoever was there before.
func (s State) begin(kind string, e Event) (State, []Effect) {
	if kind == TaskLink && !e.ClockKnown {
		s.Warning = "staff.warn.clock"
		return s, nil
	}
	s.Task = Task{Kind: kind}
	if kind == TaskHistory {
		return s.decide(Numbering)
	}
	s, effects := s.decide(People)
	for _, r := range s.Readers {
		if r.Card && !r.Own && !(r.Used && s.Task.single()) {
			effects = append(effects, ReadCard{Run: s.Run, Reader: r.Name})
		}
	}
	return s, effects
}

// cardRead takes someone whose card is believed for the parent or for the child, as their
// age says. The last one of each counts.
func (s State) cardRead(in CardRead) (State, []Effect) {
	if !s.of(in.Run, People) {
		return s, nil
	}
	if r := s.reader(in.Reader); r.Card {
		r.Used = true
		s = s.with(r)
	}
	if key := objection(kiosk.Objection(in.Record, in.Err)); key != "" {
		s.Warning = key
		return s, nil
	}
	p := ofCard(in.Record)
	if s.Task.single() {
		return s.about(p)
	}
	under, known := age.Under15(p.Birth, age.Today(s.Now))
	if !known {
		s.Warning = "staff.warn.birth-unknown"
		return s, nil
	}
	return s.is(p, under)
}

// is takes someone for the child or the parent, and goes on where both are there.
func (s State) is(p Person, child bool) (State, []Effect) {
	s.Warning = ""
	switch {
	case child:
		s.Task.Child = &p
	default:
		if s.Task.Parent != nil && !s.Task.Parent.same(p) {
			s.Warning = "staff.warn.two-adults"
		}
		s.Task.Parent = &p
	}
	if s.Task.Parent == nil || s.Task.Child == nil {
		return s, nil
	}
	parent := *s.Task.Parent
	s, effects := s.decide(Attesting)
	if s.Task.Kind == TaskLink {
		effects = append(effects, AskAccount{Run: s.Run, Person: parent})
	}
	return s, effects
}

// objection is what the clerk is told of a card that is not believed.
func objection(key string) string {
	switch key {
	case "":
		return ""
	case "card-not-genuine":
		return "staff.warn.card-not-genuine"
	case "card-expired":
		return "staff.warn.card-expired"
	}
	return "staff.warn.card-unreadable"
}

// ofCard is who a card names.
func ofCard(r eid.Record) Person {
	i, proof := r.Identity, r.Proof
	return Person{
		Name: kiosk.Greeting(i), Full: secret.NewText(i.GivenNames.Reveal() + " " + i.FamilyName.Reveal()), Birth: i.Birth(),
		Proof: &proof, Number: i.NationalNumber, Document: i.DocumentType, Test: proof.TestTrusted || r.Checks.Chain == eid.Test,
	}
}
