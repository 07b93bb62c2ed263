package codecard

import (
	"github.com/google/uuid"

	"balie/internal/secret"
)

// Effect is something that Step wants done. Each has one input as its outcome but Void,
// which has none.
type Effect interface{ effect() }

// AskAccount asks the portal whether there may be a card: Account.
type AskAccount struct{}

// Reserve keeps the card's id on disk, and only then reserves it at the portal; makes
// codes and, for a new account, a password, in memory: Reserved.
type Reserve struct{ Card uuid.UUID }

// Print prints the card, as a job with the card's id: Paper.
type Print struct{ Card uuid.UUID }

// PrintSlip prints the slip with the password, as the job [Slip]: Paper.
type PrintSlip struct{ Card uuid.UUID }

// Await waits until what is held out was taken or drawn in: Paper.
type Await struct{ Job uuid.UUID }

// Check compares what was typed with the code of that number: Checked.
type Check struct {
	Card   uuid.UUID
	Number int
	Typed  secret.Text
}

// Issue commits that the card is issued, sealed with its codes, and wipes these: Kept.
type Issue struct {
	Card    uuid.UUID
	ByClerk bool
}

// AwaitActive waits a while for the portal to have it: Active.
type AwaitActive struct{ Card uuid.UUID }

// Void wipes codes and password, calls off what is printed of the card, and commits that
// it is void. It must not be given up.
type Void struct {
	Card   uuid.UUID
	Reason string // as openapi.yaml says
}

func (AskAccount) effect()  {}
func (Reserve) effect()     {}
func (Print) effect()       {}
func (PrintSlip) effect()   {}
func (Await) effect()       {}
func (Check) effect()       {}
func (Issue) effect()       {}
func (AwaitActive) effect() {}
func (Void) effect()        {}
