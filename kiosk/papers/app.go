package papers

import "balie/printer"

// App says how to get the app, and with a registration code how to register it.
type App struct {
	Booth
	URL          string `json:"url"`
	Registration string `json:"registration,omitempty"` // a secret, good for once
	Date         string `json:"date,omitempty"`         // until when the code is valid
	Time         string `json:"time,omitempty"`
}

func (a App) check() error {
	if err := a.Booth.check(); err != nil {
		return err
	}
	if a.Registration != "" {
		return need("url", a.URL, "date", a.Date, "time", a.Time)
	}
	return need("url", a.URL)
}

// Document is the slip.
func (a App) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, a.Booth, "paper.app.title")
	p.paragraph("paper.app.install")
	p.add(printer.QR{Data: a.URL, Caption: p.say("paper.app.qr")})
	if a.Registration != "" {
		p.add(printer.Rule{}, printer.Paragraph{Text: p.say("paper.app.register"), Center: true}, printer.Heading{Level: 2, Text: a.Registration})
		p.line("paper.app.until", "date", a.Date, "time", a.Time)
		p.paragraph("paper.app.once")
	}
	p.paragraph("paper.app.pin")
	p.paragraph("paper.app.refused")
	if a.Phone != "" {
		p.line("ticket.phone", "phone", a.Phone)
	}
	return p.document("app", a.Registration != "")
}
