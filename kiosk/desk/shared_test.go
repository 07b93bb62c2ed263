package desk

import (
	"testing"

	"balie/kiosk"
)

// TestSharedScreen: each view has a number of its own, a press is of whose view was seen,
// and the desk keeps the screen until it wants it no longer.
func TestSharedScreen(t *testing.T) {
	var shown []kiosk.View
	s := NewShared(func(v kiosk.View) { shown = append(shown, v) })
	last := func() kiosk.View { return shown[len(shown)-1] }
	s.Booth(kiosk.View{Seq: 5, Screen: kiosk.ScreenWelcome})
	s.Desk(kiosk.View{Seq: 1}) // it is away
	if len(shown) != 1 || !last().Offers(kiosk.Press{Do: DoOpen}) {
		t.Fatalf("%+v", shown)
	}
	if p, desk, ok := s.Pressed(kiosk.Press{Seq: 1, Do: DoOpen}); !ok || desk || p.Seq != 5 {
		t.Errorf("%+v, %t, %t", p, desk, ok)
	}
	s.Desk(kiosk.View{Seq: 2, Screen: kiosk.ScreenStaff})
	if _, _, ok := s.Pressed(kiosk.Press{Seq: 1, Do: DoOpen}); ok {
		t.Error("a press on the view before counts")
	}
	s.Booth(kiosk.View{Seq: 6, Screen: kiosk.ScreenClosed})
	if last().Screen != kiosk.ScreenStaff {
		t.Error("the booth takes the screen from the clerk")
	}
	if p, desk, ok := s.Pressed(kiosk.Press{Seq: last().Seq}); !ok || !desk || p.Seq != 2 {
		t.Errorf("%+v, %t, %t", p, desk, ok)
	}
	s.Desk(kiosk.View{Seq: 3})
	if last().Screen != kiosk.ScreenClosed {
		t.Errorf("the patients get %s", last().Screen)
	}
	s.Booth(kiosk.View{Seq: 7, Screen: kiosk.ScreenChoose})
	if last().Offers(kiosk.Press{Do: DoOpen}) {
		t.Error("the desk is offered in the middle of a visit")
	}
	for i, v := range shown {
		if v.Seq != uint64(i+1) {
			t.Errorf("view %d has the number %d", i+1, v.Seq)
		}
	}
}
