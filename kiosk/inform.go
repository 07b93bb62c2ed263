package kiosk

import (
	"slices"
	"strconv"
	"time"

	"balie/kiosk/info"
	"balie/printer"
)

// The visits that a hospital can switch off, as Settings.Without names them.
const (
	VisitApp          = "app"
	VisitQuestions    = "questions"
	VisitAppointments = "appointments"
	VisitCodeCard     = "codecard"
	VisitBlock        = "block"
	VisitAppCode      = "appcode"
	VisitContact      = "contact"
	VisitLetter       = "letter"
	VisitCall         = "call"
)

// Visits are those that can be switched off.
func Visits() []string {
	return []string{VisitApp, VisitQuestions, VisitAppointments, VisitCodeCard, VisitBlock, VisitAppCode, VisitContact, VisitLetter, VisitCall}
}

// wanted tells whether the hospital has not switched a visit off.
func (s State) wanted(visit string) bool { return !slices.Contains(s.Settings.Without, visit) }

// Inquiry is how far someone is who asks something without a card. Nobody is proved
// to be there, and nothing is known of them.
type Inquiry struct {
	Screen Screen // ScreenHelp, ScreenApp, ScreenQuestions or ScreenTopic
	Topic  int
	Page   int
	Slip   string // how the paper came out, key of a text; empty where none was asked for
	Slips  int    // asked for
	// SlipUntil is when a printer that says nothing counts as one that nobody knows of.
	SlipUntil time.Time
}

// maxSlips is how many papers one inquiry gets: nobody empties the roll for fun.
const maxSlips = 5

// offersApp tells whether the code for the app is shown here.
func (s State) offersApp() bool {
	return s.Settings.Info != nil && s.Settings.AppLink != "" && s.wanted(VisitApp)
}

// offersQuestions tells whether there is anything to ask here.
func (s State) offersQuestions() bool {
	return s.Settings.Info != nil && s.wanted(VisitQuestions)
}

// inquire begins an inquiry, or goes on with it at another screen.
func (s State) inquire(screen Screen) State {
	v := &s.Visit
	if v.Stage != Informing {
		s = s.visit("")
		v.Stage, v.CardOut = Informing, true
	}
	v.Inquiry = Inquiry{Screen: screen, Slips: v.Inquiry.Slips}
	return s.stay()
}

// informed does what was pressed where it is about an inquiry or about help; did is
// false where it is about something else.
func (s State) informed(p Press) (next State, effects []Effect, did bool) {
	v := &s.Visit
	switch {
	case p.Do == "help" && v.Stage != NoVisit && v.Stage != Informing:
		v.Help = true
	case p.Do == "back" && v.Help:
		v.Help = false
	case p.Do == "help":
		return s.inquire(ScreenHelp), nil, true
	case p.Do == "call":
		next, effects = s.callStaff()
		return next, effects, true
	case p.Do == "app":
		return s.inquire(ScreenApp), nil, true
	case p.Do == "questions", p.Do == "back" && v.Stage == Informing && v.Inquiry.Page == 0:
		return s.inquire(ScreenQuestions), nil, true
	case p.Do == "back" && v.Stage == Informing:
		v.Inquiry.Page--
	case p.Do == "next":
		v.Inquiry.Page++
	case p.Do == "topic":
		s = s.inquire(ScreenTopic)
		s.Visit.Inquiry.Topic, _ = strconv.Atoi(p.Choice) // it was offered, so it is a number
	case p.Do == "print":
		next, effects = s.printSlip()
		return next, effects, true
	case p.Do == "stop" && v.Stage == Informing:
		next, effects = s.endInquiry()
		return next, effects, true
	default:
		return s, nil, false
	}
	return s.stay(), nil, true
}

// endInquiry goes back to the welcome screen, in the language that was chosen: who
// asked something may put a card in next.
func (s State) endInquiry() (State, []Effect) {
	language := s.Language
	s, effects := s.end()
	if language != s.Language {
		s.Language, s.LanguageUntil = language, s.Now.Add(decideTime)
	}
	return s, effects
}

