package kiosk

import (
	"balie/kiosk/papers"
	"balie/printer"
)

// slip is what is told, all pages of it, on paper. It holds nothing of anyone.
func (s State) slip() printer.Document {
	topic := s.topic()
	date, time := s.printedAt()
	slip := papers.Handout{Booth: s.onPaper(s.Settings.Phone), Title: topic.Title(s.Language), Date: date, Time: time}
	if s.Visit.Inquiry.Screen == ScreenApp {
		slip.QR, slip.Numbered = s.Settings.AppLink, true
	}
	for _, p := range topic.Pages(s.Language) {
		slip.Pages = append(slip.Pages, p.Points)
	}
	return slip.Document(s.Settings.Texts, s.Language)
}
