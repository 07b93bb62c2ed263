package kiosk

import (
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk/codecard"
	"balie/kiosk/info"
	"balie/printer"
)

// Settings are what the hospital chose; they do not change during a visit.
type Settings struct {
	Languages []string // the first one greets; empty is Dutch only
	Hospital  string   // its name, on the ticket
	Kiosk     string   // this booth's name, on the ticket: "K1"
	Phone     string   // whom to call, on the ticket; may be empty
	Test      bool     // something is trusted for testing only
	Printer   bool     // this booth has a ticket printer
	PIN       PIN      // by what a PIN may be asked for
	CodeCards bool     // this booth can make them
	Calls     bool     // staff can be called through the portal
	// Early and Late are how long before and after its start an appointment can be
	// checked in to; zero is any time that day.
	Early, Late time.Duration
	Zone        *time.Location // of the hospital; nil is the machine's own
	Texts       Texts
	Info        *info.Library // what people ask, and the answers; nil is nothing
	AppLink     string        // leads to the app in the right store; empty: no code is shown
	Helpers     []Helper      // who helps where the booth cannot
	Without     []string      // visits that are switched off
}

// How long a screen stays. Where a person reads or decides, they are asked whether
// they are still there 25 s before time runs out, and can have it anew ten times
// (WCAG 2.2.1 asks for 20 s and ten times).
const (
	readTime    = 30 * time.Second
	fetchTime   = 15 * time.Second
	decideTime  = 60 * time.Second
	commitTime  = 25 * time.Second
	deliverTime = 5 * time.Second
	printTime   = 50 * time.Second
	noticeTime  = 45 * time.Second
	doneTime    = 45 * time.Second
	askBefore   = 25 * time.Second
	extensions  = 10
	takeTime    = 60 * time.Second // "take your card", before the welcome screen says it
)

// How long a last screen stays once the card is out.
const (
	lingerTime   = 8 * time.Second
	lingerDone   = 12 * time.Second
	lingerNeeded = 25 * time.Second // where the screen is all that the person has
	lingerQueue  = 6 * time.Second  // where the next card is in
)

// How often the printer is asked how it is: seldom, but soon after it was mended; and
// when one that does not answer counts as gone.
const (
	printerPoll    = 60 * time.Second
	printerMending = 5 * time.Second
	printerGivenUp = 20 * time.Second
)

// present is how soon after its reader a card is reported that was in it all
// along, in milliseconds of PC/SC. Nobody puts a card in so fast.
const present = 600 * time.Millisecond

// State is all that the booth knows at one moment. It is a value: Step never
// changes the one it was given.
type State struct {
	Settings Settings
	Coming   *Settings // that hold once no visit is under way; nil: none do
	Now      time.Time
	Seq      uint64 // of the view that is shown
	Entry    uint64 // rises whenever something else is to be typed
	Language string
	// LanguageUntil is when a language chosen on the welcome screen goes back to the
	// first one; zero where it is not chosen.
	LanguageUntil time.Time

	Readers     []Reader
	ServiceDown bool

	Printer       printer.Status
	PrinterLost   bool // cannot be asked at all
	PrinterAsked  time.Time
	PrinterAsking bool // and has not answered yet

	LastVisit uint64
	CalledAt  time.Time   // when staff was called last
	Blocks    []time.Time // when something was typed to be blocked, of late
	Visit     Visit
	// Next is the reader with a card that came while the visit before was still
	// being committed or printed.
	Next string
	// TakeUntil is until when the whole screen says that a card was left in.
	TakeUntil time.Time
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
	Preparing
	Entering
	Proving
	Searching
	Later
	Telling
	Confirming
	Committing
	Delivering
	Printing
	Done
	Noticing  // ended another way; Visit.Notice says which
	Informing // nobody's card is in; Visit.Inquiry says what they ask
	Menu      // what else can be done with the card that is in
	Making    // a code card; Visit.Card says how far it is
	Blocking  // whose code cards are to be blocked; Visit.By says how that is told
	Keeping   // that they are to be: the promise is being made
	Sending   // it, to the portal

	Registering    // a code for the app is asked for
	Registered     // and shown
	Picked         // one of the later appointments
	CancelAsked    // whether it is really to be cancelled
	Cancelling     // at the portal
	Contacting     // the portal is asked how the person is reached, or told
	ShowingContact // how they are
	TypingContact  // what is to be corrected

	TypingBirth // of whom the letter is that was scanned
)

