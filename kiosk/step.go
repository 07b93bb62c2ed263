package kiosk

import (
	"reflect"
	"slices"
	"time"
)

// Step is what the booth does: from a state and an event to the next state and
// the effects wanted. It is pure: the same arguments give the same results.
func Step(s State, e Event) (State, []Effect) {
	before := s.view()
	if e.At.After(s.Now) {
		s.Now = e.At
	}
	var effects []Effect
	switch in := e.Input.(type) {
	case CardChanged:
		s, effects = s.cardChanged(in.CardEvent)
	case CardSeen:
		s = s.cardSeen(in)
	case CardRead:
		s, effects = s.cardRead(in)
	case Fetched:
		s = s.fetched(in)
	case Committed:
		s, effects = s.committed(in)
	case Delivery:
		s, effects = s.delivered(in)
	case TicketDone:
		s, effects = s.ticketDone(in)
	case PrinterAnswered:
		s.Printer, s.PrinterLost = in.Status, in.Err != nil
	case Pressed:
		s, effects = s.pressed(in.Press, e)
	}
	s, due := s.timePassed()
	effects = append(effects, due...)
	if !reflect.DeepEqual(before, s.view()) {
		s.Seq++
	}
	return s, effects
}

// timePassed ends what has run out of time. Every event passes here, so no
// deadline depends on a tick of its own.
func (s State) timePassed() (State, []Effect) {
	var effects []Effect
	if !s.LanguageUntil.IsZero() && !s.Now.Before(s.LanguageUntil) {
		s.LanguageUntil = time.Time{}
		if s.Visit.Stage == NoVisit {
			s.Language = s.Settings.Languages[0]
		}
	}
	if v := s.Visit; v.Stage != NoVisit && !v.EndsAt.IsZero() && !s.Now.Before(v.EndsAt) {
		s, effects = s.outOfTime()
	}
	if s.Settings.Printer && !s.Now.Before(s.PrinterAsked.Add(printerPoll)) {
		s.PrinterAsked = s.Now
		effects = append(effects, AskPrinter{})
	}
	return s, effects
}

// outOfTime ends the stage whose time is over.
func (s State) outOfTime() (State, []Effect) {
	switch s.Visit.Stage {
	case Reading:
		return s.notice("card-unreadable"), []Effect{Forget{s.Visit.ID}}
	case Fetching:
		return s.notice("portal-away"), []Effect{Forget{s.Visit.ID}}
	}
	return s.end()
}

// end forgets the visit. A card that is still in starts nothing until it was
// taken out; one that came in the meantime has its turn now.
func (s State) end() (State, []Effect) {
	effects := []Effect{Forget{s.Visit.ID}}
	next := s.Next
	s.Visit, s.Next = Visit{}, ""
	s.Language = s.Settings.Languages[0]
	s.TakeOut = s.cardIn() && next == ""
	if next == "" {
		return s, effects
	}
	s, more := s.begin(next)
	return s, append(effects, more...)
}

// notice ends the visit's way with a screen that says why and what now.
func (s State) notice(key string) State {
	s.Visit.Stage, s.Visit.Notice = Noticing, key
	s.Visit.EndsAt = s.Now.Add(noticeTime)
	if key == "card-removed" {
		s.Visit.EndsAt = s.Now.Add(shortTime)
	}
	return s
}

// of tells whether an outcome belongs to the visit as it is now; one that comes
// late, from a visit that is over, does nothing.
func (s State) of(visit uint64, stage Stage) bool {
	return s.Visit.ID == visit && s.Visit.Stage == stage
}

// pressed does what a person pressed, if it was offered on the view they saw.
func (s State) pressed(p Press, e Event) (State, []Effect) {
	if p.Seq != s.Seq || !s.view().offers(p) {
		return s, nil
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
		return s.end()
	case "back":
		s.Visit.Stage = Choosing
		return s.stay(), nil
	case "choose":
		s.Visit.Chosen = slices.IndexFunc(s.view().Appointments, func(a AppointmentView) bool { return a.Choice == p.Choice })
		s.Visit.Stage = Confirming
		return s.stay(), nil
	case "confirm":
		return s.confirm(e.ID)
	}
	return s, nil
}

// stay gives a person who is deciding their time anew.
func (s State) stay() State {
	if s.Visit.deciding() {
		s.Visit.EndsAt = s.Now.Add(decideTime)
	}
	return s
}
