package papers

import (
	"slices"

	"balie/printer"
)

// codes is how many codes a card has; the portal asks for one of them by its number.
const codes = 24

// CodeCard is the card with the codes alone: user name and password are on a slip
// of their own, so that neither is worth anything without the other.
type CodeCard struct {
	Booth
	Number string // of the card, by which it can be blocked
	Codes  []string
	URL    string
}

func (c CodeCard) check() error {
	if err := c.Booth.check(); err != nil {
		return err
	}
	if len(c.Codes) != codes || slices.Contains(c.Codes, "") {
		return errCodes
	}
	return need("url", c.URL, "number", c.Number)
}

// Document is the card. It says that it is not valid yet.
func (c CodeCard) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, c.Booth, "paper.codecard.title")
	p.paragraph("paper.codecard.how")
	p.add(printer.Codes{Columns: 3, Codes: c.Codes})
	p.field("paper.codecard.number", c.Number)
	p.strong("paper.codecard.valid")
	p.paragraph("paper.codecard.apart")
	if c.Phone != "" {
		p.paragraph("paper.codecard.lost", "phone", c.Phone)
	}
	p.add(printer.QR{Data: c.URL, Caption: p.say("paper.codecard.qr")})
	return p.document("code card", true)
}

// Slip is codes, user name and password on one slip, in words of the caller's.
// The booth prints none: it is there to be held against what other libraries make
// of the same card.
type Slip struct {
	Header   string   `json:"header"`
	Title    string   `json:"title"`
	User     string   `json:"user"`
	Password string   `json:"password"`
	Intro    []string `json:"intro"`
	Codes    []string `json:"codes"`
	URL      string   `json:"url"`
}

func (s Slip) check() error {
	if len(s.Codes) != codes || slices.Contains(s.Codes, "") {
		return errCodes
	}
	return need("header", s.Header, "title", s.Title, "user", s.User, "password", s.Password, "url", s.URL)
}

// Document is the slip; only its two labels are in the language.
func (s Slip) Document(texts Texts, language string) printer.Document {
	p := &page{language: language, texts: texts}
	p.add(printer.Heading{Level: 3, Text: s.Header}, printer.Paragraph{Text: s.Title, Strong: true})
	for _, line := range s.Intro {
		p.add(printer.Paragraph{Text: line})
	}
	p.field("paper.password.user", s.User)
	p.field("paper.password.password", s.Password)
	p.add(printer.Codes{Columns: 3, Codes: s.Codes}, printer.QR{Data: s.URL})
	return p.document("code card", true)
}
