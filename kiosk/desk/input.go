package desk

import (
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/printer"
)

// Event is an input with the moment it came at, an id nobody has used, and whether the
// clock is known to be right.
type Event struct {
	At         time.Time
	ID         uuid.UUID
	ClockKnown bool
	Input      Input
}

// Input is one of the types below. Those with Run are outcomes: one of an earlier Run
// comes too late and does nothing.
type Input interface{ input() }

// Tick says that time passed.
type Tick struct{}

// Opened says that a clerk wants the screen of the patient.
type Opened struct{}

// CardChanged says that something happened at a reader.
type CardChanged struct{ kiosk.CardEvent }

// Pressed is something that was pressed.
type Pressed struct{ kiosk.Press }

// SignedIn says who has begun a shift, or why nobody has.
type SignedIn struct {
	Run   uint64
	Clerk Clerk
	Err   error
}

// OwnRead says whose the card is, and how its holder can be proved.
type OwnRead struct {
	Run       uint64
	Clerk     Clerk
	Challenge []byte
	Proof     eid.Proof
	Pinpad    bool
	Tries     int
	Err       error
}

// OwnProved says that the clerk's card has signed for the shift, or why not.
type OwnProved struct {
	Run   uint64
	Tries int
	Err   error
}

// CardRead is someone's card, or why it is not believed.
type CardRead struct {
	Run    uint64
	Reader string
	Record eid.Record
	Err    error
}

// Accounted says what the portal knows of the parent, or of whom it is about.
type Accounted struct {
	Run     uint64
	Account Account
	Err     error
}

// Committed says that the action is on disk, or that it may not be.
type Committed struct {
	Run uint64
	Err error
}

// Delivery says whether the portal has it, or refused it.
type Delivery struct {
	Run       uint64
	Delivered bool
	Refused   string // code
}

// Done says how a call went that changes something.
type Done struct {
	Run uint64
	Err error
}

// CardKnown says what became of a code card.
type CardKnown struct {
	Run   uint64
	State string
	Err   error
}

// MadeOn is the outcome of an effect of a code card.
type MadeOn struct {
	Run uint64
	In  codecard.Input
}

// Printed says how a paper came out.
type Printed struct {
	Run    uint64
	Result printer.Result
	Err    error
}

func (Tick) input()        {}
func (Opened) input()      {}
func (CardChanged) input() {}
func (Pressed) input()     {}
func (SignedIn) input()    {}
func (OwnRead) input()     {}
func (OwnProved) input()   {}
func (CardRead) input()    {}
func (Accounted) input()   {}
func (Committed) input()   {}
func (Delivery) input()    {}
func (Printed) input()     {}
func (Done) input()        {}
func (CardKnown) input()   {}
func (MadeOn) input()      {}
