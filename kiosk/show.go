package kiosk

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/printer"
)

// View is what is shown now.
func (s State) View() View { return s.view() }

// view is the one place where state becomes what a screen may know.
func (s State) view() View {
	v := View{
		Seq: s.Seq, Language: s.Language, Languages: s.Settings.Languages,
		Screen: s.screen(), EndsAt: s.Visit.EndsAt, Test: s.test(), Out: s.out(),
	}
	visit := s.Visit
	if visit.Stage != NoVisit {
		v.Person = greeting(visit.Identity)
	}
	if s.TakeOut {
		v.Notice = "take-card"
	}
	if visit.Stage == Noticing {
		v.Notice = visit.Notice
	}
	if visit.deciding() || visit.busy() || visit.Stage == Done || visit.Notice == "none-now" {
		v.Appointments = s.appointments()
	}
	v.Asking = visit.deciding() && !s.Now.Before(visit.asksAt())
	v.Ticket, v.Printed, v.ReportToDesk = visit.Ticket, visit.Printed, visit.ReportToDesk
	v.CardIn = visit.Stage != NoVisit && !visit.CardOut
	v.Buttons = s.buttons(v)
	return v
}

// screen is which screen a state shows.
func (s State) screen() Screen {
	screens := map[Stage]Screen{
		Reading: ScreenReading, Fetching: ScreenFetching, Choosing: ScreenChoose, Confirming: ScreenConfirm,
		Committing: ScreenSaving, Delivering: ScreenSaving, Printing: ScreenSaving, Done: ScreenDone, Noticing: ScreenNotice,
	}
	switch {
	case s.Visit.Stage != NoVisit:
		return screens[s.Visit.Stage]
	case s.TakeOut:
		return ScreenNotice
	case !s.usable():
		return ScreenClosed
	}
	return ScreenWelcome
}

// greeting is the first name and the initial: "An P.". It is what a hall may hear.
func greeting(i eid.Identity) secret.Text {
	first, _, _ := strings.Cut(strings.TrimSpace(i.GivenNames.Reveal()), " ")
	family := i.FamilyName.Reveal()
	initial, size := utf8.DecodeRuneInString(family)
	if size == 0 || initial == utf8.RuneError {
		return secret.NewText(first)
	}
	return secret.NewText(strings.TrimSpace(first + " " + string(initial) + "."))
}

// appointments are those to choose from, or the one that was chosen.
func (s State) appointments() []AppointmentView {
	var list []AppointmentView
	for i, a := range s.Visit.Appointments {
		if s.Visit.Stage > Choosing && s.Visit.Stage != Noticing && i != s.Visit.Chosen {
			continue
		}
		list = append(list, AppointmentView{
			Choice: strconv.Itoa(i), Time: a.Start.In(s.Settings.Zone).Format("15:04"),
			Label: a.Label, Place: a.Place, Route: a.Route, State: s.standing(a),
		})
	}
	return list
}

// out lists what does not work, for the welcome screen and the technician.
func (s State) out() []string {
	var out []string
	switch {
	case s.ServiceDown:
		out = append(out, "no-card-service")
	case len(s.Readers) == 0:
		out = append(out, "no-reader")
	case !s.usable():
		out = append(out, "reader-claimed")
	}
	switch {
	case !s.Settings.Printer || s.PrinterLost:
		out = append(out, "no-printer")
	case !s.Printer.Ready():
		out = append(out, "printer-"+string(s.Printer.Faults[faultIndex(s.Printer)]))
	}
	return out
}

// faultIndex finds the first fault that keeps the printer from printing.
func faultIndex(p printer.Status) int {
	return slices.IndexFunc(p.Faults, func(f printer.Fault) bool {
		return !printer.Status{Faults: []printer.Fault{f}}.Ready()
	})
}

// buttons are what can be pressed on a screen, besides the languages.
func (s State) buttons(v View) []Button {
	stop := Button{Do: "stop", Text: "button.stop"}
	var list []Button
	switch v.Screen {
	case ScreenChoose:
		for _, a := range v.Appointments {
			if a.State == "" || a.State == "checked-in" {
				list = append(list, Button{Do: "choose", Choice: a.Choice, Text: "button.choose"})
			}
		}
		list = append(list, stop)
	case ScreenConfirm:
		text := "button.confirm"
		if v.Appointments[0].State == "checked-in" {
			text = "button.reprint"
		}
		list = append(list, Button{Do: "confirm", Text: text})
		if len(s.Visit.Appointments) > 1 {
			list = append(list, Button{Do: "back", Text: "button.back"})
		}
		list = append(list, stop)
	case ScreenReading, ScreenFetching:
		list = append(list, stop)
	case ScreenDone:
		list = append(list, Button{Do: "stop", Text: "button.ready"})
	case ScreenNotice:
		if s.Visit.Stage == Noticing {
			list = append(list, Button{Do: "stop", Text: "button.ready"})
		}
	}
	if v.Asking && s.Visit.Extended < extensions {
		list = append(list, Button{Do: "stay", Text: "button.stay"})
	}
	return list
}

// offers tells whether a press is one that this view offered.
func (v View) offers(p Press) bool {
	if p.Do == "language" {
		return slices.Contains(v.Languages, p.Choice) && p.Choice != v.Language
	}
	return slices.ContainsFunc(v.Buttons, func(b Button) bool { return b.Do == p.Do && b.Choice == p.Choice })
}
