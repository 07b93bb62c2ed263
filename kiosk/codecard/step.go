package codecard

import (
	"errors"

	"github.com/google/uuid"

	"balie/printer"
)

// Begin asks whether there may be a card.
func Begin() (State, []Effect) { return State{Stage: Asking}, []Effect{AskAccount{}} }

// Step is what becomes of a card. An input that does not belong to the stage changes
// nothing: it comes late, or twice.
func Step(s State, in Input) (State, []Effect) {
	switch in := in.(type) {
	case Account:
		return s.account(in)
	case Accept:
		return s.accept(in)
	case Reserved:
		return s.reserved(in)
	case Paper:
		return s.paper(in)
	case Typed:
		return s.typed(in)
	case Checked:
		return s.checked(in)
	case Confirm:
		return s.confirmed()
	case CannotRead:
		if s.Stage == Typing {
			return s.end(Illegible)
		}
	case Kept:
		return s.kept(in)
	case Active:
		return s.active(in), nil
	case Stop:
		return s.leave(Stopped)
	case PulledOut:
		return s.leave(Pulled)
	case TimedOut:
		return s.timedOut()
	}
	return s, nil
}

func (s State) account(in Account) (State, []Effect) {
	switch {
	case s.Stage != Asking:
		return s, nil
	case in.Err != nil:
		return s.end(why(in.Err))
	case in.Deceased:
		return s.end(ToDesk)
	case in.Locked:
		return s.end(Locked)
	}
	s.Stage, s.Account, s.HasCard = Offered, in.Exists, in.HasCard
	return s, nil
}

func (s State) accept(in Accept) (State, []Effect) {
	switch {
	case s.Stage != Offered:
		return s, nil
	case in.Card == uuid.Nil: // the machine could not make one
		return s.end(Unkept)
	}
	s.Stage, s.Card = Reserving, in.Card
	return s, []Effect{Reserve{s.Card}}
}

func (s State) reserved(in Reserved) (State, []Effect) {
	switch {
	case s.Stage != Reserving:
		return s, nil
	case in.Err != nil:
		return s.end(why(in.Err)) // it may be reserved all the same
	}
	s.Stage, s.Number, s.Account = Printing, in.Number, !in.New
	return s, []Effect{Print{s.Card}}
}

// paper goes on when a paper was taken, or came out of a printer that cannot tell: then
// the code that is typed back is what tells.
func (s State) paper(in Paper) (State, []Effect) {
	held := map[Stage]Stage{Printing: Taking, PrintingSlip: TakingSlip}
	switch s.Stage {
	case Printing, PrintingSlip:
		if in.Held {
			job := s.Card
			if s.Stage == PrintingSlip {
				job = Slip(s.Card)
			}
			s.Stage = held[s.Stage]
			return s, []Effect{Await{job}}
		}
	case Taking, TakingSlip:
		if in.Held {
			return s, nil
		}
	default:
		return s, nil
	}
	switch {
	case in.Outcome == printer.Retracted:
		return s.end(Retracted)
	case in.Outcome == printer.NotSent, in.Outcome == printer.Failed:
		return s.end(Unprinted)
	case !in.Outcome.Done():
		return s.end(Doubtful)
	case s.Stage == Printing, s.Stage == Taking:
		s.Stage = Typing
		return s, nil
	}
	return s.issue()
}

func (s State) typed(in Typed) (State, []Effect) {
	if s.Stage != Typing {
		return s, nil
	}
	s.Stage = Checking
	return s, []Effect{Check{Card: s.Card, Number: s.Number, Typed: in.Code}}
}

func (s State) checked(in Checked) (State, []Effect) {
	switch {
	case s.Stage != Checking:
		return s, nil
	case in.Right:
		return s.inHands()
	}
	if s.Wrong++; s.Wrong >= tries {
		return s.end(WrongCode)
	}
	s.Stage = Typing
	return s, nil
}

func (s State) confirmed() (State, []Effect) {
	if s.Stage != Typing {
		return s, nil
	}
	s.ByClerk = true
	return s.inHands()
}

// inHands goes on with a card that is known to be where it belongs.
func (s State) inHands() (State, []Effect) {
	if s.Account {
		return s.issue()
	}
	s.Stage = PrintingSlip
	return s, []Effect{PrintSlip{s.Card}}
}

func (s State) issue() (State, []Effect) {
	s.Stage = Issuing
	return s, []Effect{Issue{Card: s.Card, ByClerk: s.ByClerk}}
}

// kept goes on once it is on disk. A commit that failed may be there all the same: what
// is void after it ends the card at the portal as well.
func (s State) kept(in Kept) (State, []Effect) {
	switch {
	case s.Stage != Issuing:
		return s, nil
	case in.Err != nil:
		return s.end(Unkept)
	}
	s.Stage = Activating
	return s, []Effect{AwaitActive{s.Card}}
}

func (s State) active(in Active) State {
	if s.Stage != Activating {
		return s
	}
	s.Stage = Ended
	switch {
	case in.Refused: // for good: the portal never makes it valid
		s.End, s.Void = Refused, true
	case in.Delivered:
		s.End = Issued
	default:
		s.End = IssuedSoon
	}
	return s
}

// leave ends what the person does not want any more, or has gone from.
func (s State) leave(e End) (State, []Effect) {
	if s.Stage == None || s.Stage == Ended || s.Keeping() {
		return s, nil
	}
	return s.end(e)
}

func (s State) timedOut() (State, []Effect) {
	switch s.Stage {
	case None, Ended:
		return s, nil
	case Asking:
		return s.end(Away)
	case Reserving:
		return s.end(Away)
	case Checking, Issuing:
		return s.end(Unkept)
	case Printing, PrintingSlip:
		return s.end(Doubtful)
	case Activating:
		return s.active(Active{}), nil
	}
	return s.end(Left)
}

// end ends it without a card. Where one may be reserved, it is void.
func (s State) end(e End) (State, []Effect) {
	reserved := s.Stage >= Reserving
	s.Void = s.Stage >= Printing
	s.Stage, s.End = Ended, e
	if !reserved {
		return s, nil
	}
	return s, []Effect{Void{Card: s.Card, Reason: reason(e)}}
}

// why is the end that an error of the portal makes.
func why(err error) End {
	for _, w := range []struct {
		is  error
		end End
	}{{ErrUnknown, Unknown}, {ErrRefused, Refused}, {ErrDesk, ToDesk}, {ErrUnkept, Unkept}} {
		if errors.Is(err, w.is) {
			return w.end
		}
	}
	return Away
}

// reason is what the portal is told of an end.
func reason(e End) string {
	switch e {
	case Retracted:
		return "retracted"
	case Left:
		return "walked-away"
	case Pulled:
		return "card-pulled"
	case Unkept:
		return "commit-error"
	case Doubtful:
		return "unknown"
	case Away, Unknown, Refused, ToDesk:
		return "not-reserved"
	}
	return string(e)
}
