package desk

import (
	"slices"
	"strconv"
	"time"

	"balie/internal/age"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
)

// ScreenNone is the screen of a desk that wants none: a shared one is the patients' then.
const ScreenNone kiosk.Screen = ""

// View is what is shown now.
func (s State) View() kiosk.View {
	v := kiosk.View{
		Seq: s.Seq, Screen: s.screen(), Language: s.Language, Languages: s.Settings.Languages, EndsAt: s.EndsAt,
		Entry: s.Entry, Test: s.test(), Buttons: s.buttons(),
	}
	if at := s.asksAt(); !at.IsZero() && !s.Now.Before(at) {
		v.Asking = true
		if s.Extended < extensions {
			v.Buttons = append(v.Buttons, kiosk.Button{Do: "stay", Text: "button.stay"})
		}
	}
	switch v.Screen {
	case kiosk.ScreenStaff:
		v.Staff = s.staff()
	case kiosk.ScreenPIN, kiosk.ScreenPINReader:
		v.Tries = s.Own.Tries
	}
	switch s.Stage {
	case SignedOut:
		v.Fields = []kiosk.Field{{Key: "badge", Kind: kiosk.FieldText, Label: "staff.field.badge", Max: 100, Masked: true}}
	case Typing:
		v.Fields = s.fields()
	case Numbering:
		v.Fields = []kiosk.Field{{Key: "number", Kind: kiosk.FieldCode, Label: "staff.field.card", Max: 20}}
	case Making:
		v = s.making(v)
	case Checking, Proving, Working, Waiting, Asking:
		v.EndsAt = time.Time{} // what is begun has an outcome, and the outcome ends it
	}
	return v
}

// screen is which screen a state shows.
func (s State) screen() kiosk.Screen {
	switch {
	case s.Stage == Away:
		return ScreenNone
	case s.Stage == Entering:
		return kiosk.ScreenPIN
	case s.Stage == Proving && s.Own.Pinpad:
		return kiosk.ScreenPINReader
	case s.Stage == Proving: // what was typed waits for the card as long as this is shown
		return kiosk.ScreenHolder
	}
	return kiosk.ScreenStaff
}

// staff is what the screen of the desk shows.
func (s State) staff() *kiosk.StaffView {
	v := &kiosk.StaffView{Clerk: s.Clerk.Name, Facts: s.facts()}
	v.Title, v.Lead = s.words()
	if !s.signedIn() {
		v.Clerk = ""
	}
	if s.Warning != "" {
		v.Warnings = append(v.Warnings, s.Warning)
	}
	switch s.Stage {
	case Checking, Proving, Working, Waiting, Asking:
		v.Busy = true
	case Making:
		v.Busy = s.Task.Made.Stage != codecard.Offered && s.Task.Made.Stage != codecard.Typing
	case Attesting:
		v.Parent, v.Child = s.Task.Parent.Name, s.Task.Child.Name
		v.Warnings = append(v.Warnings, s.doubts()...)
	case Told:
		if s.Task.Slip != "" {
			v.Warnings = append(v.Warnings, s.Task.Slip)
		}
		if s.Task.Child != nil {
			v.Date = kiosk.Date(age.Fifteenth(s.Task.Child.Birth))
		}
		if s.linked() && s.endsTomorrow() {
			v.Warnings = append(v.Warnings, "staff.warn.ends-tomorrow")
		}
	}
	return v
}

// doubts are what the clerk is to know before they confirm.
func (s State) doubts() []string {
	var list []string
	t := s.Task
	if t.Account != "" {
		list = append(list, t.Account)
	}
	if t.Parent.typed() || t.Child.typed() {
		list = append(list, "staff.warn.unverified")
	}
	if t.Kind == TaskLink && s.endsTomorrow() {
		list = append(list, "staff.warn.ends-tomorrow")
	}
	return list
}

