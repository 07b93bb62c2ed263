package kiosk

import (
	"time"

	"balie/internal/secret"
	"balie/kiosk/hours"
)

// Helper is who helps where this booth cannot.
type Helper struct {
	Kind  string // "desk", "phone" or "booth": key of a text
	Where string // the place or the number; may be empty
	Hours hours.Schedule
}

// HelperView is a helper as a screen shows it.
type HelperView struct {
	Kind, Where string
	Opening     Opening
}

// Opening is how something stands now. Its zero value is something whose hours are
// not known.
type Opening struct {
	// State is the key of a text: "open", "open-until", "opens-today", "opens-tomorrow",
	// "opens-on" (Day), "opens-date" (Date).
	State string
	Time  string // "08:00"
	Day   string // "monday": key of a text
	Date  string // "04/01/2027"
}

// Now tells whether it is open.
func (o Opening) Now() bool { return o.State == "open" || o.State == "open-until" }

// opening says how a schedule stands.
func (s State) opening(h hours.Schedule) Opening {
	if !h.Known() {
		return Opening{}
	}
	now := s.Now.In(s.Settings.Zone)
	at := h.At(now)
	switch {
	case at.Change.IsZero() && at.Open:
		return Opening{State: "open"}
	case at.Change.IsZero(): // a whole year of holidays
		return Opening{}
	}
	o := Opening{Time: at.Change.Format("15:04")}
	switch ahead := daysBetween(now, at.Change); {
	case at.Open && (ahead > 1 || ahead == 1 && o.Time != "00:00"):
		return Opening{State: "open"} // and for so long that nobody asks until when
	case at.Open:
		o.State = "open-until"
	case ahead == 0:
		o.State = "opens-today"
	case ahead == 1:
		o.State = "opens-tomorrow"
	case ahead < 7:
		o.State, o.Day = "opens-on", weekdays()[at.Change.Weekday()]
	default:
		o.State, o.Date = "opens-date", at.Change.Format(dateLayout(s.Language))
	}
	return o
}

// daysBetween counts midnights.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

// weekdays are keys of texts, by time.Weekday.
func weekdays() []string {
	return []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
}

// showsHelpers tells whether a screen says who helps, and when they are there.
func (s State) showsHelpers() bool {
	screen := s.screen()
	return screen == ScreenHelp || screen == ScreenClosed
}

// helpers are who helps, as they stand now.
func (s State) helpers() []HelperView {
	if !s.showsHelpers() {
		return nil
	}
	var list []HelperView
	for _, h := range s.Settings.Helpers {
		list = append(list, HelperView{Kind: h.Kind, Where: h.Where, Opening: s.opening(h.Hours)})
	}
	return list
}

// helpersChange is when what a screen says of them is no longer true, zero for never:
// when something opens or closes, and at midnight, when tomorrow becomes today.
func (s State) helpersChange() time.Time {
	if !s.showsHelpers() || len(s.Settings.Helpers) == 0 {
		return time.Time{}
	}
	year, month, day := s.Now.In(s.Settings.Zone).Date()
	first := time.Date(year, month, day+1, 0, 0, 0, 0, s.Settings.Zone)
	for _, h := range s.Settings.Helpers {
		if at := h.Hours.At(s.Now.In(s.Settings.Zone)).Change; !at.IsZero() && at.Before(first) {
			first = at
		}
	}
	return first
}

// helped is the view of someone who asked for help in the middle of a visit. It goes on
// meanwhile, and shows itself as soon as there is something new to say.
func (v View) helped(call []Button) View {
	v.Person, v.Appointments, v.Ticket, v.Printed, v.Notice, v.ReportToDesk = secret.Text{}, nil, "", "", "", false
	v.Asks, v.Wait, v.Fields = "", "", nil
	v.AppCode, v.Phone, v.Email = secret.Text{}, secret.Text{}, secret.Text{}
	list := append(call, Button{Do: "back", Text: "button.back"})
	for _, b := range v.Buttons {
		if b.Do == "stop" || b.Do == "stay" {
			list = append(list, b)
		}
	}
	v.Buttons = list
	return v
}
