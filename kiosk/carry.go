package kiosk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"balie/hw/eid"
	"balie/kiosk/codecard"
	"balie/kiosk/surface"
	"balie/printer"
)

// Limits on what a part may take before its context ends. Step gives up a little
// later, whether the part has come back or not.
const (
	commitLimit = commitTime - 5*time.Second
	printLimit  = printTime - 5*time.Second
	statusLimit = printerGivenUp - 5*time.Second
	callLimit   = 10 * time.Second
	comeLimit   = 10 * time.Minute
)

// do starts an effect; its outcome comes back as an input. It never waits.
//
// What is asked for while a person waits ends with the visit. What keeps a
// promise does not: a commit not even with the booth.
func (l *loop) do(ctx context.Context, e Effect) {
	switch e := e.(type) {
	case Forget:
		l.visits.End(e.Visit)
	case ReadCard:
		l.beside(ctx, l.of(ctx, e.Visit), readTime, func(ctx context.Context) Input {
			record, err := l.parts.Cards.Read(ctx, e.Reader, l.seen(ctx, e.Visit))
			return CardRead{Visit: e.Visit, Record: record, Err: err}
		})
	case Fetch:
		l.beside(ctx, l.of(ctx, e.Visit), fetchTime, func(ctx context.Context) Input {
			list, err := l.parts.Portal.Appointments(ctx, e.Proof)
			return Fetched{Visit: e.Visit, Appointments: list, Err: err}
		})
	case PrepareHolder:
		l.beside(ctx, l.of(ctx, e.Visit), prepareTime-2*time.Second, func(ctx context.Context) Input {
			in := HolderReady{Visit: e.Visit}
			if in.Pinpad, in.Tries, in.Err = l.parts.Cards.Holder(ctx, e.Reader); in.Err == nil {
				// Before a PIN is typed: nobody types one for a portal that is away.
				in.Challenge, in.Err = l.parts.Portal.Challenge(ctx)
			}
			return in
		})
	case ProveHolder:
		l.beside(ctx, l.of(ctx, e.Visit), e.limit(), func(ctx context.Context) Input {
			holder, tries, err := l.parts.Cards.ProveHolder(ctx, e)
			return HolderProved{Visit: e.Visit, Holder: holder, Tries: tries, Err: err}
		})
	case FetchLater:
		l.beside(ctx, l.of(ctx, e.Visit), searchTime-2*time.Second, func(ctx context.Context) Input {
			list, err := l.parts.Portal.LaterAppointments(ctx, e.Proof, e.Holder)
			return FetchedLater{Visit: e.Visit, Appointments: list, Err: err}
		})
	case FetchLetter:
		l.beside(ctx, l.of(ctx, e.Visit), fetchTime, func(ctx context.Context) Input {
			list, err := l.parts.Portal.AppointmentByLetter(ctx, e.Letter)
			return Fetched{Visit: e.Visit, Appointments: list, Err: err}
		})
	case RegisterApp, Cancel, FetchContact, SetContact:
		l.askForHolder(ctx, e)
	default:
		l.doBeside(ctx, e)
	}
}

// doBeside starts what goes on when the visit is over: what keeps a promise, what is
// printed, what somebody is called for.
func (l *loop) doBeside(ctx context.Context, e Effect) {
	switch e := e.(type) {
	case CallStaff:
		l.beside(ctx, ctx, callLimit, func(ctx context.Context) Input {
			call, err := l.parts.Portal.CallStaff(ctx, e.Call)
			return StaffCalled{Visit: e.Visit, Call: call, Err: err}
		})
	case AwaitStaff:
		l.beside(ctx, l.of(ctx, e.Visit), comeLimit, func(ctx context.Context) Input {
			if l.parts.Portal.StaffComes(ctx, e.Call) != nil {
				return Tick{}
			}
			return StaffComes{Visit: e.Visit}
		})
	case CommitBlock:
		l.beside(ctx, context.WithoutCancel(ctx), commitLimit, func(ctx context.Context) Input {
			return BlockKept{Visit: e.Visit, Err: l.parts.Queue.Block(ctx, e.Block)}
		})
	case ForCard:
		l.makeCard(ctx, e)
	case Commit:
		l.beside(ctx, context.WithoutCancel(ctx), commitLimit, func(ctx context.Context) Input {
			ticket, err := l.parts.Queue.Commit(ctx, e.CheckIn)
			return Committed{Visit: e.Visit, Ticket: ticket, Err: err}
		})
	case AwaitDelivery:
		l.beside(ctx, ctx, deliverTime, func(ctx context.Context) Input {
			err := l.parts.Queue.Delivered(ctx, e.ID)
			return Delivery{Visit: e.Visit, Delivered: err == nil, Refused: errors.Is(err, ErrActionRefused)}
		})
	case PrintTicket:
		l.beside(ctx, ctx, printLimit, func(ctx context.Context) Input {
			result, err := l.print(ctx, e.Ticket)
			return TicketDone{Visit: e.Visit, Result: result, Err: err}
		})
	case PrintSlip:
		l.beside(ctx, ctx, printLimit, func(ctx context.Context) Input {
			result, err := l.print(ctx, e.Slip())
			return SlipDone{Visit: e.Visit, Result: result, Err: err}
		})
	case AskPrinter:
		l.beside(ctx, ctx, statusLimit, func(ctx context.Context) Input {
			status, err := l.parts.Tickets.Status(ctx)
			return PrinterAnswered{Status: status, Err: err}
		})
	}
}

