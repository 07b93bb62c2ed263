package papers

import "balie/printer"

// ChildLink confirms that a parent sees the record of a child, or has asked to.
type ChildLink struct {
	Booth
	Parent    string `json:"parent"`
	Child     string `json:"child"`
	Born      string `json:"born"`
	Since     string `json:"since"`
	Ends      string `json:"ends"`                // the fifteenth birthday, as the caller has reckoned it
	Requested bool   `json:"requested,omitempty"` // not made yet
}

func (c ChildLink) check() error {
	if err := c.Booth.check(); err != nil {
		return err
	}
	return need("parent", c.Parent, "child", c.Child, "born", c.Born, "since", c.Since, "ends", c.Ends)
}

// Document is the confirmation.
func (c ChildLink) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, c.Booth, "paper.child-link.title")
	p.field("paper.child-link.parent", c.Parent)
	p.field("paper.child-link.child", c.Child)
	p.field("paper.child-link.born", c.Born)
	p.field("paper.child-link.since", c.Since)
	p.field("paper.child-link.ends", c.Ends)
	p.add(printer.Space{})
	if c.Requested {
		p.strong("paper.child-link.requested")
	} else {
		p.strong("paper.child-link.done")
	}
	p.paragraph("paper.child-link.why")
	p.paragraph("paper.child-link.after")
	p.paragraph("paper.child-link.second")
	if c.Phone != "" {
		p.line("ticket.phone", "phone", c.Phone)
	}
	return p.document(p.say("paper.child-link.title"), false)
}
