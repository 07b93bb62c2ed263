package desk

import (
	"context"
	"time"

	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/kiosk/surface"
	"balie/printer"
)

// What a part may take before its context ends: Step gives up a little later.
const (
	spare      = 2 * time.Second
	printLimit = 45 * time.Second
	// passwordTime is how long a password may take: it is printed first.
	passwordTime = 60 * time.Second
)

// do starts an effect; its outcome comes back as an input. It never waits. What keeps a
// promise goes on whatever is pressed, a commit even when the desk ends.
func (l *loop) do(ctx context.Context, e Effect) {
	switch e := e.(type) {
	case Forget:
		l.runs.End(e.Run)
	case EndShift:
		l.parts.Office.End(ctx, e.Why)
	case CheckBadge:
		l.beside(ctx, l.of(ctx, e.Run), checkTime-spare, func(ctx context.Context) Input {
			c, err := l.parts.Office.Badge(ctx, e.Badge)
			return SignedIn{Run: e.Run, Clerk: c, Err: err}
		})
	case ReadOwn:
		l.beside(ctx, l.of(ctx, e.Run), checkTime-spare, func(ctx context.Context) Input { return l.own(ctx, e) })
	case ProveOwn:
		limit := proveTime - spare
		if e.Pinpad {
			limit = padTime - spare
		}
		l.beside(ctx, l.of(ctx, e.Run), limit, func(ctx context.Context) Input { return l.prove(ctx, e) })
	case ReadCard:
		l.beside(ctx, l.of(ctx, e.Run), checkTime, func(ctx context.Context) Input {
			r, err := l.parts.Cards.Read(ctx, e.Reader)
			return CardRead{Run: e.Run, Reader: e.Reader, Record: r, Err: err}
		})
	case AskAccount:
		l.beside(ctx, l.of(ctx, e.Run), checkTime, func(ctx context.Context) Input {
			a, err := l.parts.Office.Account(ctx, e.Person)
			return Accounted{Run: e.Run, Account: a, Err: err}
		})
	case CommitLink:
		l.beside(ctx, context.WithoutCancel(ctx), commitTime-spare, func(ctx context.Context) Input {
			commit := l.parts.Office.Link
			if e.Unlink {
				commit = l.parts.Office.Unlink
			}
			return Committed{Run: e.Run, Err: commit(ctx, e.Link)}
		})
	case CommitBlock:
		l.beside(ctx, context.WithoutCancel(ctx), commitTime-spare, func(ctx context.Context) Input {
			return Committed{Run: e.Run, Err: l.parts.Office.Block(ctx, e.Block)}
		})
	case Change:
		l.beside(ctx, ctx, passwordTime-spare, func(ctx context.Context) Input { return Done{Run: e.Run, Err: l.change(ctx, e)} })
	case AskCard:
		l.beside(ctx, l.of(ctx, e.Run), checkTime-spare, func(ctx context.Context) Input {
			state, err := l.parts.Office.Card(ctx, e.Number)
			return CardKnown{Run: e.Run, State: state, Err: err}
		})
	case MakeCard:
		l.makeCard(ctx, e)
	case AwaitDelivery:
		l.beside(ctx, ctx, deliverTime, func(ctx context.Context) Input {
			code, err := l.parts.Office.Delivered(ctx, e.ID)
			return Delivery{Run: e.Run, Delivered: err == nil, Refused: code}
		})
	case Print:
		l.beside(ctx, ctx, printLimit, func(ctx context.Context) Input {
			result, err := l.print(ctx, e)
			return Printed{Run: e.Run, Result: result, Err: err}
		})
	}
}

// own reads the clerk's card, and finds out whose it is before it asks how the PIN can be
// typed.
func (l *loop) own(ctx context.Context, e ReadOwn) Input {
	in := OwnRead{Run: e.Run}
	record, err := l.parts.Cards.ReadOwn(ctx, e.Reader)
	if in.Err = err; err != nil {
		return in
	}
	if kiosk.Objection(record, nil) != "" {
		in.Err = ErrNotStaff
		return in
	}
	in.Proof = record.Proof
	if in.Clerk, in.Challenge, in.Err = l.parts.Office.Own(ctx, record); in.Err != nil {
		return in
	}
	in.Pinpad, in.Tries, in.Err = l.parts.Cards.Holder(ctx, e.Reader)
	return in
}

func (l *loop) prove(ctx context.Context, e ProveOwn) Input {
	in := OwnProved{Run: e.Run}
	holder, tries, err := l.parts.Cards.ProveHolder(ctx, kiosk.ProveHolder{
		Reader: e.Reader, Language: e.Language, Proof: e.Proof, Challenge: e.Challenge, Pinpad: e.Pinpad,
	})
	if in.Tries, in.Err = tries, err; err == nil {
		in.Err = l.parts.Office.Signed(ctx, e.Proof, holder)
	}
	return in
}

func (l *loop) change(ctx context.Context, e Change) error {
	if e.Kind == TaskUnlock {
		return l.parts.Office.Unlock(ctx, e.Key, e.Person)
	}
	return l.parts.Office.Password(ctx, e.Key, e.Person, e.Language)
}

// makeCard does something for a code card.
func (l *loop) makeCard(ctx context.Context, e MakeCard) {
	run := codecard.Within(ctx, e.Make.Do, func() context.Context { return l.of(ctx, e.Run) })
	l.beside(ctx, run, codecard.Limit(e.Make.Do)-spare, func(ctx context.Context) Input {
		return MadeOn{Run: e.Run, In: l.parts.Office.Make(ctx, e.Make)}
	})
}

func (l *loop) print(ctx context.Context, e Print) (printer.Result, error) {
	if e.Form {
		return l.parts.Papers.Form(ctx, e.Doc)
	}
	return l.parts.Papers.Slip(ctx, e.Doc)
}

// of is the context of a run: it ends with the run.
func (l *loop) of(ctx context.Context, run uint64) context.Context {
	return l.runs.Of(ctx, run)
}

// beside runs do beside the loop, within its limit, and sends its outcome.
func (l *loop) beside(loop, ctx context.Context, limit time.Duration, do func(context.Context) Input) {
	surface.Beside(ctx, l.group, limit, func(ctx context.Context) { l.send(loop, do(ctx)) })
}
