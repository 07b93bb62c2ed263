package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/internal/durable"
	"balie/internal/secret"
	"balie/kiosk/codecard"
	"balie/kiosk/codecard/ledger"
	"balie/kiosk/papers"
	"balie/printer/spool"
	"balie/sync/outbox"
	"balie/sync/portal"
)

// The books of a code card: the ledger of those that were reserved, the journal of print
// jobs, and what the portal was told. Each may be ahead of the others when the power goes;
// [codecard.Reconcile] says what then is to be done.

// buildCodeCards opens the ledger. One that is damaged is set aside: what the journal has of
// a card makes it void all the same.
func (b *booth) buildCodeCards(ctx context.Context) error {
	path := b.state("cards.db")
	l, err := ledger.Open(ctx, path)
	var damaged *durable.CorruptError
	if errors.As(err, &damaged) {
		b.log.Error("the ledger of code cards is damaged and was set aside: a card that was being made may be void only at the portal", "file", damaged.Aside)
		l, err = ledger.Open(ctx, path)
	}
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	b.codeCards = &codeCards{
		ledger: l, portal: b.portal, outbox: b.queue, courier: b.courier, spool: b.spool, devices: b.devices,
		card: b.cardPrinter(), slip: b.withRole(config.TicketPrinter), texts: b.texts, url: b.config.Info.Portal, log: b.log, freed: b.freed,
		booth: papers.Booth{Hospital: b.config.Hospital.Name, Kiosk: b.id, Phone: b.config.Hospital.Phone},
	}
	return nil
}

// makesCodeCards tells whether this booth can make any: it has printers, and knows where
// one logs in.
func (b *booth) makesCodeCards() bool { return b.tickets != nil && b.config.Info.Portal != "" }

// settleTime is how long start-up waits for printers to be cleared, before people are
// greeted: one that is off is cleared when it comes.
const settleTime = 15 * time.Second

// settleCards ends what an earlier process left, before anybody is greeted: printers are
// cleared of what lies in them, and each card that was reserved is void unless the portal
// was told otherwise.
func (b *booth) settleCards(ctx context.Context) {
	if b.spool != nil {
		clearing, cancel := context.WithTimeout(ctx, settleTime)
		defer cancel()
		b.spool.Cleared(clearing)
	}
	open, err := b.codeCards.ledger.Open(ctx)
	if err != nil {
		b.log.Error("reading the ledger of code cards", "err", err)
	}
	jobs := map[uuid.UUID]spool.Entry{}
	for _, e := range b.left.list() {
		if e.Secret {
			jobs[e.ID] = e
		}
	}
	for _, card := range open {
		job, there := jobs[card]
		printed := codecard.NoJob
		if there {
			printed = codecard.PrintedOf(job.Ended && job.By != "restart", job.Outcome)
		}
		b.settleCard(ctx, card, printed)
		delete(jobs, card)
		delete(jobs, codecard.Slip(card))
	}
	// A secret that nobody has on any book: were it a card, it would be void now.
	for id := range jobs {
		b.settleCard(ctx, id, codecard.Open)
	}
	b.left.set(nil)
}

// settleCard does what is to be done with one card.
func (b *booth) settleCard(ctx context.Context, card uuid.UUID, printed codecard.Printed) {
	now := codecard.Reconcile(printed, b.codeCards.told(ctx, card))
	b.log.Warn("a code card of an earlier process", "card", card, "void", now == codecard.MakeVoid)
	if now == codecard.MakeVoid {
		if err := b.codeCards.tellVoid(ctx, card, "restart", len(b.config.Cards.TestRoots) > 0); err != nil {
			b.log.Error("keeping that a code card is void", "card", card, "err", err)
			return
		}
	}
	b.codeCards.strike(ctx, card)
}

// told is what the portal was, or will be, told of a card.
func (c *codeCards) told(ctx context.Context, card uuid.UUID) codecard.Told {
	if _, err := c.outbox.Show(ctx, codecard.VoidID(card)); err == nil {
		return codecard.ToldVoid
	}
	if _, err := c.outbox.Show(ctx, codecard.IssuedID(card)); err == nil {
		return codecard.ToldIssued
	}
	return codecard.Nothing
}

// matter is the order key of what is said of a card.
func (c *codeCards) matter(card uuid.UUID) string {
	return c.outbox.OrderKey("card", secret.NewText(card.String()))
}

// tellVoid keeps that a card is void, for the portal.
func (c *codeCards) tellVoid(ctx context.Context, card uuid.UUID, reason string, test bool) error {
	_, err := c.outbox.Append(ctx, outbox.Action{
		ID: codecard.VoidID(card), Type: portal.TypeCardVoid, OrderKey: c.matter(card), OccurredAt: time.Now(), Test: test,
		Body: func(uint64) ([]byte, error) { return portal.CardVoid{Card: cardNumber(card), Reason: reason}.Body() },
	})
	return err
}

// strike closes the books of a card: its jobs are settled, and then it is off the ledger.
func (c *codeCards) strike(ctx context.Context, card uuid.UUID) {
	for _, job := range []uuid.UUID{card, codecard.Slip(card)} {
		if c.spool == nil {
			break
		}
		if err := c.spool.Settle(ctx, job); err != nil && !errors.Is(err, spool.ErrNoJob) {
			c.log.Error("settling a print job of a code card", "card", card, "err", err)
			return
		}
	}
	if err := c.ledger.Strike(ctx, card); err != nil {
		c.log.Error("striking off a code card", "card", card, "err", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.cards, card)
}

// leftovers are the print jobs of an earlier process, until they are settled.
type leftovers struct {
	mu      sync.Mutex
	entries []spool.Entry // guarded by mu
}

func (l *leftovers) set(entries []spool.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = entries
}

func (l *leftovers) list() []spool.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}
