package papers

import "balie/printer"

// Letter confirms an appointment. Its barcode lets in who comes without a card.
type Letter struct {
	Booth
	Name       string   `json:"name"`
	Date       string   `json:"date"`
	Time       string   `json:"time"`
	Department string   `json:"department"`
	Place      string   `json:"place,omitempty"`
	With       string   `json:"with,omitempty"`
	Prepare    []string `json:"prepare,omitempty"`
	Code       string   `json:"code,omitempty"` // of the barcode
}

func (l Letter) check() error {
	if err := l.Booth.check(); err != nil {
		return err
	}
	return need("name", l.Name, "date", l.Date, "time", l.Time, "department", l.Department)
}

// Document is the letter.
func (l Letter) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, l.Booth, "paper.letter.title")
	p.field("paper.letter.for", l.Name)
	p.field("paper.letter.when", p.say("paper.letter.at", "date", l.Date, "time", l.Time))
	p.field("paper.letter.department", l.Department)
	p.field("paper.letter.place", l.Place)
	p.field("paper.letter.with", l.With)
	if len(l.Prepare) > 0 {
		p.add(printer.Heading{Level: 3, Text: p.say("paper.letter.prepare")})
	}
	for _, line := range l.Prepare {
		p.add(printer.Paragraph{Text: line})
	}
	p.add(printer.Space{})
	p.paragraph("paper.letter.bring")
	if l.Code != "" {
		p.paragraph("paper.letter.code")
		p.add(printer.Space{}, printer.Barcode{Data: l.Code}, printer.Space{})
	}
	if l.Phone != "" {
		p.paragraph("paper.letter.change", "phone", l.Phone)
	}
	return p.document(p.say("paper.letter.title"), false)
}
