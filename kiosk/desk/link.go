package desk

import (
	"errors"
	"slices"

	"balie/internal/age"
	"balie/kiosk"
	"balie/kiosk/papers"
	"balie/printer"
)

// A link, and the end of one:
//
//	People → Attesting → Working → Waiting → Told
//
// Nothing is attested before the clerk has said it, for each child anew.

// shown are the papers that prove parental authority, in the order of their keys.
func shown() []string {
	return []string{"birth-certificate", "family-book", "court-order", "household-certificate", "other"}
}

// toggled puts a word into a list, or takes it out.
func toggled(list []string, word string) []string {
	if i := slices.Index(list, word); i >= 0 {
		return slices.Delete(slices.Clone(list), i, i+1)
	}
	return append(slices.Clone(list), word)
}

// attested tells whether the clerk has said all that a link needs.
func (t Task) attested() bool { return t.Kind == TaskUnlink || t.Authority && len(t.Papers) > 0 }

// accounted says what the portal knows of the parent: it hinders nothing.
func (s State) accounted(in Accounted) (State, []Effect) {
	if !s.of(in.Run, Attesting) {
		return s.known(in)
	}
	switch {
	case errors.Is(in.Err, kiosk.ErrPatientUnknown):
		s.Task.Account = "staff.warn.parent-unknown"
	case in.Err == nil && !in.Account.Exists:
		s.Task.Account = "staff.warn.parent-no-account"
	}
	return s, nil
}

// commit makes the promise: on disk first.
func (s State) commit(e Event) (State, []Effect) {
	t := &s.Task
	switch {
	case !t.attested():
		return s, nil
	case t.Kind == TaskLink && !e.ClockKnown:
		s.Warning = "staff.warn.clock"
		return s, nil
	case t.Kind == TaskLink && !s.childStill():
		s.Warning = "staff.warn.too-old"
		return s, nil
	}
	t.Action, t.At = e.ID, s.Now
	link := Link{ID: e.ID, At: s.Now, Parent: *t.Parent, Child: *t.Child, Documents: t.Papers, Test: s.test()}
	s, effects := s.to(Working, commitTime)
	return s, append(effects, CommitLink{Run: s.Run, Unlink: t.Kind == TaskUnlink, Link: link})
}

// childStill tells whether the child is under 15 now: midnight may have passed.
func (s State) childStill() bool {
	under, known := age.Under15(s.Task.Child.Birth, age.Today(s.Now))
	return under && known
}

// test tells whether this rests on anything that is trusted for testing only.
func (s State) test() bool {
	for _, p := range []*Person{s.Task.Parent, s.Task.Child, s.Task.Person} {
		if p != nil && p.Test {
			return true
		}
	}
	return s.Settings.Test
}

func (s State) committed(in Committed) (State, []Effect) {
	if !s.of(in.Run, Working) {
		return s, nil
	}
	switch {
	case errors.Is(in.Err, ErrNotRecorded):
		return s.told("staff.result.not-recorded")
	case in.Err != nil:
		return s.told("staff.result.not-kept")
	}
	s, effects := s.to(Waiting, deliverTime)
	return s, append(effects, AwaitDelivery{Run: s.Run, ID: s.Task.Action})
}

// delivered says what is so now: what the portal has not heard of is asked for, and not
// done.
func (s State) delivered(in Delivery) (State, []Effect) {
	if !s.of(in.Run, Waiting) {
		return s, nil
	}
	link := s.Task.Kind == TaskLink
	switch {
	case s.Task.Kind == TaskBlock && in.Refused == "" && in.Delivered:
		return s.told("staff.result.blocked")
	case s.Task.Kind == TaskBlock && in.Refused == "":
		return s.told("staff.result.block-requested")
	case in.Refused != "":
		return s.told(refusal(in.Refused))
	case in.Delivered && link:
		return s.told("staff.result.linked")
	case in.Delivered:
		return s.told("staff.result.unlinked")
	case link:
		return s.told("staff.result.link-requested")
	}
	return s.told("staff.result.unlink-requested")
}

