// Package codecard issues a code card, whoever stands for the person: their PIN, or a
// clerk who saw them.
//
//	asking → offered → reserving → printing → taking → typing → checking
//	       → printing the slip → taking the slip → issuing → activating → ended
//
// [Step] is pure. It knows neither codes nor password, nor whose they are: whoever
// carries out its effects makes them, keeps them in memory and wipes them, and tells
// which of the codes is to be typed back. It knows no time either: a surface that embeds
// it says when one has run out ([TimedOut]), and no screens: it looks at Stage, Number
// and End.
//
// A card is issued on one path only, and at its end: the paper was taken, a code of it
// typed back (or a clerk says that it is in the right hands), and the slip with the
// password, where there is a new account, taken after it. Whatever else happens once a
// card may be reserved makes it void.
package codecard

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Stage is how far a card has come.
type Stage int

// The stages, in order.
const (
	None         Stage = iota
	Asking             // the portal is asked whether there may be a card
	Offered            // the person is told what a card means, and decides
	Reserving          // the card's id is kept, here and at the portal
	Printing           // the card
	Taking             // it is held out
	Typing             // one of its codes
	Checking           // what was typed
	PrintingSlip       // the password, for a new account
	TakingSlip         // it is held out
	Issuing            // the commit
	Activating         // the portal is given a moment
	Ended              // End says how
)

// tries is how often a code may be typed wrong.
const tries = 3

// State is a card that is being issued. The zero State is none. It is a value.
type State struct {
	Stage   Stage
	Card    uuid.UUID
	Number  int  // of the code that is to be typed back, from 1
	Account bool // there is one: the password stays, and no slip is printed
	HasCard bool // a card is active, which ends with the new one
	Wrong   int  // codes typed wrong
	ByClerk bool // a clerk says that it is in the right hands
	End     End
	// Void is that paper may be out which will never be valid.
	Void bool
}

// End is how it ended; each is a key of a text.
type End string

// The ends. All but the first two are without a card.
const (
	Issued     End = "issued"
	IssuedSoon End = "issued-soon" // kept, and not at the portal yet

	Away      End = "away"      // the portal is
	Unknown   End = "unknown"   // to the hospital
	Refused   End = "refused"   // the portal does not believe, or takes none
	Locked    End = "locked"    // the account is
	ToDesk    End = "desk"      // what only a person can judge
	Stopped   End = "stopped"   // by the person
	Left      End = "left"      // they walked away
	Pulled    End = "pulled"    // they took their identity card out
	Unprinted End = "unprinted" // nothing, or half of it, came out
	Doubtful  End = "doubtful"  // nobody knows whether it came out
	Retracted End = "retracted" // nobody took it
	WrongCode End = "wrong"     // too often
	Illegible End = "illegible" // the person cannot read it
	Unkept    End = "unkept"    // the disk failed
)

// Limit is how long an effect may take: as long as the stage that waits for it.
func Limit(e Effect) time.Duration {
	var s State
	switch e.(type) {
	case AskAccount:
		s.Stage = Asking
	case Check:
		s.Stage = Checking
	case Print, PrintSlip:
		s.Stage = Printing
	case Await:
		s.Stage = Taking
	case AwaitActive:
		s.Stage = Activating
	default:
		s.Stage = Issuing
	}
	return s.Limit()
}

// Within is the context of an effect: what asks ends with the visit, what prints or waits
// with the surface, and what is kept, or makes a card void, not even with that.
func Within(surface context.Context, e Effect, visit func() context.Context) context.Context {
	switch e.(type) {
	case AskAccount, Check:
		return visit()
	case Reserve, Issue, Void:
		return context.WithoutCancel(surface)
	}
	return surface
}

// Deciding tells whether the person has something to do, and their time may be prolonged.
func (s State) Deciding() bool { return s.Stage == Offered || s.Stage == Typing }

// Keeping tells whether a promise is being kept: nothing that a person does ends it now.
func (s State) Keeping() bool { return s.Stage == Issuing || s.Stage == Activating }

// Limit is how long a stage may last: [TimedOut] comes after it. The printers' own limits
// are shorter than those of the papers.
func (s State) Limit() time.Duration {
	switch s.Stage {
	case Asking, Checking:
		return 15 * time.Second
	case Offered:
		return 60 * time.Second
	case Reserving, Issuing:
		return 25 * time.Second
	case Printing, PrintingSlip:
		return 90 * time.Second
	case Taking, TakingSlip:
		return 75 * time.Second
	case Typing:
		return 120 * time.Second
	case Activating:
		return 10 * time.Second
	}
	return 0
}

// Slip is the id of the print job of the slip of a card; that of the card itself is the
// card's id.
func Slip(card uuid.UUID) uuid.UUID { return uuid.NewSHA1(card, []byte("slip")) }

// IssuedID and VoidID are the ids of the two actions that there may be of a card.
func IssuedID(card uuid.UUID) uuid.UUID { return uuid.NewSHA1(card, []byte("issued")) }

// VoidID is the id of the action that a card is void.
func VoidID(card uuid.UUID) uuid.UUID { return uuid.NewSHA1(card, []byte("void")) }
