package papers

import (
	"fmt"
	"strings"

	"balie/printer"
)

// Test is the page that shows a technician what a ticket relies on: accents and
// the euro sign (the code page), a full line (the width), a QR code, the cut.
type Test struct {
	Booth
	Profile string `json:"profile"`
	Columns int    `json:"columns"` // of a full line; 0 leaves it out
}

func (t Test) check() error {
	if t.Columns < 0 || t.Columns > 100 {
		return fmt.Errorf(`"columns" is not 0 to 100`)
	}
	return t.Booth.check()
}

// Document is the page.
func (t Test) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, t.Booth, "paper.test-page.title")
	p.add(printer.Rule{})
	p.field("paper.test-page.profile", t.Profile)
	p.paragraph("paper.test-page.letters")
	p.add(printer.Paragraph{Text: "é è ê ë ï ö ü ä à â ç ß œ É Ü €", Strong: true})
	if t.Columns > 0 {
		p.paragraph("paper.test-page.width")
		p.add(printer.Paragraph{Text: strings.Repeat("0123456789", t.Columns/10+1)[:t.Columns]})
	}
	p.add(printer.Heading{Level: 1, Text: "K0-000"})
	p.add(printer.QR{Data: "https://example.com/balie/test", Caption: p.say("paper.test-page.qr")})
	return p.document("test page", false)
}
