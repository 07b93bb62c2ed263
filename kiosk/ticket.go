package kiosk

import "balie/printer"

// Texts gives a sentence in a language; data are pairs of a name and its value.
type Texts interface {
	Get(language, key string, data ...string) string
}

// ticket is what the person takes along: where to go and the number that stands
// for them in the hall. It holds no name and no number of theirs.
func (s State) ticket() printer.Document {
	a := s.Visit.Appointments[s.Visit.Chosen]
	t := func(key string, data ...string) string { return s.Settings.Texts.Get(s.Language, key, data...) }
	doc := printer.Document{Title: "ticket", Language: s.Language}
	add := func(b ...printer.Block) { doc.Blocks = append(doc.Blocks, b...) }
	if s.test() {
		add(printer.Heading{Level: 2, Text: "TEST"}, printer.Paragraph{Text: t("ticket.test"), Center: true})
	}
	add(printer.Heading{Level: 3, Text: s.Settings.Hospital}, printer.Rule{},
		printer.Paragraph{Text: t("ticket.number"), Center: true},
		printer.Heading{Level: 1, Text: s.Visit.Ticket}, printer.Rule{},
		printer.Field{Label: t("ticket.appointment"), Value: a.Start.In(s.Settings.Zone).Format("15:04")},
		printer.Field{Label: t("ticket.department"), Value: a.Label},
		printer.Field{Label: t("ticket.place"), Value: a.Place})
	if a.Route != "" {
		add(printer.Field{Label: t("ticket.route"), Value: a.Route})
	}
	if s.Visit.ReportToDesk {
		add(printer.Space{}, printer.Paragraph{Text: t("ticket.report-to-desk"), Strong: true})
	}
	if a.RouteURL != "" {
		add(printer.Space{}, printer.QR{Data: a.RouteURL, Caption: t("ticket.qr")})
	}
	add(printer.Space{}, printer.Paragraph{Text: t("ticket.printed", "time", s.Now.In(s.Settings.Zone).Format("02.01.2006 15:04")), Center: true})
	if s.Settings.Phone != "" {
		add(printer.Paragraph{Text: t("ticket.phone", "phone", s.Settings.Phone), Center: true})
	}
	return doc
}
