package desk

import (
	"reflect"
	"time"

	"balie/kiosk"
	"balie/kiosk/codecard"
)

// Step is what the desk does: from a state and an event to the next state and the effects
// wanted. It is pure: the same arguments give the same results.
func Step(s State, e Event) (State, []Effect) {
	before := s.View()
	if e.At.After(s.Now) {
		s.Now = e.At
	}
	s, effects := s.take(e)
	s, due := s.timePassed()
	if !reflect.DeepEqual(before, s.View()) {
		s.Seq++
	}
	return s, append(effects, due...)
}

// take does what an input asks for.
func (s State) take(e Event) (State, []Effect) {
	switch in := e.Input.(type) {
	case Opened:
		if s.Stage == Away {
			return s.decide(SignedOut)
		}
	case CardChanged:
		return s.cardChanged(in.CardEvent)
	case Pressed:
		return s.pressed(in.Press, e)
	case SignedIn:
		return s.signedInBy(in)
	case OwnRead:
		return s.ownRead(in)
	case OwnProved:
		return s.ownProved(in)
	case CardRead:
		return s.cardRead(in)
	case Accounted:
		return s.accounted(in)
	case Committed:
		return s.committed(in)
	case Delivery:
		return s.delivered(in)
	case Printed:
		return s.printed(in), nil
	case Done:
		return s.done(in)
	case CardKnown:
		return s.cardKnown(in)
	case MadeOn:
		return s.madeOn(in)
	}
	return s, nil
}

// of tells whether an outcome belongs to what runs now.
func (s State) of(run uint64, stage Stage) bool { return s.Run == run && s.Stage == stage }

// pressed does what was pressed, if it was offered on the view they saw and that view had
// not run out of time.
func (s State) pressed(p kiosk.Press, e Event) (State, []Effect) {
	if p.Seq != s.Seq || s.over() || !s.View().Offers(p) {
		return s, nil
	}
	if s.deciding() && !s.EndsAt.IsZero() {
		s.EndsAt = s.Now.Add(s.Settings.Silence)
	}
	switch p.Do {
	case "language":
		s.Language = p.Choice
	case "stay":
		s.Extended++
	case "sign-in":
		return s.checkBadge(p.Values["badge"])
	case "pin":
		return s.proveOwn(proveTime)
	case "sign-out":
		return s.signOut("by-clerk")
	case "stop":
		return s.back()
	case "task":
		return s.begin(p.Choice, e)
	default:
		return s.inTask(p, e)
	}
	return s, nil
}

// inTask does what was pressed in the middle of a task.
func (s State) inTask(p kiosk.Press, e Event) (State, []Effect) {
	switch p.Do {
	case "type":
		return s.beginTyping(p.Choice)
	case "typed":
		return s.typed(p.Values)
	case "document":
		return s.document(p.Choice)
	case "authority":
		s.Task.Authority = !s.Task.Authority
	case "paper":
		s.Task.Papers = toggled(s.Task.Papers, p.Choice)
	case "other":
		return s.ombuds()
	case "confirm":
		return s.commit(e)
	case "sure":
		return s.sure(e)
	case "number":
		return s.history(p.Values["number"])
	case "make-card":
		return s.card(codecard.Accept{Card: e.ID})
	case "code":
		return s.card(codecard.Typed{Code: p.Values["code"]})
	case "in-hands":
		return s.card(codecard.Confirm{})
	case "next":
		return s.nextChild()
	case "print":
		return s.printAgain()
	case "form":
		return s.printForm()
	}
	return s, nil
}

// back goes back to where the clerk came from.
func (s State) back() (State, []Effect) {
	switch s.Stage {
	case SignedOut, Checking, Entering, Proving:
		return s.signOut("by-clerk")
	case Typing, Document:
		s.Task.Typed = nil
		return s.decide(People)
	case Making:
		return s.card(codecard.Stop{})
	}
	return s.menu()
}

// menu goes to what is to be done, and forgets whom it was about.
func (s State) menu() (State, []Effect) {
	s.Task = Task{}
	return s.decide(Menu)
}

// over tells whether the time of the stage has run out.
func (s State) over() bool { return !s.EndsAt.IsZero() && !s.Now.Before(s.EndsAt) }

// timePassed ends what has run out of time. A part that does not answer is as one that
// failed; a clerk who does nothing is signed out.
func (s State) timePassed() (State, []Effect) {
	if !s.BarredUntil.After(s.Now) {
		s.BarredUntil = time.Time{}
	}
	if s.signedIn() && s.deciding() && !s.Now.Before(s.Since.Add(shiftTime)) {
		return s.signOut("shift-over")
	}
	if !s.over() {
		return s, nil
	}
	switch s.Stage {
	case Checking, Proving:
		return s.notSignedIn("staff.warn.slow")
	case Working:
		return s.told("staff.result.not-kept")
	case Asking:
		return s.known(Accounted{Run: s.Run, Err: kiosk.ErrPortalAway})
	case Making:
		s, effects := s.card(codecard.TimedOut{})
		return s, effects
	case Waiting:
		return s.delivered(Delivery{Run: s.Run})
	}
	return s.signOut("silence")
}
