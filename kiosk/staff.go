package kiosk

import (
	"strings"
	"time"

	"balie/hw/eid"
	"balie/internal/age"
	"balie/internal/secret"
)

// ScreenStaff is a screen of the desk; View.Staff says all of it.
const ScreenStaff Screen = "staff"

// StaffView is what only a screen of the desk shows: one question, what is known, and
// what can be pressed, by View.Buttons.
type StaffView struct {
	Clerk string // who is signed in; empty: nobody
	// Title and Lead are keys of texts; Title may have Parent and Child in it, and Lead
	// Date. Lead may be empty.
	Title, Lead   string
	Parent, Child secret.Text
	Date          string
	Facts         []Fact
	Warnings      []string // keys of texts
	Busy          bool     // something is under way
}

// Fact is something that the clerk is to see. Value is of a person, or Says the key of a
// text.
type Fact struct {
	Label string // key of a text
	Value secret.Text
	Says  string
}

// Greeting is what of a name may be seen in a hall: the first name and an initial.
func Greeting(i eid.Identity) secret.Text { return greeting(i) }

// Objection is the key of a notice that says why a card is not believed, or cannot be
// read; empty where it is believed.
func Objection(r eid.Record, err error) string {
	if err != nil {
		return cardNotice(err)
	}
	return checkNotice(r.Checks)
}

// ObjectionToPIN is the key of a notice that says why a holder was not proved.
func ObjectionToPIN(err error) string { return pinNotice(err) }

// TypedDate reads a date as it is typed in a [FieldDate]: day, month and year, all known.
func TypedDate(typed secret.Text) (age.Date, bool) {
	parts := strings.Split(typed.Reveal(), "/")
	if len(parts) != 3 {
		return age.Date{}, false
	}
	return age.ParseDate(parts[2] + "-" + parts[1] + "-" + parts[0])
}

// Date is how a date is written on screen and paper.
func Date(d age.Date) string {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Format("02/01/2006")
}
