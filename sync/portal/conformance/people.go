package conformance

import (
	"balie/internal/secret"
	"balie/sync/portal"
)

// Person is someone invented, whom the portal must know or must not know.
type Person struct {
	ID     string // of the card in kiosksim's tray, where it is there
	Number string // national number; empty: none
	EAD    string // the hospital's number; empty: the hospital does not know them
	Birth  string // 1984-05-17
	// Deceased is that the hospital knows them to have died.
	Deceased bool
}

// People are those that the portal must have in its register, but the stranger, whom
// it must not have.
func People() []Person {
	return []Person{an(), elise(), lucas(), karim(), abroad(), teen(), dead(), stranger()}
}

// Appointment is one that the portal must have, and whose.
type Appointment struct {
	ID     string
	Of     Person
	Days   int    // from today
	Letter string // what the barcode of its letter says; empty: none
}

// Appointments are those that the portal must have when the suite is run.
func Appointments() []Appointment {
	return []Appointment{
		{ID: "suite-today", Of: elise(), Letter: "SUITE-LETTER-1"}, {ID: "suite-clerk", Of: abroad()}, {ID: "suite-chip", Of: an()},
		{ID: "suite-later", Of: karim(), Days: 30},
	}
}

// The parts that they play.
func an() Person {
	return Person{ID: "an", Number: "84051799897", EAD: "E1000000001", Birth: "1984-05-17"}
}
func elise() Person {
	return Person{ID: "elise", Number: "72082999888", EAD: "E1000000003", Birth: "1972-08-29"}
}
func lucas() Person {
	return Person{ID: "lucas", Number: "17030599736", EAD: "E1000000004", Birth: "2017-03-05"}
}
func karim() Person {
	return Person{ID: "karim", Number: "95042399745", EAD: "E1000000007", Birth: "1995-04-23"}
}
func abroad() Person { return Person{ID: "abroad", EAD: "E1000000008", Birth: "1991-02-03"} }
func teen() Person {
	return Person{ID: "teen", Number: "10061099751", EAD: "E1000000009", Birth: "2010-06-10"}
}
func dead() Person {
	return Person{ID: "dead", Number: "38010999723", EAD: "E1000000010", Birth: "1938-01-09", Deceased: true}
}
func stranger() Person { return Person{ID: "marta", Number: "90011499891", Birth: "1990-01-14"} }

// holder is someone who has typed the PIN at a kiosk.
func (r *run) holder(b *booth, p Person) (portal.Person, error) {
	challenge, _, err := b.Challenge(r.ctx)
	if err != nil {
		return portal.Person{}, err
	}
	c, h, err := r.t.Cards.Holder(p, challenge)
	return portal.Person{Card: &c, Holder: &h}, err
}

// card is someone whose card was put in.
func (r *run) card(p Person) (portal.Person, error) {
	c, err := r.t.Cards.Card(p)
	return portal.Person{Card: &c}, err
}

// typed is someone without a chip, whom the clerk attests.
func (r *run) typed(b *booth, p Person, purpose, matter string) (portal.Person, error) {
	return r.attested(b, purpose, matter, portal.Named{
		EAD: secret.NewText(p.EAD), Birth: secret.NewText(p.Birth), Document: "passport", Reason: "no-chip",
	})
}

func (r *run) attested(b *booth, purpose, matter string, patient portal.Named) (portal.Person, error) {
	shift, err := r.shift(b)
	if err != nil {
		return portal.Person{}, err
	}
	a, err := shift.Attest(portal.Statement{Purpose: purpose, At: b.now(), Matter: matter, Patient: patient})
	return portal.Person{Attested: &a}, err
}

// shift is the clerk's at a kiosk, begun an hour ago.
func (r *run) shift(b *booth) (*portal.Shift, error) {
	s, err := portal.NewShift(r.t.Clerk, b.kiosk, b.now().Add(-hour), b.now().Add(hour))
	if err != nil {
		return nil, err
	}
	s.ByBadge(r.t.Badge())
	return s, nil
}
