package codecard

import "balie/printer"

// Two accounts are kept of a card that was reserved: how far
// its print job came ([Printed]), and what the portal was, or will be, told of it ([Told]).

// Printed is how far the print job of a card came.
type Printed int

// How far it came.
const (
	NoJob   Printed = iota // it was never asked for
	Open                   // it ended with nobody's word: perhaps on paper
	NotOut                 // nothing, or not all, or drawn in again
	CameOut                // it is on paper, and perhaps in someone's hands
)

// PrintedOf is what a job's outcome means; ended is false for one that a crash cut short.
func PrintedOf(ended bool, o printer.Outcome) Printed {
	switch {
	case !ended, o == printer.Unknown:
		return Open
	case o.Done():
		return CameOut
	}
	return NotOut
}

// Told is what the portal was, or will be, told.
type Told int

// What it is told.
const (
	Nothing Told = iota
	ToldVoid
	ToldIssued
)

// Now is what is to be done with a card at start-up.
type Now int

// What is to be done.
const (
	MakeVoid  Now = iota // tell the portal that it is void, then strike it off
	StrikeOff            // all that must be told is told: strike it off
)

// Reconcile is what is now to be done with a card of an earlier process. There is one
// path to an issued card, and its last step is what the portal is told: a card of which
// it was told nothing is void, however far its paper came.
func Reconcile(p Printed, t Told) Now {
	return [...][3]Now{
		//         Nothing   ToldVoid   ToldIssued
		NoJob:   {MakeVoid, StrikeOff, StrikeOff},
		Open:    {MakeVoid, StrikeOff, StrikeOff},
		NotOut:  {MakeVoid, StrikeOff, MakeVoid}, // issued without a paper: the two books differ, and in doubt it is void
		CameOut: {MakeVoid, StrikeOff, StrikeOff},
	}[p][t]
}
