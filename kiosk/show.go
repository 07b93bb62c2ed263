package kiosk

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"balie/hw/eid"
	"balie/internal/secret"
)

// View is what is shown now: the one place where state becomes what a screen may
// know.
func (s State) View() View {
	visit := s.Visit
	v := View{
		Seq: s.Seq, Screen: s.screen(), Language: s.Language, Languages: s.Settings.Languages,
		CardIn: visit.Stage != NoVisit && !visit.CardOut, Person: visit.Person,
		Notice: visit.Notice, Appointments: s.appointments(),
		Later: s.laterViews(), Tries: visit.Tries,
		Ticket: visit.Ticket, Printed: visit.Printed, ReportToDesk: visit.ReportToDesk,
		EndsAt: visit.EndsAt, Test: s.test(), Entry: s.Entry, Called: visit.Call,
	}
	v.Asking = visit.asks() && !s.Now.Before(visit.asksAt())
	switch {
	case v.Screen == ScreenWelcome || v.Screen == ScreenClosed:
		v.Out = s.out()
	case visit.Stage == NoVisit:
		v.Notice, v.EndsAt = "take-card", s.TakeUntil
	case visit.busy():
		v.EndsAt = time.Time{} // what is begun has an outcome, and the outcome ends it
	}
	v = s.ofLetter(s.ofMine(s.ofBlock(s.ofMenu(s.ofCard(s.told(v))))))
	v.Helpers, v.Buttons = s.helpers(), s.buttons(v)
	if visit.Help {
		return v.helped(s.callButtons())
	}
	return v
}

// screen is which screen a state shows.
func (s State) screen() Screen {
	if s.Visit.Help {
		return ScreenHelp
	}
	if s.Visit.withHolder() {
		return s.Visit.holderScreen()
	}
	switch s.Visit.Stage {
	case Informing:
		return s.Visit.Inquiry.Screen
	case Menu, Blocking:
		return ScreenAsk
	case Keeping, Sending:
		return ScreenWait
	case Registering, Cancelling, Contacting:
		return ScreenHolder
	case Registered, Picked, CancelAsked, ShowingContact, TypingContact, TypingBirth:
		return ScreenAsk
	case Making:
		return s.cardScreen()
	case Reading:
		return ScreenReading
	case Fetching:
		return ScreenFetching
	case Choosing:
		return ScreenChoose
	case Confirming:
		return ScreenConfirm
	case Committing, Delivering:
		return ScreenSaving
	case Printing:
		return ScreenPrinting
	case Done:
		return ScreenDone
	case Noticing:
		return ScreenNotice
	}
	switch {
	case s.left() && s.Now.Before(s.TakeUntil):
		return ScreenNotice
	case !s.usable():
		return ScreenClosed
	}
	return ScreenWelcome
}

// greeting is the first name and the initial: "An P.". It is what a hall may hear.
func greeting(i eid.Identity) secret.Text {
	first, _, _ := strings.Cut(strings.TrimSpace(i.GivenNames.Reveal()), " ")
	family := strings.TrimSpace(i.FamilyName.Reveal())
	initial, size := utf8.DecodeRuneInString(family)
	if size == 0 || initial == utf8.RuneError {
		return secret.NewText(first)
	}
	return secret.NewText(strings.TrimSpace(first + " " + string(initial) + "."))
}

// appointments are those to choose from, or the one that was chosen.
func (s State) appointments() []AppointmentView {
	var list []AppointmentView
	for i, o := range s.Visit.Offers {
		if s.Visit.withHolder() || s.Visit.Stage > Noticing || s.Visit.Stage > Choosing && s.Visit.Stage != Noticing && i != s.Visit.Chosen {
			continue
		}
		list = append(list, AppointmentView{
			Choice: strconv.Itoa(i), Time: o.Start.In(s.Settings.Zone).Format("15:04"),
			Label: o.Label, Place: o.Place, Route: o.Route, State: o.Standing,
		})
	}
	return list
}

// buttons are what can be pressed on a screen, besides the languages.
func (s State) buttons(v View) []Button {
	stop, ready := Button{Do: "stop", Text: "button.stop"}, Button{Do: "stop", Text: "button.ready"}
	later := Button{Do: "later", Text: "button.later"}
	var list []Button
	switch s.Visit.Stage {
	case Preparing, Entering, Proving, Searching, Later, Telling:
		list = s.holderButtons()
	case Choosing:
		for i, o := range s.Visit.Offers {
			if o.open() {
				list = append(list, Button{Do: "choose", Choice: strconv.Itoa(i), Text: "button.choose"})
			}
		}
		if s.offersLater() {
			list = append(list, later)
		}
		list = append(s.withMore(list), stop)
	case Confirming:
		text := "button.confirm"
		if s.Visit.Offers[s.Visit.Chosen].CheckedIn {
			text = "button.reprint"
		}
		list = append(list, Button{Do: "confirm", Text: text})
		if s.offersLater() {
			list = append(list, later)
		}
		if len(s.Visit.Offers) > 1 {
			list = append(list, Button{Do: "back", Text: "button.back"})
		} else {
			list = s.withMore(list)
		}
		list = append(list, stop)
	case Reading, Fetching:
		list = append(list, stop)
	case Done:
		list = append(list, ready)
	case Noticing:
		if list = s.withMore(list); s.Visit.blocked() && s.prints() {
			list = append(list, Button{Do: "print", Text: "button.print"})
		}
		list = append(list, ready)
	case TypingBirth:
		list = []Button{{Do: "letter", Text: "button.next", Send: true}, stop}
	case Blocking:
		list = s.blockButtons()
	case Registering, Registered, Picked, CancelAsked, Cancelling, Contacting, ShowingContact, TypingContact:
		list = s.mineButtons()
	case Menu:
		list = s.menuButtons()
	case Making:
		list = s.cardButtons()
	case Informing:
		list = append(list, s.inquiryButtons()...)
	case NoVisit:
		list = append(list, s.ways(v)...)
	}
	if v.Asking && s.Visit.Extended < extensions {
		list = append(list, Button{Do: "stay", Text: "button.stay"})
	}
	if v.Screen != ScreenHelp {
		list = append(list, Button{Do: "help", Text: "button.help"})
	}
	return list
}

// ways are what can be done here without a card.
func (s State) ways(v View) []Button {
	var list []Button
	if v.Screen == ScreenNotice { // whose card was left in
		return nil
	}
	if s.offersApp() {
		list = append(list, Button{Do: "app", Text: "button.app"})
	}
	if s.offersQuestions() {
		list = append(list, Button{Do: "questions", Text: "button.questions"})
	}
	if s.wanted(VisitBlock) {
		list = append(list, Button{Do: "block", Text: "button.block"})
	}
	return list
}

// Sends tells whether what was typed goes with a press.
func (v View) Sends(p Press) bool {
	return slices.ContainsFunc(v.Buttons, func(b Button) bool { return b.Send && b.Do == p.Do && b.Choice == p.Choice })
}

// Offers tells whether a press is one that this view offered.
func (v View) Offers(p Press) bool {
	if p.Do == "language" {
		return slices.Contains(v.Languages, p.Choice) && p.Choice != v.Language
	}
	return slices.ContainsFunc(v.Buttons, func(b Button) bool { return b.Do == p.Do && b.Choice == p.Choice })
}
