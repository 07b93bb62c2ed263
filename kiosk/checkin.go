package kiosk

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/printer"
)

// begin starts a check-in with the card in a reader.
func (s State) begin(reader string) (State, []Effect) {
	s.LastVisit++
	s.LanguageUntil = time.Time{} // a language chosen on the welcome screen stays for the visit
	s.Visit = Visit{ID: s.LastVisit, Stage: Reading, Reader: reader, EndsAt: s.Now.Add(readTime)}
	return s, []Effect{ReadCard{Visit: s.Visit.ID, Reader: reader}}
}

func (s State) cardSeen(in CardSeen) State {
	if s.of(in.Visit, Reading) {
		s.Visit.Identity = in.Identity
	}
	return s
}

// cardRead decides what of the checks a check-in needs: a card that is signed by
// the state, is no copy where it can prove that, and is valid today. Nothing is asked of the portal
// before.
func (s State) cardRead(in CardRead) (State, []Effect) {
	if !s.of(in.Visit, Reading) {
		return s, nil
	}
	if in.Err != nil {
		return s.notice(cardNotice(in.Err)), nil
	}
	s.Visit.Record, s.Visit.Identity = in.Record, in.Record.Identity
	checks := in.Record.Checks
	switch {
	case !checks.Verified() || checks.Genuine == eid.Invalid:
		return s.notice("card-not-genuine"), nil
	case checks.Validity == eid.Invalid:
		return s.notice("card-expired"), nil
	}
	s.Visit.Stage, s.Visit.EndsAt = Fetching, s.Now.Add(fetchTime)
	return s, []Effect{Fetch{Visit: in.Visit, Proof: in.Record.Proof}}
}

func cardNotice(err error) string {
	switch {
	case errors.Is(err, ErrCardRemoved):
		return "card-removed"
	case errors.Is(err, ErrCardForeign):
		return "card-foreign"
	}
	return "card-unreadable"
}

// fetched shows what there is to choose from, or says why there is nothing.
func (s State) fetched(in Fetched) State {
	if !s.of(in.Visit, Fetching) {
		return s
	}
	if in.Err != nil {
		return s.notice(portalNotice(in.Err))
	}
	s.Visit.Appointments = in.Appointments
	open := 0
	for i, a := range in.Appointments {
		if s.offered(a) {
			open++
			s.Visit.Chosen = i
		}
	}
	switch {
	case len(in.Appointments) == 0:
		return s.notice("no-appointments")
	case open == 0 && len(in.Appointments) == 1:
		return s.notice(s.standing(in.Appointments[0]))
	case open == 0:
		return s.notice("none-now")
	case len(in.Appointments) == 1:
		s.Visit.Stage = Confirming
	default:
		s.Visit.Stage = Choosing
	}
	return s.stay()
}

func portalNotice(err error) string {
	switch {
	case errors.Is(err, ErrPatientUnknown):
		return "patient-unknown"
	case errors.Is(err, ErrCardRefused):
		return "card-refused"
	}
	return "portal-away"
}

// standing is how an appointment stands now: "" can be checked in to; the others
// are keys of texts.
func (s State) standing(a Appointment) string {
	switch {
	case a.CheckedIn:
		return "checked-in"
	case a.Video:
		return "video"
	case a.Campus != "":
		return "elsewhere"
	case s.Now.Before(a.Start.Add(-s.Settings.Early)):
		return "too-early"
	case s.Now.After(a.Start.Add(s.Settings.Late)):
		return "too-late"
	}
	return ""
}

// offered tells whether an appointment can be chosen: to check in, or to print
// the ticket again.
func (s State) offered(a Appointment) bool {
	standing := s.standing(a)
	return standing == "" || standing == "checked-in"
}

// confirm makes the promise: to disk first, everything else after. One that was
// made before is only printed again.
func (s State) confirm(id uuid.UUID) (State, []Effect) {
	v := &s.Visit
	a := v.Appointments[v.Chosen]
	v.EndsAt = time.Time{} // what is begun now has an outcome, and the outcome ends it
	if a.CheckedIn {
		v.Ticket = a.Ticket
		return s.print()
	}
	v.Stage, v.Action = Committing, id
	return s, []Effect{Commit{Visit: v.ID, CheckIn: CheckIn{
		ID: id, Appointment: a.ID, At: s.Now, Proof: v.Record.Proof,
		Document: v.Record.Identity.DocumentType, Test: s.test(),
	}}}
}

// committed goes on once the check-in is on disk. A commit that failed may be
// there all the same: the person is told that they are not registered, and a desk
// that finds them registered does no harm.
func (s State) committed(in Committed) (State, []Effect) {
	if !s.of(in.Visit, Committing) {
		return s, nil
	}
	if in.Err != nil {
		return s.notice("commit-failed"), nil
	}
	s.Visit.Stage, s.Visit.Ticket = Delivering, in.Ticket
	return s, []Effect{AwaitDelivery{Visit: in.Visit, ID: s.Visit.Action}}
}

func (s State) delivered(in Delivery) (State, []Effect) {
	if !s.of(in.Visit, Delivering) {
		return s, nil
	}
	s.Visit.ReportToDesk = !in.Delivered
	return s.print()
}

// print asks for the ticket, where there is a printer.
func (s State) print() (State, []Effect) {
	if !s.Settings.Printer {
		return s.done("ticket-none")
	}
	s.Visit.Stage = Printing
	return s, []Effect{PrintTicket{Visit: s.Visit.ID, Ticket: s.ticket()}}
}

func (s State) ticketDone(in TicketDone) (State, []Effect) {
	if in.Err == nil || len(in.Result.Status.Faults) > 0 {
		s.Printer = in.Result.Status
	}
	if !s.of(in.Visit, Printing) {
		return s, nil
	}
	return s.done(printed(in.Result.Outcome))
}

// printed is what the person is told of the paper. What is not known to be
// complete is called so: the number on the screen is the one that counts.
func printed(o printer.Outcome) string {
	switch o {
	case printer.Confirmed, printer.Sent:
		return "ticket-printed"
	case printer.NotSent:
		return "ticket-none"
	}
	return "ticket-doubtful"
}

// done is the last screen of a visit that went well.
func (s State) done(printed string) (State, []Effect) {
	v := &s.Visit
	v.Stage, v.Printed, v.EndsAt = Done, printed, s.Now.Add(doneTime)
	if v.CardOut {
		v.EndsAt = s.Now.Add(doneCardOut)
	}
	if s.Next != "" {
		v.EndsAt = s.Now.Add(shortTime)
	}
	return s, nil
}

// test tells whether this visit rests on anything that is trusted for testing only.
func (s State) test() bool {
	return s.Settings.Test || s.Visit.Record.Proof.TestTrusted || s.Visit.Record.Checks.Chain == eid.Test
}
