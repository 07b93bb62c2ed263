package ui

import (
	"slices"
	"time"

	"balie/kiosk"
)

// prefs is how the person in front likes to read. They end with the visit.
type prefs struct {
	Contrast bool
	Large    bool
	Aloud    bool // every screen is read out
	Louder   int  // steps from the normal volume
}

// prefsLife is how long they stay on a screen where no visit is going on.
const prefsLife = time.Minute

// prefer takes a press that is about reading and not about the visit. It says
// what shall be, not what shall change, so that pressing twice is pressing once.
func (s *Server) prefer(do, choice string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.prefs
	switch do {
	case "contrast":
		p.Contrast = choice == "on"
	case "text-size":
		p.Large = choice == "on"
	case "speech":
		p.Aloud = choice == "on" && s.opts.Say != nil
	case "volume-up", "volume-down":
		s.touched = time.Now()
		s.louder(choice)
		return true
	case "again":
		s.touched = time.Now()
		s.again()
		return true
	default:
		return false
	}
	s.touched = time.Now()
	if p != s.prefs {
		s.prefs = p
		s.redraw()
	}
	return true
}

// forgetPrefs puts them back when who set them has walked away. mu is held.
func (s *Server) forgetPrefs() {
	if idle(s.view.Screen) && s.prefs != s.fresh() && time.Since(s.touched) >= prefsLife {
		s.prefs = s.fresh()
		s.redraw()
	}
}

// idle tells whether a screen belongs to no visit.
func idle(s kiosk.Screen) bool { return s == kiosk.ScreenWelcome || s == kiosk.ScreenClosed }

// nobodys tells whether who looks at a screen may put their card in next.
func nobodys(s kiosk.Screen) bool {
	return slices.Contains([]kiosk.Screen{kiosk.ScreenHelp, kiosk.ScreenApp, kiosk.ScreenQuestions, kiosk.ScreenTopic}, s)
}

// endsVisit tells whether the person in front may be another one: a visit has
// ended, or the next card came into it.
func endsVisit(from, to kiosk.Screen) bool {
	if idle(from) || from == to || nobodys(from) && to == kiosk.ScreenReading {
		return false
	}
	return idle(to) || to == kiosk.ScreenReading
}
