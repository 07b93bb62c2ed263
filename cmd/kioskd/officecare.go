package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/kiosk/desk"
	"balie/kiosk/papers"
	"balie/sync/audit"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// Block commits that the code cards of someone are blocked: before all else in the queue.
func (o *office) Block(ctx context.Context, b desk.Block) error {
	who, err := o.does(ctx, audit.Entry{At: b.At, What: portal.TypeCardBlocked, Action: b.ID}, b.Person)
	if err != nil {
		return err
	}
	body := portal.CardBlocked{Person: &who, ClockKnown: o.ClockKnown()}
	_, err = o.queue.Append(ctx, outbox.Action{
		ID: b.ID, Type: portal.TypeCardBlocked, Priority: 100, OccurredAt: b.At, Test: b.Test,
		Body: func(uint64) ([]byte, error) { return body.Body() },
	})
	if err != nil {
		return fmt.Errorf("keeping a block: %w", err)
	}
	return nil
}

// does records what a clerk is about to do, and gives of whom it is with the clerk's word
// for it. What is recorded is also what the statement is for.
func (o *office) does(ctx context.Context, e audit.Entry, p desk.Person) (portal.Person, error) {
	_, clerk, err := o.onShift()
	if err != nil {
		return portal.Person{}, err
	}
	e.Clerk = clerk.ID
	if _, err := o.record(ctx, e); err != nil {
		return portal.Person{}, err
	}
	return o.person(p, e.What, e.Matter, e.At)
}

// deskError says which of the desk's errors it is.
func deskError(err error) error {
	if errors.Is(err, portal.ErrClerkRefused) || errors.Is(err, portal.ErrRefused) {
		return fmt.Errorf("%w: %w", kiosk.ErrActionRefused, err)
	}
	return portalError(err)
}

// Unlock unlocks a log-in.
func (o *office) Unlock(ctx context.Context, key uuid.UUID, p desk.Person) error {
	who, err := o.does(ctx, audit.Entry{At: time.Now(), What: "unlock-account", Action: key}, p)
	if err != nil {
		return err
	}
	if _, err := o.portal.UnlockAccount(ctx, key.String(), who); err != nil {
		return deskError(err)
	}
	return nil
}

// Password prints a new password and then gives it to the portal: a paper that came out is
// worth nothing until then, and one that did not costs nobody their log-in.
func (o *office) Password(ctx context.Context, key uuid.UUID, p desk.Person, language string) error {
	asked, err := o.person(p, "account-status", "", time.Now())
	if err != nil {
		return err
	}
	account, err := o.portal.AccountStatus(ctx, asked)
	switch {
	case err != nil:
		return deskError(err)
	case account.UserName == api.UserNameEAD && p.EAD.Empty():
		return fmt.Errorf("%w: the slip must name the hospital's number", kiosk.ErrActionRefused)
	}
	who, err := o.does(ctx, audit.Entry{At: time.Now(), What: "set-password", Action: key}, p)
	if err != nil {
		return err
	}
	password := randomPassword()
	defer password.Wipe()
	slip := papers.Password{Booth: o.cards.on(kiosk.CardOf{Test: p.Test}), Password: string(password.Reveal()), URL: o.cards.url}
	if account.UserName == api.UserNameEAD {
		slip.User = p.EAD.Reveal()
	}
	if !o.cards.printed(ctx, slip.Document(o.cards.texts, language)) {
		return desk.ErrNoPaper
	}
	if _, err := o.portal.SetPassword(ctx, key.String(), who, password); err != nil {
		return fmt.Errorf("%w: %w", desk.ErrUnsure, deskError(err))
	}
	return nil
}

// Card says what became of a code card of this booth.
func (o *office) Card(ctx context.Context, number secret.Text) (string, error) {
	id, ok := portal.FoldSymbols(number.Reveal(), cardNumberLength)
	if !ok {
		return "", kiosk.ErrPatientUnknown
	}
	card, err := o.portal.Card(ctx, id)
	switch {
	case errors.Is(err, portal.ErrRefused):
		return "", fmt.Errorf("%w: %w", kiosk.ErrPatientUnknown, err)
	case err != nil:
		return "", deskError(err)
	}
	return string(card.State), nil
}

// Make carries out an effect of a code card, with the clerk's word in place of a PIN.
func (o *office) Make(ctx context.Context, m desk.Make) codecard.Input {
	of := kiosk.CardOf{Language: m.Language, At: m.At, Test: m.Test, User: m.Person.EAD}
	e := audit.Entry{At: time.Now(), What: "account-status"}
	switch do := m.Do.(type) {
	case codecard.Reserve:
		e.What, e.Matter = "reserve-card", cardNumber(do.Card)
	case codecard.Issue:
		e.At, e.What, e.Matter, e.Action = of.At, portal.TypeCardIssued, cardNumber(do.Card), codecard.IssuedID(do.Card)
	case codecard.Void:
		e.What, e.Matter, e.Action = portal.TypeCardVoid, cardNumber(do.Card), codecard.VoidID(do.Card)
		if _, clerk, err := o.onShift(); err == nil {
			e.Clerk = clerk.ID
			_, _ = o.record(ctx, e) // a card becomes void whether that can be recorded or not
		}
		return o.cards.do(ctx, portal.Person{}, of, m.Do)
	case codecard.AskAccount:
	default: // of paper and codes: the portal is not asked
		return o.cards.do(ctx, portal.Person{}, of, m.Do)
	}
	var who portal.Person
	var err error
	if e.What == "account-status" {
		who, err = o.person(m.Person, e.What, "", e.At)
	} else {
		who, err = o.does(ctx, e, m.Person)
	}
	if err != nil {
		return failed(m.Do)
	}
	return o.cards.do(ctx, who, of, m.Do)
}

// failed is the outcome of what was not even begun.
func failed(e codecard.Effect) codecard.Input {
	switch e.(type) {
	case codecard.AskAccount:
		return codecard.Account{Err: codecard.ErrUnkept}
	case codecard.Reserve:
		return codecard.Reserved{Err: codecard.ErrUnkept}
	}
	return codecard.Kept{Err: codecard.ErrUnkept}
}
