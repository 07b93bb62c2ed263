package kiosk

import (
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/printer"
)

// Settings are what the hospital chose; they do not change while the booth runs.
type Settings struct {
	Languages []string // the first one greets
	Hospital  string
	Phone     string
	Test      bool          // something is trusted for testing only
	Printer   bool          // this booth has a ticket printer
	Early     time.Duration // how long before its start an appointment can be checked in to
	Late      time.Duration // how long after its start
	Zone      *time.Location
	Texts     Texts
}

// How long a screen stays. Where a person has to decide something, they are asked
// whether they are still there 25 s before time runs out (WCAG 2.2.1 asks for 20).
const (
	readTime    = 30 * time.Second
	fetchTime   = 15 * time.Second
	decideTime  = 60 * time.Second
	askBefore   = 25 * time.Second
	noticeTime  = 30 * time.Second
	shortTime   = 6 * time.Second // a notice that asks for nothing
	doneTime    = 30 * time.Second
	doneCardOut = 12 * time.Second
	extensions  = 10
	printerPoll = 60 * time.Second
)

// State is all that the booth knows at one moment. It is a value: Step never
// changes the one it was given.
type State struct {
	Settings Settings
	Now      time.Time
	Seq      uint64 // of the view that is shown
	Language string
	// LanguageUntil is when a language chosen on the welcome screen goes back to the
	// first one; zero where it is not chosen.
	LanguageUntil time.Time

	Readers     []Reader
	ServiceDown bool

	Printer      printer.Status
	PrinterLost  bool // cannot be asked at all
	PrinterAsked time.Time

	LastVisit uint64
	Visit     Visit
	// Next is the reader with a card that came while the visit before was still
	// being committed or printed.
	Next string
	// TakeOut is set while a card that has had its visit is still in a reader.
	TakeOut bool
}

// Reader is a card reader that is there.
type Reader struct {
	Name    string
	Card    bool // something is in it
	Claimed bool // by another program
}

// Stage is how far a visit has come.
type Stage int

// The stages of a check-in, in order. From Committing on, the visit goes on to its end even
// when the card is pulled: the promise is being made.
const (
	NoVisit Stage = iota
	Reading
	Fetching
	Choosing
	Confirming
	Committing
	Delivering
	Printing
	Done
	Noticing // ended another way; Visit.Notice says which
)

// Visit is one person at the booth. Its zero value is nobody.
type Visit struct {
	ID           uint64
	Stage        Stage
	Reader       string
	CardOut      bool
	Identity     eid.Identity // as soon as it was decoded
	Record       eid.Record   // once it was checked
	Appointments []Appointment
	Chosen       int
	Action       uuid.UUID
	Ticket       string
	ReportToDesk bool
	Printed      string
	Notice       string
	EndsAt       time.Time
	Extended     int
}

// busy tells whether the visit is keeping a promise and cannot be ended.
func (v Visit) busy() bool { return v.Stage >= Committing && v.Stage <= Printing }

// deciding tells whether the person has something to decide.
func (v Visit) deciding() bool { return v.Stage == Choosing || v.Stage == Confirming }

// Start is the state of a booth that was just switched on.
func Start(s Settings, now time.Time) State {
	return State{Settings: s, Now: now, Seq: 1, Language: s.Languages[0]}
}

// Wake is when Step wants to be called although nothing happened.
func (s State) Wake() time.Time {
	wake := s.PrinterAsked.Add(printerPoll)
	for _, t := range []time.Time{s.LanguageUntil, s.Visit.EndsAt, s.Visit.asksAt()} {
		if !t.IsZero() && t.After(s.Now) && t.Before(wake) {
			wake = t
		}
	}
	return wake
}

// asksAt is when the person is asked whether they are still there.
func (v Visit) asksAt() time.Time {
	if !v.deciding() {
		return time.Time{}
	}
	return v.EndsAt.Add(-askBefore)
}

// cardIn tells whether a card is in any reader.
func (s State) cardIn() bool {
	for _, r := range s.Readers {
		if r.Card {
			return true
		}
	}
	return false
}

// usable tells whether any reader can be used at all.
func (s State) usable() bool {
	for _, r := range s.Readers {
		if !r.Claimed {
			return true
		}
	}
	return false
}
