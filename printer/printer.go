// Package printer is what every printer of the booth has in common: a
// [Document] that says what is printed and not how, a [Status] that says what
// is wrong with the device, and the [Result] of a job, which never claims more
// than the printer confirmed.
//
// The dialects are in the folders below: escpos, evolis, zpl for a wire, form
// for A4, preview for a look at a Document without a printer.
package printer

import (
	"context"
	"io"
)

// Printer prints documents one at a time and reports about itself.
// A Printer is safe for use by several goroutines; jobs are in order of call.
type Printer interface {
	// Status asks the device now. The error says that the device cannot be asked
	// at all (no such tty, no rights); a mute or faulty device is a Status.
	Status(ctx context.Context) (Status, error)
	// Print prints one document and returns when its outcome is known, or as well
	// known as this device can make it. It never prints a document twice.
	// The error explains an outcome other than Confirmed and Taken to a technician
	// and holds nothing of the document.
	Print(ctx context.Context, doc Document) (Result, error)
}

// Follower is a Printer whose jobs can be watched while they run, as package spool
// does, so that a restart knows how far one was.
type Follower interface {
	Printer
	// Follow prints as Print does, and calls reached before the first byte of the
	// document is sent ([Sending]) and at each stage after it. An error of reached at
	// Sending ends the job with nothing sent; later ones change nothing, because
	// paper that has begun to come out is followed to its end.
	Follow(ctx context.Context, doc Document, reached func(Stage, string) error) (Result, error)
}

// Clearer is a Printer that can be rid of whatever an earlier job, perhaps of an
// earlier process, left in it: buffers, memory, the paper in its mouth.
type Clearer interface {
	// Clear returns nil when nothing is left that could still come out.
	Clear(ctx context.Context) error
}

// Stage is how far a job is that has not ended. The text beside it, as in
// [Result], is what it rests on.
type Stage string

// The stages, in order; a printer without a mouth knows no Held.
const (
	Sending   Stage = "sending"   // the document is about to go over the wire
	Delivered Stage = "sent"      // all of it was taken by the printer
	Printed   Stage = "confirmed" // the printer says that it printed it
	Held      Stage = "presented" // it is held out, to be taken
)

// Port is a wire to a printer. Read returns 0, nil when nothing came within the
// port's own read timeout. Write may block while the device is busy; Close ends
// both, so a caller that has waited too long closes the port and opens another.
type Port interface {
	io.ReadWriteCloser
	// Drain waits until everything written has left the computer.
	Drain() error
}

// Gate is a Port that knows whether the device takes data now, by a line of the cable
// or by XON and XOFF that it has taken out of what it reads. Its Write waits until
// the device does.
type Gate interface {
	// Takes tells whether the device takes data now.
	Takes() (bool, error)
	// WriteNow writes whether it does or not, for what a device obeys while it is busy.
	WriteNow(b []byte) (int, error)
}

// Result is how a job ended.
type Result struct {
	Outcome Outcome
	// By says what the outcome rests on, for the technician: "process id",
	// "status after cut", "ticket in output", "drained".
	By string
	// Status is the last status read, with the cause where the job failed.
	Status Status
}

// Outcome is exactly one of these.
type Outcome int

// The outcomes of a job. Unknown means that it may or may not be on paper: for a
// secret the caller must treat it as printed and revoke it.
const (
	Unknown   Outcome = iota
	NotSent           // refused before the first byte of the document: nothing printed
	Failed            // stopped before its end was sent: what is on paper is incomplete; the rest was cleared from the printer
	Sent              // all of it taken by the printer, no fault after; not confirmed
	Confirmed         // the printer says that it printed it
	Taken             // it was held out and somebody took it
	Retracted         // it was held out, nobody took it, and the printer drew it back in
)

// String is the outcome in one lower-case word or two.
func (o Outcome) String() string {
	return [...]string{"unknown", "not sent", "failed", "sent", "confirmed", "taken", "retracted"}[o]
}

// Done tells whether the document came out as far as this printer can know, so
// that a person has it or can take it.
func (o Outcome) Done() bool { return o == Sent || o == Confirmed || o == Taken }

// Status is what the device says about itself. The zero Status is a healthy printer.
type Status struct{ Faults []Fault }

// Fault is one thing that is wrong or soon will be. It is stable: it is
// the key of a text in every language and of a row in the technician's table.
type Fault string

// The faults.
const (
	CoverOpen    Fault = "cover-open"
	PaperNearEnd Fault = "paper-near-end" // prints still
	PaperEnd     Fault = "paper-end"
	CutterError  Fault = "cutter"
	HeadHot      Fault = "head-hot" // passes by itself
	PaperJam     Fault = "paper-jam"
	Presenter    Fault = "presenter"
	TicketInside Fault = "ticket-in-mouth" // prints still
	Offline      Fault = "offline"         // and no cause given
	Mute         Fault = "mute"            // does not answer: off, unplugged or wrongly set
	Unrecovered  Fault = "unrecoverable"   // must be switched off and on
)

// Ready tells whether a document could be printed now.
func (s Status) Ready() bool {
	for _, f := range s.Faults {
		if f != PaperNearEnd && f != TicketInside {
			return false
		}
	}
	return true
}

// Has tells whether f is among the faults.
func (s Status) Has(f Fault) bool {
	for _, g := range s.Faults {
		if g == f {
			return true
		}
	}
	return false
}