// printSlip prints what is told.
func (s State) printSlip() (State, []Effect) {
	v := &s.Visit
	v.Inquiry.Slip, v.Inquiry.Slips, v.Inquiry.SlipUntil = "slip-printing", v.Inquiry.Slips+1, s.Now.Add(printTime)
	slip := s.slip
	switch {
	case v.blocked():
		slip = s.blockSlip
	case v.ofMine():
		slip = s.mineSlip
	}
	return s.stay(), []Effect{PrintSlip{Visit: v.ID, Slip: slip}}
}

// slipDone says how the paper came out.
func (s State) slipDone(in SlipDone) State {
	s = s.printerSaid(in.Result, in.Err)
	if s.Visit.ID == in.Visit && s.Visit.Inquiry.Slip == "slip-printing" {
		s.Visit.Inquiry.Slip = slipCame(in.Result.Outcome)
	}
	return s
}

// slipOverdue gives a printer up that has said nothing for too long.
func (s State) slipOverdue() State {
	if q := &s.Visit.Inquiry; q.Slip == "slip-printing" && !s.Now.Before(q.SlipUntil) {
		q.Slip = slipCame(printer.Unknown)
	}
	return s
}

// slipCame is what the person is told of the paper.
func slipCame(o printer.Outcome) string {
	switch printed(o) {
	case "ticket-printed":
		return "slip-printed"
	case "ticket-none":
		return "slip-none"
	}
	return "slip-doubtful"
}

// topic is what is told now.
func (s State) topic() info.Topic {
	if s.Visit.Inquiry.Screen == ScreenApp {
		return s.Settings.Info.App()
	}
	return s.Settings.Info.Topics()[s.Visit.Inquiry.Topic]
}

// told fills in what a view tells of an inquiry.
func (s State) told(v View) View {
	q := s.Visit.Inquiry
	switch v.Screen {
	case ScreenQuestions:
		for i, t := range s.Settings.Info.Topics() {
			v.Topics = append(v.Topics, TopicView{Choice: strconv.Itoa(i), Title: t.Title(s.Language), Picture: t.Pictures()[0]})
		}
	case ScreenTopic, ScreenApp:
		t := s.topic()
		pages := t.Pages(s.Language)
		v.Told = Told{Title: t.Title(s.Language), Pictures: []string{pages[q.Page].Picture}, Points: pages[q.Page].Points, Page: q.Page + 1, Pages: len(pages)}
		v.Slip = q.Slip
		if v.Screen == ScreenApp {
			v.Link, v.Told.Pictures = s.Settings.AppLink, t.Pictures()
		}
	}
	return v
}

// inquiryButtons are the buttons of an inquiry.
func (s State) inquiryButtons() []Button {
	var list []Button
	q := s.Visit.Inquiry
	print := Button{Do: "print", Text: "button.print"}
	back := Button{Do: "back", Text: "button.back"}
	switch q.Screen {
	case ScreenQuestions:
		for i := range s.Settings.Info.Topics() {
			list = append(list, Button{Do: "topic", Choice: strconv.Itoa(i), Text: "button.choose"})
		}
		if s.offersApp() {
			list = append(list, Button{Do: "app", Text: "button.app"})
		}
	case ScreenTopic:
		if q.Page+1 < len(s.topic().Pages(s.Language)) {
			list = append(list, Button{Do: "next", Text: "button.next"})
		}
		list = append(list, back)
		if s.prints() {
			list = append(list, print)
		}
	case ScreenApp:
		if s.prints() {
			list = append(list, print)
		}
		if s.offersQuestions() {
			list = append(list, Button{Do: "questions", Text: "button.questions"})
		}
	case ScreenHelp:
		return append(s.callButtons(), Button{Do: "stop", Text: "button.ready"})
	}
	return append(list, Button{Do: "stop", Text: "button.stop"})
}

// prints tells whether what is told can be printed now.
func (s State) prints() bool {
	q := s.Visit.Inquiry
	return s.Settings.Printer && !s.PrinterLost && s.Printer.Ready() && q.Slip != "slip-printing" && q.Slips < maxSlips
}
