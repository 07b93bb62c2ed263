package kiosk

import (
	"reflect"
	"slices"
)

// Step is what the booth does: from a state and an event to the next state and
// the effects wanted. It is pure: the same arguments give the same results.
func Step(s State, e Event) (State, []Effect) {
	before, visit := s.View(), s.Visit
	if e.At.After(s.Now) {
		s.Now = e.At
	}
	s, effects := s.take(e)
	s, due := s.timePassed()
	effects = append(effects, due...)
	s = s.configured()
	if s.Visit.ID != visit.ID || s.Visit.Stage != visit.Stage && s.Visit.ended() {
		s.Visit.Help = false // there is something new to say
	}
	if !reflect.DeepEqual(before, s.View()) {
		s.Seq++
	}
	return s, effects
}

// take does what an input asks for.
func (s State) take(e Event) (State, []Effect) {
	switch in := e.Input.(type) {
	case CardChanged:
		return s.cardChanged(in.CardEvent)
	case CardSeen:
		return s.cardSeen(in), nil
	case CardRead:
		return s.cardRead(in)
	case Fetched:
		return s.fetched(in), nil
	case HolderReady:
		return s.holderReady(in)
	case HolderProved:
		return s.holderProved(in)
	case FetchedLater:
		return s.fetchedLater(in), nil
	case Scanned:
		return s.scanned(in)
	case StaffCalled:
		return s.staffCalled(in)
	case StaffComes:
		return s.staffComes(in), nil
	case AppRegistered:
		return s.appRegistered(in), nil
	case Cancelled:
		return s.cancelled(in), nil
	case Contacted:
		return s.contacted(in), nil
	case BlockKept:
		return s.blockKept(in)
	case CardStep:
		return s.cardStep(in)
	case Committed:
		return s.committed(in)
	case Delivery:
		return s.delivered(in)
	case TicketDone:
		return s.ticketDone(in), nil
	case SlipDone:
		return s.slipDone(in), nil
	case PrinterAnswered:
		return s.printerAnswered(in), nil
	case Pressed:
		return s.pressed(in.Press, e)
	case Configured:
		s.Coming = &in.Settings
	}
	return s, nil
}

// of tells whether an outcome belongs to the visit as it is now; one that comes
// late, from a visit that is over, does nothing.
func (s State) of(visit uint64, stage Stage) bool {
	return s.Visit.ID == visit && s.Visit.Stage == stage
}

// pressed does what a person pressed, if it was offered on the view they saw and
// that view had not run out of time: where it had, time goes first.
func (s State) pressed(p Press, e Event) (State, []Effect) {
	if p.Seq != s.Seq || s.over() || !s.View().Offers(p) {
		return s, nil
	}
	if next, effects, did := s.informed(p); did {
		return next, effects
	}
	if next, effects, did := s.pressedOfMine(p); did {
		return next, effects
	}
	switch p.Do {
	case "language":
		s.Language = p.Choice
		if s.Visit.Stage == NoVisit {
			s.LanguageUntil = s.Now.Add(decideTime)
		}
		return s.stay(), nil
	case "stay":
		s.Visit.Extended++
		return s.stay(), nil
	case "stop":
		return s.stop()
	case "back":
		return s.home(), nil
	case "more":
		return s.more(), nil
	case "later":
		return s.ask(VisitAppointments)
	case VisitCodeCard, VisitAppCode, VisitContact:
		return s.ask(p.Do)
	case "letter":
		return s.letterTyped(p.Values["birth"])
	case "block":
		return s.blocks(), nil
	case "block-by":
		return s.blockBy(p.Choice), nil
	case "block-now":
		return s.block(p.Values, e.ID)
	case "pin":
		return s.prove(proveTime)
	case "choose":
		s.Visit.Chosen = slices.IndexFunc(s.appointments(), func(a AppointmentView) bool { return a.Choice == p.Choice })
		s.Visit.Stage = Confirming
		return s.stay(), nil
	case "confirm":
		return s.confirm(e.ID)
	}
	return s.pressedForCard(p, e)
}
