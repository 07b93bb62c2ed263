package papers

import "balie/printer"

// Password is the slip that goes with a code card, printed after the card was taken.
type Password struct {
	Booth
	User     string `json:"user,omitempty"` // empty: the national register number, which is on no paper
	Password string `json:"password"`
	URL      string `json:"url"`
}

func (w Password) check() error {
	if err := w.Booth.check(); err != nil {
		return err
	}
	return need("password", w.Password, "url", w.URL)
}

// Document is the slip.
func (w Password) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, w.Booth, "paper.password.title")
	user := w.User
	if user == "" {
		user = p.say("paper.password.national")
	}
	p.field("paper.password.user", user)
	p.field("paper.password.password", w.Password)
	p.paragraph("paper.password.apart")
	p.paragraph("paper.password.change")
	p.add(printer.QR{Data: w.URL, Caption: p.say("paper.password.qr")})
	if w.Phone != "" {
		p.line("ticket.phone", "phone", w.Phone)
	}
	return p.document("password", true)
}
