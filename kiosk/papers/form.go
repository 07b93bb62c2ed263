package papers

import "balie/printer"

// Asking is the person who asks for a form: the only one whose data are printed
// on it. The patient's are filled in by hand, by the patient.
type Asking struct {
	Booth
	Name    string `json:"name"`
	Born    string `json:"born,omitempty"`
	Address string `json:"address,omitempty"`
	Contact string `json:"contact_phone,omitempty"`
	Mail    string `json:"mail,omitempty"`
}

func (a Asking) check() error {
	if err := a.Booth.check(); err != nil {
		return err
	}
	return need("name", a.Name)
}

// person writes who asks.
func (a Asking) person(p *page, heading string) {
	p.add(printer.Heading{Level: 3, Text: p.say(heading)})
	p.field("paper.form.name", a.Name)
	p.field("paper.form.born", a.Born)
	p.field("paper.form.address", a.Address)
	p.field("paper.form.phone", a.Contact)
	p.field("paper.form.mail", a.Mail)
	p.add(printer.Space{})
}

// patient writes the lines that the patient fills in.
func patient(p *page) {
	p.add(printer.Heading{Level: 3, Text: p.say("paper.form.patient")})
	p.paragraph("paper.form.fill")
	p.blanks("paper.form.name", "paper.form.born")
	p.add(printer.Space{})
}

// signed writes where the patient signs, and how the form reaches the hospital.
func signed(p *page) {
	p.blanks("paper.form.place", "paper.form.date")
	p.add(printer.Signature{Label: p.say("paper.form.sign")})
}

// TrustedPerson is the form by which a patient of fifteen or more designates a
// trusted person.
type TrustedPerson struct{ Asking }

// Document is the form.
func (f TrustedPerson) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, f.Booth, "paper.trusted-person.title")
	f.person(p, "paper.trusted-person.who")
	patient(p)
	p.paragraph("paper.trusted-person.may")
	p.choices("paper.trusted-person.ask", "paper.trusted-person.inspect", "paper.trusted-person.copy")
	p.blanks("paper.trusted-person.until")
	signed(p)
	p.paragraph("paper.form.send")
	p.paragraph("paper.form.back")
	return p.document(p.say("paper.trusted-person.title"), false)
}

// Representative is the form by which a patient designates who decides when they
// cannot.
type Representative struct{ Asking }

// Document is the form.
func (f Representative) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, f.Booth, "paper.representative.title")
	f.person(p, "paper.representative.who")
	patient(p)
	p.paragraph("paper.representative.may")
	signed(p)
	p.add(printer.Signature{Label: p.say("paper.form.accepts")})
	p.paragraph("paper.representative.attach")
	p.paragraph("paper.form.send")
	p.paragraph("paper.form.back")
	return p.document(p.say("paper.representative.title"), false)
}

// Revocation is the form by which a patient takes either back.
type Revocation struct{ Asking }

// Document is the form.
func (f Revocation) Document(texts Texts, language string) printer.Document {
	p := begin(texts, language, f.Booth, "paper.revocation.title")
	f.person(p, "paper.form.asking")
	patient(p)
	p.paragraph("paper.revocation.what")
	p.choices("paper.revocation.trusted", "paper.revocation.representative")
	p.blanks("paper.revocation.who")
	signed(p)
	p.paragraph("paper.form.send")
	return p.document(p.say("paper.revocation.title"), false)
}
