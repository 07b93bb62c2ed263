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
	now := s.Now.In(s.Settings.Zone)
	return papers.Ticket{
		Booth: papers.Booth{
			Hospital: s.Settings.Hospital, Kiosk: s.Settings.Kiosk, Phone: phone(a.Phone, s.Settings.Phone), Test: s.test(),
		},
		Number: s.Visit.Ticket, Appointment: a.Start.In(s.Settings.Zone).Format("15:04"), Department: a.Label, Place: a.Place,
		Route: a.Route, RouteURL: a.RouteURL, ReportToDesk: s.Visit.ReportToDesk,
		Date: now.Format(dateLayout(s.Language)), Time: now.Format("15:04"),
	}.Document(s.Settings.Texts, s.Language)
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