// askForHolder asks the portal for what the holder wants. What changes something is not
// called off with the visit: it is done, or not, and never half.
func (l *loop) askForHolder(ctx context.Context, e Effect) {
	const limit = searchTime - 2*time.Second
	portal := l.parts.Portal
	switch e := e.(type) {
	case RegisterApp:
		l.beside(ctx, l.of(ctx, e.Visit), limit, func(ctx context.Context) Input {
			code, until, err := portal.RegisterApp(ctx, e.Proved)
			return AppRegistered{Visit: e.Visit, Code: code, Until: until, Err: err}
		})
	case FetchContact:
		l.beside(ctx, l.of(ctx, e.Visit), limit, func(ctx context.Context) Input {
			c, err := portal.Contact(ctx, e.Proved)
			return Contacted{Visit: e.Visit, Contact: c, Err: err}
		})
	case SetContact:
		l.beside(ctx, ctx, limit, func(ctx context.Context) Input {
			c, err := portal.SetContact(ctx, e.Proved, e.Contact)
			return Contacted{Visit: e.Visit, Contact: c, Saved: true, Err: err}
		})
	case Cancel:
		l.beside(ctx, ctx, limit, func(ctx context.Context) Input {
			return Cancelled{Visit: e.Visit, Err: portal.Cancel(ctx, e.Proved, e.Appointment)}
		})
	}
}

// makeCard has something done for a code card.
func (l *loop) makeCard(ctx context.Context, e ForCard) {
	run := codecard.Within(ctx, e.Do, func() context.Context { return l.of(ctx, e.Visit) })
	l.beside(ctx, run, codecard.Limit(e.Do)-2*time.Second, func(ctx context.Context) Input {
		return CardStep{Visit: e.Visit, In: l.parts.CodeCards.Do(ctx, e.Of, e.Do)}
	})
}

// limit is how long proving the holder may take: a person types on a reader's keys.
func (e ProveHolder) limit() time.Duration {
	if e.Pinpad {
		return padTime - 2*time.Second
	}
	return proveTime - 2*time.Second
}

// print prints on a printer that says that it can: one without paper is not
// even tried.
func (l *loop) print(ctx context.Context, doc printer.Document) (printer.Result, error) {
	status, err := l.parts.Tickets.Status(ctx)
	if err != nil {
		return printer.Result{Outcome: printer.NotSent}, fmt.Errorf("asking the printer: %w", err)
	}
	if !status.Ready() {
		return printer.Result{Outcome: printer.NotSent, By: "status before", Status: status}, nil
	}
	return l.parts.Tickets.Print(ctx, doc)
}

// of is the context of a visit: it ends with the visit.
func (l *loop) of(ctx context.Context, id uint64) context.Context {
	return l.visits.Of(ctx, id)
}

func (l *loop) seen(ctx context.Context, id uint64) func(eid.Identity) {
	return func(i eid.Identity) { l.send(ctx, CardSeen{Visit: id, Identity: i}) }
}

// beside runs do beside the loop, within its limit, and sends its outcome.
func (l *loop) beside(loop, ctx context.Context, limit time.Duration, do func(context.Context) Input) {
	surface.Beside(ctx, l.group, limit, func(ctx context.Context) { l.send(loop, do(ctx)) })
}
