package kiosk

import "balie/printer"

// Texts gives a sentence in a language; data are pairs of a name and its value.
// It is *text.Catalog.
type Texts interface {
	Get(language, key string, data ...string) string
}

// ticket is what the person takes along: where to go and the number that stands
// for them in the hall. It holds no name and no number of theirs.
func (s State) ticket() printer.Document {
	a := s.Visit.Offers[s.Visit.Chosen]
	p := &paper{lang: s.Language, texts: s.Settings.Texts}
	if s.test() {
		p.add(printer.Heading{Level: 2, Text: "TEST"}, printer.Paragraph{Text: p.say("ticket.test"), Center: true})
	}
	p.add(printer.Heading{Level: 3, Text: s.Settings.Hospital}, printer.Rule{},
		printer.Paragraph{Text: p.say("ticket.number"), Center: true},
		printer.Heading{Level: 1, Text: s.Visit.Ticket}, printer.Rule{})
	p.field("ticket.appointment", a.Start.In(s.Settings.Zone).Format("15:04"))
	p.field("ticket.department", a.Label)
	p.field("ticket.place", a.Place)
	p.field("ticket.route", a.Route)
	if s.Visit.ReportToDesk {
		p.add(printer.Space{}, printer.Paragraph{Text: p.say("ticket.report-to-desk"), Strong: true})
	}
	if a.RouteURL != "" {
		p.add(printer.Space{}, printer.QR{Data: a.RouteURL, Caption: p.say("ticket.qr")})
	}
	p.add(printer.Space{})
	now := s.Now.In(s.Settings.Zone)
	p.line("ticket.printed", "date", now.Format(dateLayout(s.Language)), "time", now.Format("15:04"))
	if s.Settings.Kiosk != "" {
		p.line("ticket.kiosk", "kiosk", s.Settings.Kiosk)
	}
	if phone := phone(a.Phone, s.Settings.Phone); phone != "" {
		p.line("ticket.phone", "phone", phone)
	}
	return printer.Document{Title: "ticket", Language: s.Language, Blocks: p.blocks}
}

// paper is a document being written in one language.
type paper struct {
	lang   string
	texts  Texts
	blocks []printer.Block
}

func (p *paper) add(b ...printer.Block) { p.blocks = append(p.blocks, b...) }

func (p *paper) say(key string, data ...string) string { return p.texts.Get(p.lang, key, data...) }

func (p *paper) line(key string, data ...string) {
	p.add(printer.Paragraph{Text: p.say(key, data...), Center: true})
}

// field adds a label and what it is about, if there is anything.
func (p *paper) field(key, value string) {
	if value != "" {
		p.add(printer.Field{Label: p.say(key), Value: value})
	}
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
