package kiosk

import (
	"time"

	"balie/kiosk/codecard"
)

// timePassed ends what has run out of time. Every event passes here, so no
// deadline depends on a tick of its own.
func (s State) timePassed() (State, []Effect) {
	var effects []Effect
	if !s.LanguageUntil.IsZero() && !s.Now.Before(s.LanguageUntil) {
		s.Language, s.LanguageUntil = s.Settings.Languages[0], time.Time{}
	}
	if s.over() {
		s, effects = s.outOfTime()
	}
	s = s.slipOverdue()
	s, ask := s.askPrinter()
	return s, append(effects, ask...)
}

// over tells whether the time of the visit's stage has run out.
func (s State) over() bool {
	return s.Visit.Stage != NoVisit && !s.Now.Before(s.Visit.EndsAt)
}

// outOfTime ends the stage whose time is over. A part that does not answer is as
// one that failed.
func (s State) outOfTime() (State, []Effect) {
	forget := []Effect{Forget{s.Visit.ID}}
	switch s.Visit.Stage {
	case Reading:
		return s.notice("card-unreadable"), forget
	case Fetching:
		if s.Visit.byLetter() {
			return s.notice("letter-away"), forget
		}
		return s.notice("portal-away"), forget
	case Preparing, Proving, Searching:
		return s.outOfHolderTime(), nil
	case Registering, Contacting:
		return s.telling("holder-away"), nil
	case Cancelling:
		return s.telling("cancel-unknown"), nil
	case Making:
		return s.card(codecard.TimedOut{})
	case Committing:
		return s.notice("commit-failed"), nil
	case Keeping:
		return s.notice("block-failed"), nil
	case Delivering, Sending:
		return s.delivered(Delivery{Visit: s.Visit.ID})
	case Printing:
		return s.done("ticket-doubtful"), nil
	}
	return s.end()
}

// end forgets the visit. A card that is still in starts nothing until it was
// taken out; one that came in the meantime has its turn now.
func (s State) end() (State, []Effect) {
	if !s.Visit.CardOut {
		s = s.spend(s.Visit.Reader)
	}
	next := s.Next
	s, effects := s.forget()
	if s.left() {
		s.TakeUntil = s.Now.Add(takeTime)
	}
	if next == "" {
		return s, effects
	}
	s, begun := s.begin(next)
	return s, append(effects, begun...)
}

// forget leaves nothing of the visit, and ends what still runs for it.
func (s State) forget() (State, []Effect) {
	if s.Visit.Stage == NoVisit {
		return s, nil
	}
	id := s.Visit.ID
	s.Visit, s.Next = Visit{}, ""
	s.Language, s.LanguageUntil = s.Settings.Languages[0], time.Time{}
	return s, []Effect{Forget{id}}
}

// visit begins a visit of the card in a reader, and nothing of it.
func (s State) visit(reader string) State {
	s.LastVisit++
	s.LanguageUntil = time.Time{} // a language chosen on the welcome screen stays for the visit
	s.Visit = Visit{ID: s.LastVisit, Reader: reader}
	return s
}

// stay gives a person who does something their time anew.
func (s State) stay() State {
	switch v := &s.Visit; {
	case v.Stage == Making && v.deciding():
		v.EndsAt = s.Now.Add(v.Card.Limit())
	case v.deciding(), v.Stage == Informing:
		v.EndsAt = s.Now.Add(decideTime)
	case v.ended() && !v.CardOut:
		v.EndsAt = s.Now.Add(max(noticeTime, doneTime))
	}
	return s
}