// refusal is what a code of the portal means to a clerk.
func refusal(code string) string {
	switch code {
	case "patient-unknown":
		return "staff.result.unknown"
	case "not-under-15", "parent-under-15", "same-person":
		return "staff.result.age"
	case "clerk-refused":
		return "staff.result.clerk"
	case "clock-unsure":
		return "staff.result.clock"
	}
	return "staff.result.refused"
}

// told says what became of it. A link that is made, or asked for, comes with its paper.
func (s State) told(result string) (State, []Effect) {
	s, effects := s.decide(Told)
	s.Task.Result = result
	if !s.hasSlip() {
		return s, effects
	}
	s, print := s.printAgain()
	return s, append(effects, print...)
}

// hasSlip tells whether there is a paper to what became of it.
func (s State) hasSlip() bool {
	return s.Settings.Printer && slices.Contains([]string{"staff.result.linked", "staff.result.link-requested", "staff.result.ombuds"}, s.Task.Result)
}

// printAgain prints the paper, or prints it again.
func (s State) printAgain() (State, []Effect) {
	s.Task.Slip = "slip.slip-printing"
	doc := s.confirmation()
	if s.Task.Result == "staff.result.ombuds" {
		doc = s.toOmbuds()
	}
	return s, []Effect{Print{Run: s.Run, Doc: doc}}
}

// printed says how the paper came out.
func (s State) printed(in Printed) State {
	if !s.of(in.Run, Told) {
		return s
	}
	switch o := in.Result.Outcome; {
	case in.Err == nil && o.Done():
		s.Task.Slip = "slip.slip-printed"
	case o == printer.NotSent, o == printer.Retracted:
		s.Task.Slip = "slip.slip-none"
	default:
		s.Task.Slip = "slip.slip-doubtful"
	}
	return s
}

// booth is what every paper says of where it comes from.
func (s State) booth() papers.Booth {
	return papers.Booth{Hospital: s.Settings.Hospital, Kiosk: s.Settings.Kiosk, Phone: s.Settings.Phone, Test: s.test()}
}

// confirmation is the paper of a link.
func (s State) confirmation() printer.Document {
	t := s.Task
	return papers.ChildLink{
		Booth: s.booth(), Parent: t.Parent.Full.Reveal(), Child: t.Child.Full.Reveal(), Born: kiosk.Date(t.Child.Birth),
		Since: kiosk.Date(age.Today(t.At)), Ends: kiosk.Date(age.Fifteenth(t.Child.Birth)), Requested: t.Result != "staff.result.linked",
	}.Document(s.Settings.Texts, s.Language)
}

// ombuds is for who has another bond than a parent's: they are not linked here.
func (s State) ombuds() (State, []Effect) { return s.told("staff.result.ombuds") }

// toOmbuds is the paper that says where to go. It holds nothing of anyone.
func (s State) toOmbuds() printer.Document {
	say := func(key string) string { return s.Settings.Texts.Get(s.Language, key) }
	return papers.Handout{
		Booth: s.booth(), Title: say("staff.ombuds.title"), Date: kiosk.Date(age.Today(s.Now)),
		Pages: [][]string{{say("staff.ombuds.why"), say("staff.ombuds.bring"), say("staff.ombuds.where")}},
	}.Document(s.Settings.Texts, s.Language)
}

// endsTomorrow tells whether the link ends on the next day.
func (s State) endsTomorrow() bool {
	c := s.Task.Child
	return c != nil && age.Fifteenth(c.Birth) == age.Today(s.Now.AddDate(0, 0, 1))
}

// printForm prints the form by which the child, from 15 on, lets the parent see on: with
// the data of who asks, and no one else's.
func (s State) printForm() (State, []Effect) {
	p := s.Task.Parent
	doc := papers.TrustedPerson{Asking: papers.Asking{Booth: s.booth(), Name: p.Full.Reveal(), Born: kiosk.Date(p.Birth)}}.Document(s.Settings.Texts, s.Language)
	s.Task.Slip = "slip.slip-printing"
	return s, []Effect{Print{Run: s.Run, Form: true, Doc: doc}}
}

// nextChild goes on with the next child of the same parent: all is attested anew.
func (s State) nextChild() (State, []Effect) {
	s.Task = Task{Kind: s.Task.Kind, Parent: s.Task.Parent}
	return s.decide(People)
}
