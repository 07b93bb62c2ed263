package kiosk

import (
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/kiosk/codecard"
	"balie/printer"
)

// Event is an input with the moment it came at, and an id nobody has used, for
// Step to take if it needs one.
type Event struct {
	At    time.Time
	ID    uuid.UUID
	Input Input
}

// Input is one of the types below.
type Input interface{ input() }

// Tick says that time passed.
type Tick struct{}

// CardChanged says that something happened at a reader.
type CardChanged struct{ CardEvent }

// CardSeen says that the identity on the card is decoded; nothing of it is proved yet.
type CardSeen struct {
	Visit    uint64
	Identity eid.Identity
}

// CardRead says that the card is read and checked, or why not.
type CardRead struct {
	Visit  uint64
	Record eid.Record
	Err    error
}

// Fetched brings the appointments, or why there are none to be had.
type Fetched struct {
	Visit        uint64
	Appointments []Appointment
	Err          error
}

// HolderReady says how the holder of the card can be proved, or why not.
type HolderReady struct {
	Visit     uint64
	Pinpad    bool   // on keys of the reader
	Tries     int    // of the PIN, that are left
	Challenge []byte // for the card to sign
	Err       error
}

// HolderProved says that the PIN was right and the card signed, or why not. It never
// has the PIN.
type HolderProved struct {
	Visit  uint64
	Holder eid.HolderProof
	Tries  int // that are left
	Err    error
}

// FetchedLater brings the appointments after today, or why there are none to be had.
type FetchedLater struct {
	Visit        uint64
	Appointments []Appointment
	Err          error
}

// BlockKept says that a block is on disk for good, or that it may not be.
type BlockKept struct {
	Visit uint64
	Err   error
}

// CardStep is the outcome of [ForCard].
type CardStep struct {
	Visit uint64
	In    codecard.Input
}

// Committed says that the check-in is on disk for good, or that it may not be.
type Committed struct {
	Visit  uint64
	Ticket string
	Err    error
}

// Delivery says whether the portal had the check-in in time, or refused it.
type Delivery struct {
	Visit     uint64
	Delivered bool
	Refused   bool // for good: nobody will call this person
}

// TicketDone says how the ticket came out.
type TicketDone struct {
	Visit  uint64
	Result printer.Result
	Err    error
}

// SlipDone says how the paper of what is told came out.
type SlipDone struct {
	Visit  uint64
	Result printer.Result
	Err    error
}

// PrinterAnswered brings the printer's status.
type PrinterAnswered struct {
	Status printer.Status
	Err    error
}

// Pressed is something a person pressed.
type Pressed struct{ Press }

func (Tick) input()            {}
func (CardChanged) input()     {}
func (CardSeen) input()        {}
func (CardRead) input()        {}
func (Fetched) input()         {}
func (HolderReady) input()     {}
func (HolderProved) input()    {}
func (FetchedLater) input()    {}
func (BlockKept) input()       {}
func (CardStep) input()        {}
func (Committed) input()       {}
func (Delivery) input()        {}
func (TicketDone) input()      {}
func (SlipDone) input()        {}
func (PrinterAnswered) input() {}
func (Pressed) input()         {}
