package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"balie/internal/secret"
	"balie/kiosk/desk"
	"balie/sync/audit"
	"balie/sync/outbox"
	"balie/sync/portal"
)

// Link commits that a parent is to see a child's record.
func (o *office) Link(ctx context.Context, l desk.Link) error {
	return o.commit(ctx, l, portal.TypeLink, l.ID.String(), func(a portal.Attested) ([]byte, error) {
		return portal.Link{ID: l.ID.String(), Parent: cardOf(l.Parent), Child: cardOf(l.Child), Attested: a, ClockKnown: o.ClockKnown()}.Body()
	})
}

// Unlink commits that they are parted.
func (o *office) Unlink(ctx context.Context, l desk.Link) error {
	return o.commit(ctx, l, portal.TypeUnlink, "", func(a portal.Attested) ([]byte, error) {
		return portal.Unlink{Parent: cardOf(l.Parent), Child: cardOf(l.Child), Attested: a, ClockKnown: o.ClockKnown()}.Body()
	})
}

// commit records who does it, has it signed, and puts it on disk, in this order. What is
// recorded and then not kept is recorded too.
func (o *office) commit(ctx context.Context, l desk.Link, kind, matter string, body func(portal.Attested) ([]byte, error)) error {
	shift, clerk, err := o.onShift()
	if err != nil {
		return err
	}
	done := audit.Entry{At: l.At, Clerk: clerk.ID, What: kind, Matter: matter, Action: l.ID}
	head, err := o.record(ctx, done)
	if err != nil {
		return err
	}
	attested, err := shift.Attest(portal.Statement{
		Purpose: kind, At: l.At, Matter: matter, Audit: head.String(), Patient: named(l.Parent), Child: named(l.Child), Authority: kind == portal.TypeLink, Documents: l.Documents,
	})
	if err == nil {
		_, err = o.queue.Append(ctx, outbox.Action{
			ID: l.ID, Type: kind, OrderKey: o.pair(l), OccurredAt: l.At, Test: l.Test,
			Body: func(uint64) ([]byte, error) { return body(attested) },
		})
	}
	if err == nil {
		return nil
	}
	done.What = kind + "-not-kept"
	_, recording := o.record(context.WithoutCancel(ctx), done)
	return errors.Join(fmt.Errorf("committing: %w", err), recording)
}

// cardOf is what the portal is shown of someone's card; nil where there is none.
func cardOf(p desk.Person) *portal.Proof {
	if p.Proof == nil {
		return nil
	}
	proof := wireProof(*p.Proof)
	return &proof
}

// named is how a statement names someone.
func named(p desk.Person) portal.Named {
	if card := cardOf(p); card != nil {
		return portal.Named{Card: card}
	}
	return portal.Named{NationalNumber: p.Number, EAD: p.EAD, Birth: secret.NewText(p.Birth.String()), Document: p.Document, Reason: p.Reason}
}

// Account asks what the portal knows of someone.
func (o *office) Account(ctx context.Context, p desk.Person) (desk.Account, error) {
	who, err := o.person(p, "account-status", "", time.Now())
	if err != nil {
		return desk.Account{}, err
	}
	a, err := o.portal.AccountStatus(ctx, who)
	if err != nil {
		return desk.Account{}, portalError(err)
	}
	return desk.Account{Exists: a.Account, Locked: a.Locked, HasCard: a.Card, Deceased: a.Deceased}, nil
}

// person is someone as a call or an action names them, with the clerk's word for it.
func (o *office) person(p desk.Person, purpose, matter string, at time.Time) (portal.Person, error) {
	shift, _, err := o.onShift()
	if err != nil {
		return portal.Person{}, err
	}
	a, err := shift.Attest(portal.Statement{Purpose: purpose, At: at, Matter: matter, Audit: o.audit.Head().String(), Patient: named(p)})
	return portal.Person{Card: cardOf(p), Attested: &a}, err
}
