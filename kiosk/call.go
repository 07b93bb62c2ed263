package kiosk

import (
	"time"

	"github.com/google/uuid"
)

// Somebody of the staff is called from the screen that helps. It says what happens next,
// or whom to phone where nobody could be called.

// callAgain is how soon staff can be called once more.
const callAgain = time.Minute

// HelpCall is what the staff is told: where, and nothing of whoever calls.
type HelpCall struct {
	Screen   Screen // that was left for help
	Language string
}

// CallStaff calls somebody: StaffCalled.
type CallStaff struct {
	Visit uint64
	Call  HelpCall
}

// AwaitStaff waits until somebody says that they come: StaffComes.
type AwaitStaff struct {
	Visit uint64
	Call  uuid.UUID
}

// StaffCalled says that it rings, or that it could not.
type StaffCalled struct {
	Visit uint64
	Call  uuid.UUID
	Err   error
}

// StaffComes says that somebody is on their way.
type StaffComes struct{ Visit uint64 }

func (CallStaff) effect()  {}
func (AwaitStaff) effect() {}

func (StaffCalled) input() {}
func (StaffComes) input()  {}

// callStaff calls, unless it was done just now.
func (s State) callStaff() (State, []Effect) {
	v := &s.Visit
	if s.Now.Before(s.CalledAt.Add(callAgain)) {
		v.Call = "ringing"
		return s.stay(), nil
	}
	screen := ScreenHelp
	if v.Stage != Informing {
		under := s
		under.Visit.Help = false
		screen = under.screen()
	}
	v.Call, s.CalledAt = "calling", s.Now
	return s.stay(), []Effect{CallStaff{Visit: v.ID, Call: HelpCall{Screen: screen, Language: s.Language}}}
}

func (s State) staffCalled(in StaffCalled) (State, []Effect) {
	v := &s.Visit
	if v.ID != in.Visit || v.Call != "calling" {
		return s, nil
	}
	if in.Err != nil {
		v.Call, s.CalledAt = "failed", time.Time{}
		return s, nil
	}
	v.Call = "ringing"
	return s, []Effect{AwaitStaff{Visit: v.ID, Call: in.Call}}
}

func (s State) staffComes(in StaffComes) State {
	if s.Visit.ID == in.Visit && s.Visit.Call == "ringing" {
		s.Visit.Call = "coming"
	}
	return s
}

// callButtons is the one that calls, where that can be and was not done.
func (s State) callButtons() []Button {
	if !s.Settings.Calls || !s.wanted(VisitCall) || s.Visit.Call != "" && s.Visit.Call != "failed" {
		return nil
	}
	return []Button{{Do: "call", Text: "button.call"}}
}
