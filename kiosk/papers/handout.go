package papers

import (
	"strconv"

	"balie/printer"
)

// Handout is what somebody read on the screen, to take along: an answer to a question,
// or how to get the app. It holds nothing of anyone.
type Handout struct {
	Booth
	Title    string
	QR       string     // what its code leads to; empty: it has none
	Pages    [][]string // points, page by page
	Numbered bool       // the points are steps
	Date     string     // when it was printed
	Time     string
}

// Document is the handout.
func (h Handout) Document(texts Texts, language string) printer.Document {
	p := &page{language: language, texts: texts}
	if h.Test {
		p.add(printer.Heading{Level: 2, Text: "TEST"})
	}
	p.add(printer.Heading{Level: 3, Text: h.Hospital}, printer.Rule{}, printer.Heading{Level: 2, Text: h.Title}, printer.Space{})
	if h.QR != "" {
		p.add(printer.QR{Data: h.QR, Caption: p.say("slip.qr")}, printer.Space{})
	}
	for i, points := range h.Pages {
		if i > 0 {
			p.add(printer.Space{})
		}
		for j, point := range points {
			mark := "- "
			if h.Numbered {
				mark = strconv.Itoa(j+1) + ". "
			}
			p.add(printer.Paragraph{Text: mark + point})
		}
	}
	p.add(printer.Rule{})
	p.foot(h.Booth, h.Date, h.Time)
	return p.document("slip", false)
}
