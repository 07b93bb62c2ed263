package kiosk

import (
	"github.com/google/uuid"

	"balie/hw/eid"
	"balie/printer"
)

// begin starts a check-in with the card in a reader:
//
//	Reading → Fetching → Choosing → Confirming → Committing → Delivering → Printing → Done
//
// Choosing is left out where there is one appointment only; Committing and
// Delivering, where it was checked in to before and only the ticket is wanted. Until
// Confirming, everything that goes another way ends in Noticing; from Committing on,
// only a commit that failed does.
func (s State) begin(reader string) (State, []Effect) {
	s = s.visit(reader)
	s.Visit.Stage, s.Visit.EndsAt = Reading, s.Now.Add(readTime)
	return s, []Effect{ReadCard{Visit: s.Visit.ID, Reader: reader}}
}

func (s State) cardSeen(in CardSeen) State {
	if s.of(in.Visit, Reading) {
		s.Visit.Person = greeting(in.Identity)
	}
	return s
}

// cardRead goes on with a card that passed the checks that a check-in needs.
// Nothing is asked of the portal before.
func (s State) cardRead(in CardRead) (State, []Effect) {
	if !s.of(in.Visit, Reading) {
		return s, nil
	}
	if in.Err != nil {
		return s.notice(cardNotice(in.Err)), nil
	}
	r, v := in.Record, &s.Visit
	v.Person, v.Proof, v.Document = greeting(r.Identity), r.Proof, r.Identity.DocumentType
	v.Young = young(r.Identity, s.Now)
	v.Test = r.Proof.TestTrusted || r.Checks.Chain == eid.Test
	if key := checkNotice(r.Checks); key != "" {
		return s.notice(key), nil
	}
	v.Stage, v.EndsAt = Fetching, s.Now.Add(fetchTime)
	return s, []Effect{Fetch{Visit: v.ID, Proof: v.Proof}}
}

// fetched shows what there is to choose from, or says why there is nothing.
func (s State) fetched(in Fetched) State {
	if !s.of(in.Visit, Fetching) {
		return s
	}
	v := &s.Visit
	if v.byLetter() {
		s = s.letterAnswered(in)
	}
	switch {
	case in.Err != nil && v.byLetter():
		return s.notice(letterNotice(in.Err))
	case in.Err != nil:
		return s.notice(portalNotice(in.Err))
	}
	open := 0
	for i, a := range in.Appointments {
		o := Offer{Appointment: a, Standing: s.standing(a)}
		v.Offers = append(v.Offers, o)
		if o.open() {
			open++
			v.Chosen = i
		}
	}
	switch {
	case len(v.Offers) == 0 && v.byLetter():
		return s.notice("letter-unknown")
	case len(v.Offers) == 0:
		return s.notice("no-appointments")
	case open == 0 && len(v.Offers) == 1:
		return s.notice(v.Offers[0].Standing)
	case open == 0:
		return s.notice("none-now")
	case len(v.Offers) == 1:
		v.Stage = Confirming
	default:
		v.Stage = Choosing
	}
	return s.stay()
}

// standing is how an appointment stands now.
func (s State) standing(a Appointment) string {
	early, late := s.Settings.Early, s.Settings.Late
	switch {
	case a.CheckedIn:
		return "checked-in"
	case a.Video:
		return "video"
	case a.Campus != "":
		return "elsewhere"
	case early > 0 && s.Now.Before(a.Start.Add(-early)):
		return "too-early"
	case late > 0 && s.Now.After(a.Start.Add(late)):
		return "too-late"
	}
	return ""
}

// open tells whether an offer can be chosen: to check in, or to print the ticket
// again.
func (o Offer) open() bool {
	return o.Standing == "" || o.Standing == "checked-in" && o.Ticket != ""
}

// confirm makes the promise: to disk first, everything else after. One that was
// made before is only printed again.
func (s State) confirm(id uuid.UUID) (State, []Effect) {
	v := &s.Visit
	a := v.Offers[v.Chosen]
	proof, letter := v.Proof, v.Letter
	v.Proof, v.Letter = eid.Proof{}, Letter{}
	switch {
	case a.CheckedIn:
		v.Ticket = a.Ticket
		return s.print()
	case id == uuid.Nil: // the machine could not make one
		return s.notice("commit-failed"), nil
	}
	v.Stage, v.Action, v.EndsAt = Committing, id, s.Now.Add(commitTime)
	return s, []Effect{Commit{Visit: v.ID, CheckIn: CheckIn{
		ID: id, Appointment: a.ID, At: s.Now, Proof: proof, Letter: letter, Document: v.Document, Test: s.test(),
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
	v := &s.Visit
	v.Stage, v.Ticket, v.EndsAt = Delivering, in.Ticket, s.Now.Add(deliverTime)
	return s, []Effect{AwaitDelivery{Visit: v.ID, ID: v.Action}}
}

// delivered goes on to the ticket. A check-in that the portal refused is none,
// however well it is kept: the desk must know of this person.
func (s State) delivered(in Delivery) (State, []Effect) {
	if s.of(in.Visit, Sending) {
		return s.blockSent(in), nil
	}
	if !s.of(in.Visit, Delivering) {
		return s, nil
	}
	if in.Refused {
		return s.notice("not-accepted"), nil
	}
	s.Visit.ReportToDesk = !in.Delivered
	return s.print()
}

// print asks for the ticket, where there is a printer.
func (s State) print() (State, []Effect) {
	if !s.Settings.Printer {
		return s.done("ticket-none"), nil
	}
	s.Visit.Stage, s.Visit.EndsAt = Printing, s.Now.Add(printTime)
	return s, []Effect{PrintTicket{Visit: s.Visit.ID, Ticket: s.ticket()}}
}

func (s State) ticketDone(in TicketDone) State {
	s = s.printerSaid(in.Result, in.Err)
	if !s.of(in.Visit, Printing) {
		return s
	}
	return s.done(printed(in.Result.Outcome))
}

// printed is what the person is told of the paper. What is not known to be
// complete is called so: the number on the screen is the one that counts.
func printed(o printer.Outcome) string {
	switch {
	case o.Done():
		return "ticket-printed"
	case o == printer.NotSent, o == printer.Retracted:
		return "ticket-none"
	}
	return "ticket-doubtful"
}

// done is the last screen of a visit that went well.
func (s State) done(printed string) State {
	v := &s.Visit
	v.Stage, v.Printed, v.EndsAt = Done, printed, s.Now.Add(doneTime)
	if v.CardOut {
		return s.linger()
	}
	return s
}
