package kiosktest

import (
	"context"
	"sync"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/printer"
)

var _ kiosk.CodeCards = (*CodeCards)(nil)

// Code is the code that is asked back of every card.
const Code = "7KQ2XW"

// CodeCards makes cards that nobody can use. The zero CodeCards does so at once, for
// people who have no account, on a printer without a mouth.
type CodeCards struct {
	mu   sync.Mutex
	done []codecard.Effect
}

// Done is all that was asked for, in order.
func (c *CodeCards) Done() []codecard.Effect {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]codecard.Effect{}, c.done...)
}

// Do does what goes well.
func (c *CodeCards) Do(_ context.Context, of kiosk.CardOf, e codecard.Effect) codecard.Input {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = append(c.done, e)
	switch e := e.(type) {
	case codecard.AskAccount:
		if len(of.Holder.Signature) == 0 {
			return codecard.Account{Err: codecard.ErrRefused}
		}
		return codecard.Account{}
	case codecard.Reserve:
		return codecard.Reserved{Number: 17, New: true}
	case codecard.Print, codecard.PrintSlip:
		return codecard.Paper{Outcome: printer.Confirmed}
	case codecard.Await:
		return codecard.Paper{Outcome: printer.Taken}
	case codecard.Check:
		return codecard.Checked{Right: e.Typed.Equal(secret.NewText(Code))}
	case codecard.Issue:
		return codecard.Kept{}
	case codecard.AwaitActive:
		return codecard.Active{Delivered: true}
	}
	return nil
}
