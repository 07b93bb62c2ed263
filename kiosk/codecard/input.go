package codecard

import (
	"errors"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/printer"
)

// Input is one of the types below.
type Input interface{ input() }

// Why the portal gives no card.
var (
	ErrAway    = errors.New("portal not reachable")
	ErrUnknown = errors.New("patient not known at the portal")
	ErrRefused = errors.New("portal refuses")
	ErrDesk    = errors.New("only the desk can judge this")
	// ErrUnkept is that the disk did not take it.
	ErrUnkept = errors.New("could not be kept")
)

// Account is what the portal says of the person. The error wraps one of those above.
type Account struct {
	Exists, Locked, HasCard, Deceased bool
	Err                               error
}

// Accept is that the person wants the card, with an id that nobody has used.
type Accept struct{ Card uuid.UUID }

// Reserved says that the card is reserved, which of its codes is to be typed back, and
// whether the account is new. The error wraps one of those above.
type Reserved struct {
	Number int
	New    bool
	Err    error
}

// Paper says how a paper came out, or that it is held out.
type Paper struct {
	Held    bool
	Outcome printer.Outcome
}

// Typed is what the person typed.
type Typed struct{ Code secret.Text }

// Checked says whether that was the code.
type Checked struct{ Right bool }

// Confirm is a clerk who saw that the card is in the right hands, in place of a code.
type Confirm struct{}

// CannotRead is someone who cannot read the card.
type CannotRead struct{}

// Kept says that the commit is on disk for good, or that it may not be.
type Kept struct{ Err error }

// Active says whether the portal had it in time, or refused it.
type Active struct{ Delivered, Refused bool }

// Stop is the person who stops.
type Stop struct{}

// PulledOut is their identity card taken out.
type PulledOut struct{}

// TimedOut is that [State.Limit] has passed.
type TimedOut struct{}

func (Account) input()    {}
func (Accept) input()     {}
func (Reserved) input()   {}
func (Paper) input()      {}
func (Typed) input()      {}
func (Checked) input()    {}
func (Confirm) input()    {}
func (CannotRead) input() {}
func (Kept) input()       {}
func (Active) input()     {}
func (Stop) input()       {}
func (PulledOut) input()  {}
func (TimedOut) input()   {}
