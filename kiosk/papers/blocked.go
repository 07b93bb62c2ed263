package papers

import "balie/printer"

// Blocked says that code cards were asked to be blocked, and that the portal has it. It
// names nobody, and does not say whether there was a card.
type Blocked struct {
	Booth
	Date string `json:"date"`
	Time string `json:"time"`
}

func (b Blocked) check() error {
	if err := b.Booth.check(); err != nil {
		return err
	}
	return need("date", b.Date, "time", b.Time)
}

// Document is the slip.
func (b Blocked) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, b.Booth, "paper.blocked.title")
	p.paragraph("paper.blocked.what")
	p.paragraph("paper.blocked.new")
	p.add(printer.Rule{})
	p.foot(b.Booth, b.Date, b.Time)
	return p.document("blocked", false)
}
