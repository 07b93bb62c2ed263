package papers

import "balie/printer"

// Ticket is what the person takes along after a check-in: where to go and the
// number that stands for them in the hall. It holds no name and no number of theirs.
type Ticket struct {
	Booth
	Number       string `json:"number"`
	Appointment  string `json:"appointment"` // the time
	Department   string `json:"department,omitempty"`
	Place        string `json:"place,omitempty"`
	Route        string `json:"route,omitempty"`
	RouteURL     string `json:"route_url,omitempty"`
	ReportToDesk bool   `json:"report_to_desk,omitempty"`
	Date         string `json:"date"` // when it was printed
	Time         string `json:"time"`
}

func (t Ticket) check() error {
	if err := t.Booth.check(); err != nil {
		return err
	}
	return need("number", t.Number, "appointment", t.Appointment, "date", t.Date, "time", t.Time)
}

// Document is the ticket.
func (t Ticket) Document(texts Texts, language string) printer.Document {
	p := &page{language: language, texts: texts}
	if t.Test {
		p.add(printer.Heading{Level: 2, Text: "TEST"}, printer.Paragraph{Text: p.say("ticket.test"), Center: true})
	}
	p.add(printer.Heading{Level: 3, Text: t.Hospital}, printer.Rule{},
		printer.Paragraph{Text: p.say("ticket.number"), Center: true},
		printer.Heading{Level: 1, Text: t.Number}, printer.Rule{})
	p.field("ticket.appointment", t.Appointment)
	p.field("ticket.department", t.Department)
	p.field("ticket.place", t.Place)
	p.field("ticket.route", t.Route)
	if t.ReportToDesk {
		p.add(printer.Space{})
		p.strong("ticket.report-to-desk")
	}
	if t.RouteURL != "" {
		p.add(printer.Space{}, printer.QR{Data: t.RouteURL, Caption: p.say("ticket.qr")})
	}
	p.add(printer.Space{})
	p.foot(t.Booth, t.Date, t.Time)
	return p.document("ticket", false)
}

// foot says at the end of a paper when and where it was printed, and whom to call.
func (p *page) foot(b Booth, date, time string) {
	p.line("ticket.printed", "date", date, "time", time)
	if b.Kiosk != "" {
		p.line("ticket.kiosk", "kiosk", b.Kiosk)
	}
	if b.Phone != "" {
		p.line("ticket.phone", "phone", b.Phone)
	}
}
