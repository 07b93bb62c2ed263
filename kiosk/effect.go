package kiosk

import (
	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/kiosk/codecard"
	"balie/printer"
)

// Effect is something that Step wants done; its outcome comes back as an input.
type Effect interface{ effect() }

// ReadCard reads the card in a reader: CardSeen, then CardRead.
type ReadCard struct {
	Visit  uint64
	Reader string
}

// Fetch asks the portal for today's appointments: Fetched.
type Fetch struct {
	Visit uint64
	Proof eid.Proof
}

// PrepareHolder asks card and reader how the holder can be proved, and the portal for
// what the card is to sign: HolderReady.
type PrepareHolder struct {
	Visit  uint64
	Reader string
}

// ProveHolder has the PIN verified, of the reader's keys or as it was typed on the
// screen, and a challenge signed: HolderProved.
type ProveHolder struct {
	Visit     uint64
	Reader    string
	Language  string    // of the reader's display
	Proof     eid.Proof // of the card that the holder is of
	Challenge []byte    // of the portal
	Pinpad    bool
}

// FetchLater asks the portal for the appointments after today: FetchedLater.
type FetchLater struct {
	Visit  uint64
	Proof  eid.Proof
	Holder eid.HolderProof
}

// CommitBlock puts a block on disk, before all else that waits: BlockKept.
type CommitBlock struct {
	Visit uint64
	Block Block
}

// ForCard has something done for a code card: CardStep, but for a void one, of which
// nothing is heard.
type ForCard struct {
	Visit uint64
	Of    CardOf
	Do    codecard.Effect
}

// Commit puts the check-in on disk: Committed.
type Commit struct {
	Visit   uint64
	CheckIn CheckIn
}

// AwaitDelivery waits a while for the portal to have it: Delivery.
type AwaitDelivery struct {
	Visit uint64
	ID    uuid.UUID
}

// PrintTicket prints, if the printer is ready: TicketDone.
type PrintTicket struct {
	Visit  uint64
	Ticket printer.Document
}

// PrintSlip prints what is told, if the printer is ready: SlipDone. The paper is made where
// it is printed: it may hold a name or a code, and what is passed on here tells neither.
type PrintSlip struct {
	Visit uint64
	Slip  func() printer.Document
}

// AskPrinter asks for the printer's status: PrinterAnswered.
type AskPrinter struct{}

// Forget ends what still runs for a visit that is over.
type Forget struct{ Visit uint64 }

func (ReadCard) effect()      {}
func (Fetch) effect()         {}
func (PrepareHolder) effect() {}
func (ProveHolder) effect()   {}
func (FetchLater) effect()    {}
func (CommitBlock) effect()   {}
func (ForCard) effect()       {}
func (Commit) effect()        {}
func (AwaitDelivery) effect() {}
func (PrintTicket) effect()   {}
func (PrintSlip) effect()     {}
func (AskPrinter) effect()    {}
func (Forget) effect()        {}
