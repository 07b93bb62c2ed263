package desk

import (
	"time"

	"balie/kiosk"
	"balie/kiosk/codecard"
)

// whom asks whom a task is about.
func (s State) whom() string {
	switch s.Task.Kind {
	case TaskBlock:
		return "staff.whom.block"
	case TaskPassword:
		return "staff.whom.password"
	case TaskUnlock:
		return "staff.whom.unlock"
	}
	return "staff.whom.code"
}

// question asks whether it is to be done, and says what comes of it.
func (s State) question() (title, lead string) {
	switch s.Task.Kind {
	case TaskBlock:
		return "staff.sure.block", "staff.sure.block-lead"
	case TaskPassword:
		return "staff.sure.password", "staff.sure.password-lead"
	}
	return "staff.sure.unlock", "staff.sure.unlock-lead"
}

func (s State) confirmText() string {
	switch s.Task.Kind {
	case TaskBlock:
		return "staff.button.block"
	case TaskPassword:
		return "staff.button.password"
	}
	return "staff.button.unlock"
}

// step is how far a code card is.
func (s State) step() (title, lead string) {
	switch c := s.Task.Made; c.Stage {
	case codecard.Offered:
		if c.Account {
			return "staff.code.offered", "staff.code.password-stays"
		}
		return "staff.code.offered", "staff.code.password-new"
	case codecard.Printing:
		return "staff.code.printing", ""
	case codecard.Taking:
		return "staff.code.taking", ""
	case codecard.Typing:
		return "staff.code.typing", "staff.code.typing-lead"
	case codecard.PrintingSlip:
		return "staff.code.slip-printing", ""
	case codecard.TakingSlip:
		return "staff.code.slip-taking", ""
	}
	return "staff.busy.title", ""
}

// making fills in what a view says of a code card that is made.
func (s State) making(v kiosk.View) kiosk.View {
	c := s.Task.Made
	if !c.Deciding() {
		v.EndsAt = time.Time{} // what is begun has an outcome, and the outcome ends it
	}
	if c.Stage == codecard.Typing {
		v.Number = c.Number
		f := kiosk.Field{Key: "code", Kind: kiosk.FieldCode, Label: "field.code", Hint: "field.code-hint", Masked: true}
		if c.Wrong > 0 {
			f.Wrong = "field.code-wrong"
		}
		v.Fields = []kiosk.Field{f}
	}
	return v
}

// makingButtons are what can be pressed then.
func (s State) makingButtons() []kiosk.Button {
	stop := kiosk.Button{Do: "stop", Text: "button.stop", Key: "Escape"}
	switch c := s.Task.Made; {
	case c.Stage == codecard.Offered:
		return []kiosk.Button{{Do: "make-card", Text: "staff.button.code-now", Key: "Enter"}, stop}
	case c.Stage == codecard.Typing:
		return []kiosk.Button{{Do: "code", Text: "button.next", Key: "Enter", Send: true}, {Do: "in-hands", Text: "staff.button.in-hands", Key: "F8"}, stop}
	case c.Keeping():
		return nil
	}
	return []kiosk.Button{stop}
}

// factsOfOne are what is known of one person: nothing before the portal knows them.
func (s State) factsOfOne() []kiosk.Fact {
	p := s.Task.Person
	offered := s.Stage == Making && s.Task.Made.Stage >= codecard.Offered
	if p == nil || s.Stage != Sure && !offered {
		return nil
	}
	who := kiosk.Fact{Label: "staff.fact.person", Value: p.Name, Says: "staff.fact.card"}
	if p.typed() {
		who.Says = "staff.fact.typed"
	}
	log, card := s.Task.Log, kiosk.Fact{Label: "staff.fact.code-card", Says: "staff.fact.none"}
	if offered {
		log = Account{Exists: s.Task.Made.Account, HasCard: s.Task.Made.HasCard}
	}
	if log.HasCard {
		card.Says = "staff.fact.active"
	}
	account := kiosk.Fact{Label: "staff.fact.account", Says: "staff.fact.none"}
	switch {
	case log.Locked:
		account.Says = "staff.fact.locked"
	case log.Exists:
		account.Says = "staff.fact.active"
	}
	return []kiosk.Fact{who, account, card}
}
