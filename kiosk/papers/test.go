package papers

import (
	"fmt"
	"strings"

	"balie/printer"
)

// Test is the page that shows a technician what a ticket relies on: accents and
// the euro sign (the code page), a full line (the width), a QR code, the cut. What
// it says of booth and printer is left out where it is not known.
type Test struct {
	Booth
	Version string `json:"version,omitempty"` // of the program
	Printed string `json:"printed,omitempty"` // when
	Printer string `json:"printer,omitempty"` // its name
	Role    string `json:"role,omitempty"`    // and what it prints
	Port    string `json:"port,omitempty"`
	Profile string `json:"profile,omitempty"`
	Columns int    `json:"columns,omitempty"` // of a full line; 0 where characters have no one width
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
	p.field("paper.test-page.kiosk", t.Kiosk)
	p.field("paper.test-page.version", t.Version)
	p.field("paper.test-page.printed", t.Printed)
	p.field("paper.test-page.printer", t.called())
	p.field("paper.test-page.profile", t.Profile)
	p.field("paper.test-page.port", t.Port)
	p.add(printer.Rule{})
	p.paragraph("paper.test-page.letters")
	p.add(printer.Paragraph{Text: "é è ê ë ï ö ü ä à â ç ß œ É Ü €", Strong: true})
	if t.Columns > 0 {
		p.paragraph("paper.test-page.width")
		p.add(printer.Paragraph{Text: strings.Repeat("0123456789", t.Columns/10+1)[:t.Columns]}, printer.Space{})
	}
	p.add(printer.Heading{Level: 1, Text: "K0-000"})
	p.add(printer.QR{Data: "https://example.com/balie/test", Caption: p.say("paper.test-page.qr")})
	if t.Columns > 0 { // on a roll: cards and labels are held out by nobody
		p.paragraph("paper.test-page.mouth")
	}
	return p.document("test page", false)
}

// called is the printer's name and role.
func (t Test) called() string {
	if t.Printer == "" || t.Role == "" {
		return t.Printer
	}
	return t.Printer + " (" + t.Role + ")"
}
