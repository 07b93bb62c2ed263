package papers

import "balie/printer"

// Instructions is a sheet on how to log in to the patient portal.
type Instructions struct {
	Booth
	URL string `json:"url"`
}

func (i Instructions) check() error {
	if err := i.Booth.check(); err != nil {
		return err
	}
	return need("url", i.URL)
}

// Document is the sheet.
func (i Instructions) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, i.Booth, "paper.instructions.title")
	p.paragraph("paper.instructions.lead")
	for _, way := range []string{"eid", "card", "app"} {
		p.add(printer.Heading{Level: 3, Text: p.say("paper.instructions." + way + "-title")})
		p.paragraph("paper.instructions." + way)
	}
	p.add(printer.QR{Data: i.URL, Caption: p.say("paper.instructions.qr")})
	p.paragraph("paper.instructions.help")
	if i.Phone != "" {
		p.line("ticket.phone", "phone", i.Phone)
	}
	return p.document(p.say("paper.instructions.title"), false)
}
