package desk

import (
	"slices"
	"sync"

	"balie/kiosk"
)

// Shared is one screen that the booth and its desk share: the booth's, until a clerk asks
// for it. It gives every view a number of its own, so that a press is always on the view
// that was seen, whosever it was.
type Shared struct {
	show func(kiosk.View)

	mu    sync.Mutex // guards what follows, and the order of views
	seq   uint64
	mine  bool // of the desk
	booth kiosk.View
	shown kiosk.View // as it was made, not as it is numbered
}

// NewShared makes one that is shown by show, which is called by one goroutine at a time.
func NewShared(show func(kiosk.View)) *Shared { return &Shared{show: show} }

// DoOpen is what a press says that asks for the desk.
const DoOpen = "staff"

// Booth shows a view of the booth, unless the desk has the screen.
func (s *Shared) Booth(v kiosk.View) {
	if v.Screen == kiosk.ScreenWelcome || v.Screen == kiosk.ScreenClosed {
		v.Buttons = append(slices.Clone(v.Buttons), kiosk.Button{Do: DoOpen, Text: "staff.button.open", Key: "F9"})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.booth = v; !s.mine {
		s.paint(v)
	}
}

// Desk shows a view of the desk, where it wants the screen.
func (s *Shared) Desk(v kiosk.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.mine
	switch s.mine = v.Screen != ScreenNone; {
	case s.mine:
		s.paint(v)
	case was:
		s.paint(s.booth)
	}
}

// paint is called with mu held.
func (s *Shared) paint(v kiosk.View) {
	s.seq++
	s.shown = v
	v.Seq = s.seq
	s.show(v)
}

// Pressed says whose a press is, and gives it as they know it; ok is false where it was
// made on an older view.
func (s *Shared) Pressed(p kiosk.Press) (inner kiosk.Press, desk, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Seq != s.seq {
		return p, false, false
	}
	p.Seq = s.shown.Seq
	return p, s.mine, true
}
