package desk

import (
	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/internal/secret"
	"balie/printer"
)

// Effect is something that Step wants done; its outcome comes back as an input.
type Effect interface{ effect() }

// CheckBadge begins the shift of whom a badge is of: SignedIn.
type CheckBadge struct {
	Run   uint64
	Badge secret.Text
}

// ReadOwn reads the clerk's card: OwnRead.
type ReadOwn struct {
	Run    uint64
	Reader string
}

// ProveOwn has the clerk's PIN verified and the shift signed: OwnProved.
type ProveOwn struct {
	Run       uint64
	Reader    string
	Language  string
	Proof     eid.Proof
	Challenge []byte
	Pinpad    bool
}

// EndShift ends the shift.
type EndShift struct{ Why string }

// ReadCard reads someone's card: CardRead.
type ReadCard struct {
	Run    uint64
	Reader string
}

// AskAccount asks what the portal knows of someone: Accounted.
type AskAccount struct {
	Run    uint64
	Person Person
}

// CommitLink puts a link, or the end of one, on disk: Committed.
type CommitLink struct {
	Run    uint64
	Unlink bool
	Link   Link
}

// CommitBlock puts a block on disk: Committed.
type CommitBlock struct {
	Run   uint64
	Block Block
}

// Change unlocks a log-in, or gives it a new password: Done.
type Change struct {
	Run      uint64
	Kind     string // TaskUnlock or TaskPassword
	Key      uuid.UUID
	Person   Person
	Language string
}

// AskCard asks what became of a code card: CardKnown.
type AskCard struct {
	Run    uint64
	Number secret.Text
}

// MakeCard does something for a code card: MadeOn, but for a void one, of which nothing
// comes.
type MakeCard struct {
	Run  uint64
	Make Make
}

// AwaitDelivery waits a while for the portal: Delivery.
type AwaitDelivery struct {
	Run uint64
	ID  uuid.UUID
}

// Print prints a paper: Printed.
type Print struct {
	Run  uint64
	Form bool // on A4
	Doc  printer.Document
}

// Forget ends what still runs for a Run.
type Forget struct{ Run uint64 }

func (CheckBadge) effect()    {}
func (ReadOwn) effect()       {}
func (ProveOwn) effect()      {}
func (EndShift) effect()      {}
func (ReadCard) effect()      {}
func (AskAccount) effect()    {}
func (CommitLink) effect()    {}
func (AwaitDelivery) effect() {}
func (Print) effect()         {}
func (Forget) effect()        {}
func (CommitBlock) effect()   {}
func (Change) effect()        {}
func (AskCard) effect()       {}
func (MakeCard) effect()      {}