// words are the title and what stands under it.
func (s State) words() (title, lead string) {
	unlink := s.Task.Kind == TaskUnlink
	switch s.Stage {
	case Checking, Proving, Working, Waiting, Asking:
		return "staff.busy.title", ""
	case Menu:
		return "staff.menu.title", ""
	case Numbering:
		return "staff.numbering.title", "staff.numbering.lead"
	case Sure:
		return s.question()
	case Making:
		return s.step()
	case People:
		if s.Task.single() {
			return s.whom(), "staff.whom.lead"
		}
		if unlink {
			return "staff.people.unlink", "staff.people.lead"
		}
		return "staff.people.link", "staff.people.lead"
	case Typing:
		if s.Task.single() {
			return s.whom(), "staff.typing.lead"
		}
		if s.Task.Role == roleChild {
			return "staff.typing.child", "staff.typing.lead"
		}
		return "staff.typing.parent", "staff.typing.lead"
	case Document:
		return "staff.document.title", ""
	case Attesting:
		if unlink {
			return "staff.attest.unlink", "staff.attest.unlink-lead"
		}
		return "staff.attest.link", "staff.attest.link-lead"
	case Told:
		return s.Task.Result, meaning(s.Task.Result)
	}
	return "staff.sign-in.title", "staff.sign-in.lead"
}

// meaning is what is said under an outcome, where more is to be said.
func meaning(result string) string {
	switch result {
	case "staff.result.linked":
		return "staff.meaning.linked"
	case "staff.result.link-requested", "staff.result.unlink-requested", "staff.result.block-requested", "staff.result.issued-soon":
		return "staff.meaning.requested"
	case "staff.result.nobody":
		return "staff.meaning.nobody"
	case "staff.result.no-account":
		return "staff.meaning.no-account"
	case "staff.result.blocked":
		return "staff.meaning.blocked"
	case "staff.result.password":
		return "staff.meaning.password"
	case "staff.result.no-paper", "staff.result.void":
		return "staff.meaning.void"
	case "staff.result.away":
		return "staff.meaning.away"
	case "staff.result.not-kept", "staff.result.not-recorded":
		return "staff.meaning.not-kept"
	case "staff.result.unknown":
		return "staff.meaning.unknown"
	case "staff.result.age":
		return "staff.meaning.age"
	case "staff.result.ombuds":
		return "staff.meaning.ombuds"
	}
	return ""
}

// facts are what is known of whom it is about.
func (s State) facts() []kiosk.Fact {
	if s.Task.single() {
		return s.factsOfOne()
	}
	if s.Stage != People && s.Stage != Attesting && s.Stage != Told {
		return nil
	}
	var list []kiosk.Fact
	for _, role := range []struct {
		label string
		p     *Person
	}{{"staff.fact.parent", s.Task.Parent}, {"staff.fact.child", s.Task.Child}} {
		f := kiosk.Fact{Label: role.label, Says: "staff.fact.nobody"}
		if role.p != nil {
			f.Value, f.Says = role.p.Name, "staff.fact.card"
			if role.p.typed() {
				f.Says = "staff.fact.typed"
			}
		}
		list = append(list, f)
	}
	if c := s.Task.Child; c != nil {
		list = append(list, kiosk.Fact{Label: "staff.fact.fifteen", Value: secret.NewText(kiosk.Date(age.Fifteenth(c.Birth)))})
	}
	return list
}

// linked tells whether a link was made or asked for.
func (s State) linked() bool {
	return s.Task.Result == "staff.result.linked" || s.Task.Result == "staff.result.link-requested"
}

// buttons are what can be pressed, the main one first; digits choose, the other keys stand
// on them.
func (s State) buttons() []kiosk.Button {
	back := kiosk.Button{Do: "stop", Text: "button.back", Key: "Escape"}
	switch s.Stage {
	case SignedOut:
		var list []kiosk.Button
		if !s.BarredUntil.After(s.Now) {
			list = append(list, kiosk.Button{Do: "sign-in", Text: "staff.button.sign-in", Key: "Enter", Send: true})
		}
		if s.Settings.Shared {
			list = append(list, kiosk.Button{Do: "stop", Text: "button.stop", Key: "Escape"})
		}
		return list
	case Entering:
		return []kiosk.Button{{Do: "pin", Text: "button.pin", Key: "Enter"}, {Do: "stop", Text: "button.stop", Key: "Escape"}}
	case Checking, Proving:
		return []kiosk.Button{{Do: "stop", Text: "button.stop", Key: "Escape"}}
	case Menu:
		return s.tasks()
	case Numbering:
		return []kiosk.Button{{Do: "number", Text: "button.next", Key: "Enter", Send: true}, back}
	case Sure:
		return []kiosk.Button{{Do: "sure", Text: s.confirmText(), Key: "Enter"}, back}
	case Making:
		return s.makingButtons()
	case People:
		return append(s.typingButtons(), back)
	case Typing:
		return []kiosk.Button{{Do: "typed", Text: "button.next", Key: "Enter", Send: true}, back}
	case Document:
		return append(documentButtons(), back)
	case Attesting:
		return append(s.attestButtons(), back)
	case Told:
		return s.toldButtons()
	}
	return nil
}