// Visit is one person at the booth. Its zero value is nobody.
type Visit struct {
	ID           uint64
	Stage        Stage
	Reader       string
	CardOut      bool
	Person       secret.Text     // first name and initial, as soon as they were decoded
	Proof        eid.Proof       // from the checks to the commit
	Document     string          // kind of document
	Test         bool            // the card is trusted for testing only
	Young        bool            // under 15, or perhaps
	Pinpad       bool            // the reader has keys of its own
	Challenge    []byte          // that the card is to sign for its holder
	Tries        int             // of the PIN, that are left; 0 is not asked yet, or none
	Want         string          // the visit for which the holder is asked for
	Holder       eid.HolderProof // that was proved in this visit
	ProvedAt     time.Time
	Later        []Appointment // after today: the holder was proved
	Card         codecard.State
	By           string      // how the code cards to block are told
	Pick         int         // of Later
	AppCode      secret.Text // that the app is registered with
	AppUntil     time.Time
	Contact      Contact
	Letter       Letter
	Call         string      // of staff: "calling", "ringing", "coming" or "failed"
	Changes      string      // "phone" or "email", that is being typed
	UserName     secret.Text // that was typed for it, until it is asked for
	Wrong        string      // the field in which something was typed that cannot be
	Home         string      // the notice that was gone on from; empty: the appointments of today
	Offers       []Offer
	Chosen       int
	Action       uuid.UUID
	Ticket       string
	ReportToDesk bool
	Printed      string
	Notice       string
	EndsAt       time.Time
	Extended     int
	Inquiry      Inquiry // of Informing
	Help         bool    // asked for in the middle of the visit: shown until it goes on
}

// Offer is an appointment and how it stood when the portal gave it: "" can be
// checked in to, the others are keys of texts.
type Offer struct {
	Appointment
	Standing string
}

// busy tells whether the visit is keeping a promise and cannot be ended.
func (v Visit) busy() bool {
	return v.Stage >= Committing && v.Stage <= Printing || v.Stage == Making && v.Card.Keeping() || v.Stage == Keeping || v.Stage == Sending
}

// cardless tells whether nobody's card is in, and whoever is there may put one in.
func (v Visit) cardless() bool {
	return v.Stage == Informing || v.Stage == Blocking && v.By != byCard || v.Stage == TypingBirth
}

// deciding tells whether the person has something to decide.
func (v Visit) deciding() bool {
	switch v.Stage {
	case Choosing, Entering, Later, Telling, Confirming, Menu, Blocking, Registered, Picked, CancelAsked, ShowingContact, TypingContact, TypingBirth:
		return true
	case Making:
		return v.Card.Deciding()
	}
	return false
}

// ended tells whether the visit only shows its last screen.
func (v Visit) ended() bool { return v.Stage == Done || v.Stage == Noticing }

// asks tells whether the person is asked before time runs out. Who has taken the
// card is on the way.
func (v Visit) asks() bool { return v.deciding() || v.Stage == Informing || v.ended() && !v.CardOut }

// asksAt is when the person is asked whether they are still there, zero for never.
func (v Visit) asksAt() time.Time {
	if !v.asks() {
		return time.Time{}
	}
	return v.EndsAt.Add(-askBefore)
}

// Start is the state of a booth that was just switched on.
func Start(s Settings, now time.Time) State {
	if len(s.Languages) == 0 {
		s.Languages = []string{"nl"}
	}
	if s.Zone == nil {
		s.Zone = time.Local
	}
	return State{Settings: s, Now: now, Seq: 1, Language: s.Languages[0]}
}

// Wake is when Step wants to be called although nothing happened: later than Now,
// or zero for never.
func (s State) Wake() time.Time {
	var wake time.Time
	for _, t := range []time.Time{s.LanguageUntil, s.TakeUntil, s.printerDue(), s.Visit.EndsAt, s.Visit.asksAt(), s.Visit.Inquiry.SlipUntil, s.helpersChange()} {
		if t.After(s.Now) && (wake.IsZero() || t.Before(wake)) {
			wake = t
		}
	}
	return wake
}

// test tells whether this visit rests on anything that is trusted for testing only.
func (s State) test() bool { return s.Settings.Test || s.Visit.Test }
