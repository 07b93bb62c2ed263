// Package fault is what can be wrong with a kiosk, as declared values: a code that stays,
// a title in the languages of the booth, how bad it is, which other fault explains it, and
// how long it must last before anybody is told. A dead network is one fault, and not the
// ten that follow from it.
package fault

import (
	"slices"
	"time"
)

// Severity is how bad a fault is.
type Severity string

// The severities: Error is that something does not work for people; Warning that it soon
// will not, or that somebody should look.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Fault is one thing that can be wrong.
type Fault struct {
	Code     string
	Title    Title
	Severity Severity
	// After are codes of faults that explain this one: while one of them is there, this
	// one is hidden behind it.
	After []string
	// Lasts is how long it must have been there before it shows.
	Lasts time.Duration
	// Do is what to do about it, for a technician.
	Do string
}

// Title is the name of a fault in the languages of the booth.
type Title struct{ NL, FR, DE, EN string }

// In is the title in a language; English where there is none.
func (t Title) In(language string) string {
	switch language {
	case "nl":
		return t.NL
	case "fr":
		return t.FR
	case "de":
		return t.DE
	}
	return t.EN
}

// All are the faults there are, in the order in which they are to be looked at: what
// comes first explains what follows.
func All() []Fault { return slices.Clone(all) }

// Of is the fault of a code.
func Of(code string) (Fault, bool) {
	at := rank(code)
	if at < 0 {
		return Fault{}, false
	}
	return all[at], true
}

// rank is where a fault stands in the table.
func rank(code string) int {
	return slices.IndexFunc(all, func(f Fault) bool { return f.Code == code })
}