// typingButtons are for those who have no chip card.
func (s State) typingButtons() []kiosk.Button {
	if s.Task.single() {
		return []kiosk.Button{{Do: "type", Text: "staff.button.one-typed", Key: "1"}}
	}
	var list []kiosk.Button
	if s.Task.Parent == nil {
		list = append(list, kiosk.Button{Do: "type", Choice: roleParent, Text: "staff.button.parent-typed", Key: "1"})
	}
	if s.Task.Child == nil {
		list = append(list, kiosk.Button{Do: "type", Choice: roleChild, Text: "staff.button.child-typed", Key: "2"})
	}
	return list
}

// documentButtons are the kinds of document of someone who was typed.
func documentButtons() []kiosk.Button {
	list := []kiosk.Button{
		{Choice: "passport", Text: "staff.document.passport"}, {Choice: "identity-card", Text: "staff.document.identity-card"},
		{Choice: "residence-card", Text: "staff.document.residence-card"}, {Choice: "other", Text: "staff.document.another"},
		{Choice: "unreadable", Text: "staff.document.unreadable"},
	}
	for i := range list {
		list[i].Do, list[i].Key = "document", strconv.Itoa(i+1)
	}
	return list
}

// attestButtons are what a clerk attests: nothing is chosen before they do.
func (s State) attestButtons() []kiosk.Button {
	if s.Task.Kind == TaskUnlink {
		return []kiosk.Button{{Do: "confirm", Text: "staff.button.unlink-now", Key: "Enter"}}
	}
	var list []kiosk.Button
	if s.Task.attested() {
		list = append(list, kiosk.Button{Do: "confirm", Text: "staff.button.link-now", Key: "Enter"})
	}
	texts := []string{"staff.paper.birth-certificate", "staff.paper.family-book", "staff.paper.court-order", "staff.paper.household-certificate", "staff.paper.another"}
	list = append(list, kiosk.Button{Do: "authority", Text: "staff.button.authority", Key: "0", Pressed: pressed(s.Task.Authority)})
	for i, paper := range shown() {
		list = append(list, kiosk.Button{Do: "paper", Choice: paper, Text: texts[i], Key: strconv.Itoa(i + 1), Pressed: pressed(slices.Contains(s.Task.Papers, paper))})
	}
	return append(list, kiosk.Button{Do: "other", Text: "staff.button.bond", Key: "F8"})
}

func pressed(is bool) string { return strconv.FormatBool(is) }

// toldButtons are what may follow.
func (s State) toldButtons() []kiosk.Button {
	list := []kiosk.Button{{Do: "stop", Text: "button.ready", Key: "Enter"}}
	if s.linked() {
		list = append(list, kiosk.Button{Do: "next", Text: "staff.button.next-child", Key: "1"})
	}
	if s.hasSlip() {
		list = append(list, kiosk.Button{Do: "print", Text: "staff.button.print-again", Key: "2"})
	}
	if s.linked() && s.endsTomorrow() {
		list = append(list, kiosk.Button{Do: "form", Text: "staff.button.form", Key: "3"})
	}
	return list
}

// tasks are what there is to do.
func (s State) tasks() []kiosk.Button {
	var list []kiosk.Button
	for i, t := range []struct{ kind, text string }{
		{TaskLink, "staff.button.link"}, {TaskUnlink, "staff.button.unlink"}, {TaskBlock, "staff.button.block"}, {TaskPassword, "staff.button.password"},
		{TaskUnlock, "staff.button.unlock"}, {TaskCode, "staff.button.code"}, {TaskHistory, "staff.button.history"},
	} {
		if !s.Settings.CodeCards && (t.kind == TaskPassword || t.kind == TaskCode) {
			continue
		}
		list = append(list, kiosk.Button{Do: "task", Choice: t.kind, Text: t.text, Key: strconv.Itoa(i + 1)})
	}
	return append(list, kiosk.Button{Do: "sign-out", Text: "staff.button.sign-out", Key: "F9"})
}
