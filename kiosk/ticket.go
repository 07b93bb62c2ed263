package kiosk

import (
	"balie/kiosk/papers"
	"balie/printer"
)

// Texts gives sentences. It is *text.Catalog.
type Texts = papers.Texts

// ticket is what the person takes along: where to go and the number that stands
// for them in the hall. It holds no name and no number of theirs.
func (s State) ticket() printer.Document {
	a := s.Visit.Offers[s.Visit.Chosen]
	date, time := s.printedAt()
	return papers.Ticket{
		Booth:  s.onPaper(phone(a.Phone, s.Settings.Phone)),
		Number: s.Visit.Ticket, Appointment: a.Start.In(s.Settings.Zone).Format("15:04"), Department: a.Label, Place: a.Place,
		Route: a.Route, RouteURL: a.RouteURL, ReportToDesk: s.Visit.ReportToDesk,
		Date: date, Time: time,
	}.Document(s.Settings.Texts, s.Language)
}

// onPaper is what a paper says of where it comes from, and whom to call.
func (s State) onPaper(phone string) papers.Booth {
	return papers.Booth{Hospital: s.Settings.Hospital, Kiosk: s.Settings.Kiosk, Phone: phone, Test: s.test()}
}

// printedAt is now, as papers write it.
func (s State) printedAt() (date, time string) {
	now := s.Now.In(s.Settings.Zone)
	return now.Format(dateLayout(s.Language)), now.Format("15:04")
}

// phone is the department's number, or the hospital's.
func phone(department, hospital string) string {
	if department != "" {
		return department
	}
	return hospital
}

// dateLayout is how a date is written in a language.
func dateLayout(lang string) string {
	if lang == "de" {
		return "02.01.2006"
	}
	return "02/01/2006"
}
