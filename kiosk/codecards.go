package kiosk

import (
	"balie/hw/eid"
	"balie/kiosk/codecard"
)

// A code card for the holder of the card that is in. How it is made is package codecard;
// here is what of it is on the screen.

// makeCard begins, once the holder is proved.
func (s State) makeCard() (State, []Effect) {
	v := &s.Visit
	var effects []codecard.Effect
	v.Card, effects = codecard.Begin()
	v.Stage, v.EndsAt = Making, s.Now.Add(v.Card.Limit())
	return s, s.forCard(effects)
}

// card takes the code card one step on. Its end is a notice, unless the person only did not
// want one.
func (s State) card(in codecard.Input) (State, []Effect) {
	v := &s.Visit
	before := v.Card
	next, made := codecard.Step(before, in)
	effects := s.forCard(made)
	if v.Card = next; next.Stage == before.Stage {
		return s, effects
	}
	if v.EndsAt = s.Now.Add(next.Limit()); next.Stage == codecard.Typing {
		s.Entry++
	}
	if next.Stage != codecard.Ended {
		return s, effects
	}
	if before.Stage == codecard.Asking || before.Stage == codecard.Checking {
		effects = append(effects, Forget{v.ID}) // it may be asked still
	}
	v.Card = codecard.State{}
	if before.Stage == codecard.Offered && next.End == codecard.Stopped {
		return s.home(), effects
	}
	v.Offers, v.Chosen = nil, 0
	return s.notice("code-" + string(next.End)), effects
}

// cardStep takes the outcome of what was done for a code card.
func (s State) cardStep(in CardStep) (State, []Effect) {
	if !s.of(in.Visit, Making) || in.In == nil {
		return s, nil
	}
	return s.card(in.In)
}

// forCard are the effects of a code card as the booth carries them out.
func (s State) forCard(effects []codecard.Effect) []Effect {
	var list []Effect
	for _, e := range effects {
		of := CardOf{Proof: s.Visit.Proof, Holder: s.Visit.Holder, Language: s.Language, At: s.Now, Test: s.test()}
		if _, void := e.(codecard.Void); void { // it tells nothing of whose it was
			of.Proof, of.Holder = eid.Proof{}, eid.HolderProof{}
		}
		list = append(list, ForCard{Visit: s.Visit.ID, Of: of, Do: e})
	}
	return list
}

// stop ends the visit; a code card that is being made becomes void before.
func (s State) stop() (State, []Effect) {
	if s.Visit.Stage == Making && s.Visit.Card.Stage != codecard.Offered {
		return s.card(codecard.Stop{})
	}
	return s.end()
}

// pressedForCard does what was pressed about a code card.
func (s State) pressedForCard(p Press, e Event) (State, []Effect) {
	switch p.Do {
	case "make-card":
		return s.card(codecard.Accept{Card: e.ID})
	case "code":
		return s.card(codecard.Typed{Code: p.Values["code"]})
	case "cannot-read":
		return s.card(codecard.CannotRead{})
	}
	return s, nil
}

func (s State) cardScreen() Screen {
	switch s.Visit.Card.Stage {
	case codecard.Offered, codecard.Typing:
		return ScreenAsk
	case codecard.Printing, codecard.Taking, codecard.PrintingSlip, codecard.TakingSlip:
		return ScreenWait
	}
	return ScreenHolder
}

// ofCard fills in what a view says of a code card.
func (s State) ofCard(v View) View {
	c := s.Visit.Card
	switch c.Stage {
	case codecard.Offered:
		switch {
		case c.HasCard:
			v.Asks = "code-replace"
		case c.Account:
			v.Asks = "code-more"
		default:
			v.Asks = "code-new"
		}
	case codecard.Typing:
		v.Asks, v.Number = "code-back", c.Number
		f := Field{Key: "code", Kind: FieldCode, Label: "field.code", Hint: "field.code-hint", Masked: true}
		if c.Wrong > 0 {
			f.Wrong = "field.code-wrong"
		}
		v.Fields = []Field{f}
	case codecard.Printing:
		v.Wait = "code-print"
	case codecard.Taking:
		v.Wait = "code-take"
	case codecard.PrintingSlip:
		v.Wait = "slip-print"
	case codecard.TakingSlip:
		v.Wait = "slip-take"
	}
	return v
}

func (s State) cardButtons() []Button {
	stop := Button{Do: "stop", Text: "button.stop"}
	switch c := s.Visit.Card; {
	case c.Stage == codecard.Offered:
		return []Button{{Do: "make-card", Text: "button.make-card"}, {Do: "back", Text: "button.back"}, stop}
	case c.Stage == codecard.Typing:
		return []Button{{Do: "code", Text: "button.next", Send: true}, {Do: "cannot-read", Text: "button.cannot-read"}, stop}
	case c.Keeping():
		return nil
	}
	return []Button{stop}
}
