package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync"

	"github.com/google/uuid"

	"balie/cmd/internal/config"
	"balie/cmd/internal/driver"
	"balie/hw/eid"
	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/codecard"
	"balie/kiosk/codecard/ledger"
	"balie/kiosk/papers"
	"balie/printer"
	"balie/printer/spool"
	"balie/sync/courier"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// codeCards carries out what package codecard wants: it makes the codes and the password,
// keeps them in memory, prints them, compares what is typed with them, seals them, and
// wipes them.
type codeCards struct {
	ledger  *ledger.Ledger
	portal  *portal.Client
	outbox  *outbox.Outbox
	courier *courier.Courier
	spool   *spool.Spool
	devices map[string]driver.Device
	card    string // the printer of cards
	slip    string // the printer of slips
	texts   papers.Texts
	booth   papers.Booth
	url     string // where one logs in
	log     *slog.Logger
	freed   freed

	mu    sync.Mutex
	cards map[uuid.UUID]*madeCard // guarded by mu
}

// madeCard is a card that is being made.
type madeCard struct {
	turn     sync.Mutex // held by what reads or changes what follows
	codes    []secret.Bytes
	password secret.Bytes // of a new account
	named    bool         // the slip names the user: it is not the national number

	mu   sync.Mutex
	void bool             // guarded by mu: nothing more is printed
	jobs []*spool.Pending // guarded by mu
}

var _ kiosk.CodeCards = (*codeCards)(nil)

// person is whom a card is for, as the portal is shown them.
func person(p eid.Proof, h eid.HolderProof) portal.Person {
	card, holder := wireProof(p), wireHolder(h)
	return portal.Person{Card: &card, Holder: &holder}
}

// Do carries out an effect for the holder of a card.
func (c *codeCards) Do(ctx context.Context, of kiosk.CardOf, e codecard.Effect) codecard.Input {
	return c.do(ctx, person(of.Proof, of.Holder), of, e)
}

// do carries out an effect for whoever p is.
func (c *codeCards) do(ctx context.Context, p portal.Person, of kiosk.CardOf, e codecard.Effect) codecard.Input {
	defer overwriteStack()
	defer c.freed.soon() // of a paper, of what was typed, and of what was sealed
	switch e := e.(type) {
	case codecard.AskAccount:
		a, err := c.portal.AccountStatus(ctx, p)
		return codecard.Account{Exists: a.Account, Locked: a.Locked, HasCard: a.Card, Deceased: a.Deceased, Err: c.refused("asking for the account", err)}
	case codecard.Reserve:
		return c.reserve(ctx, p, of, e.Card)
	case codecard.Print:
		return c.print(ctx, e.Card, e.Card, c.card, c.cardPaper(e.Card, of))
	case codecard.PrintSlip:
		return c.print(ctx, e.Card, codecard.Slip(e.Card), c.slip, c.slipPaper(e.Card, of))
	case codecard.Await:
		return c.await(ctx, e.Job)
	case codecard.Check:
		return codecard.Checked{Right: c.check(e)}
	case codecard.Issue:
		return codecard.Kept{Err: c.issue(ctx, p, of, e)}
	case codecard.AwaitActive:
		err := c.courier.Delivered(ctx, codecard.IssuedID(e.Card))
		return codecard.Active{Delivered: err == nil, Refused: errors.Is(err, outbox.ErrParked)}
	case codecard.Void:
		c.void(ctx, e, of.Test)
	}
	return nil
}

// made gives the card of an id; one that is not being made is made anew, empty.
func (c *codeCards) made(id uuid.UUID) *madeCard {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cards == nil {
		c.cards = map[uuid.UUID]*madeCard{}
	}
	if c.cards[id] == nil {
		c.cards[id] = &madeCard{}
	}
	return c.cards[id]
}

// refused says which of package codecard's errors it is, and has the rest in the log: codes
// only, as those of package portal are.
func (c *codeCards) refused(doing string, err error) error {
	if err == nil {
		return nil
	}
	c.log.Warn(doing, "err", err)
	for _, kind := range []struct{ is, as error }{
		{portal.ErrPatientUnknown, codecard.ErrUnknown}, {portal.ErrCardRefused, codecard.ErrRefused},
		{portal.ErrHolderRefused, codecard.ErrRefused}, {portal.ErrClerkRefused, codecard.ErrRefused}, {portal.ErrRefused, codecard.ErrDesk},
	} {
		if errors.Is(err, kind.is) {
			return kind.as
		}
	}
	return codecard.ErrAway
}

// reserve keeps the id here before the portal hears of it, and then makes the codes.
func (c *codeCards) reserve(ctx context.Context, p portal.Person, of kiosk.CardOf, id uuid.UUID) codecard.Reserved {
	m := c.made(id)
	m.turn.Lock()
	defer m.turn.Unlock()
	if err := c.ledger.Reserve(ctx, id); err != nil {
		c.log.Error("noting a code card", "card", id, "err", err)
		return codecard.Reserved{Err: codecard.ErrUnkept}
	}
	number := cardNumber(id)
	r, err := c.portal.ReserveCard(ctx, number, number, p)
	if err != nil {
		return codecard.Reserved{Err: c.refused("reserving a code card", err)}
	}
	if r.NewAccount && r.UserName != api.UserNameNationalNumber && of.User.Empty() {
		return codecard.Reserved{Err: codecard.ErrDesk} // the slip must name a number that only the desk knows
	}
	n, err := rand.Int(rand.Reader, big.NewInt(portal.Codes))
	if err != nil {
		return codecard.Reserved{Err: codecard.ErrUnkept}
	}
	m.codes = nil
	for range portal.Codes {
		m.codes = append(m.codes, randomSymbols(portal.CodeLength))
	}
	if r.NewAccount {
		m.password = randomPassword()
		m.named = r.UserName != api.UserNameNationalNumber
	}
	return codecard.Reserved{Number: int(n.Int64()) + 1, New: r.NewAccount}
}

// cardNumberLength is how many symbols the number of a card has.
const cardNumberLength = 12

// cardNumber is the number that is printed on a card and that the portal knows it by.
func cardNumber(id uuid.UUID) string {
	sum := sha256.Sum256(append([]byte("balie code card "), id[:]...))
	return portal.Symbols(sum[:cardNumberLength])
}

// grouped writes symbols in groups of four, to be read.
func grouped(symbols string) string {
	var text string
	for i, r := range symbols {
		if i > 0 && i%4 == 0 {
			text += "-"
		}
		text += string(r)
	}
	return text
}

// randomSymbols are n symbols without look-alikes, of five bits each.
func randomSymbols(n int) secret.Bytes {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	portal.WriteSymbols(b)
	return secret.NewBytes(b)
}

// randomPassword is of 16 symbols, in groups of four: 80 bits.
func randomPassword() secret.Bytes {
	symbols := randomSymbols(16)
	defer symbols.Wipe()
	b := make([]byte, 0, 19)
	for i, s := range symbols.Reveal() {
		if i > 0 && i%4 == 0 {
			b = append(b, '-')
		}
		b = append(b, s)
	}
	return secret.NewBytes(b)
}

// on is a paper of this booth.
func (c *codeCards) on(of kiosk.CardOf) papers.Booth {
	b := c.booth
	b.Test = of.Test
	return b
}

// cardPaper is the card. What a document holds are texts that nobody can wipe; they go
// with the job.
func (c *codeCards) cardPaper(id uuid.UUID, of kiosk.CardOf) printer.Document {
	m := c.made(id)
	m.turn.Lock()
	defer m.turn.Unlock()
	var codes []string
	for _, code := range m.codes {
		codes = append(codes, string(code.Reveal()))
	}
	return papers.CodeCard{Booth: c.on(of), Number: grouped(cardNumber(id)), Codes: codes, URL: c.url}.Document(c.texts, of.Language)
}

func (c *codeCards) slipPaper(id uuid.UUID, of kiosk.CardOf) printer.Document {
	m := c.made(id)
	m.turn.Lock()
	defer m.turn.Unlock()
	slip := papers.Password{Booth: c.on(of), Password: string(m.password.Reveal()), URL: c.url}
	if m.named {
		slip.User = of.User.Reveal()
	}
	return slip.Document(c.texts, of.Language)
}

// print returns when the paper is held out, or how its job ended.
func (c *codeCards) print(ctx context.Context, id, job uuid.UUID, name string, doc printer.Document) codecard.Paper {
	status, err := c.devices[name].Status(ctx)
	if err != nil || !status.Ready() {
		return codecard.Paper{Outcome: printer.NotSent}
	}
	p, err := c.submit(ctx, c.made(id), spool.Job{ID: job, Printer: name, Document: doc})
	if err != nil {
		c.log.Error("printing for a code card", "card", id, "err", err)
		return codecard.Paper{Outcome: printer.NotSent}
	}
	stop := context.AfterFunc(ctx, p.Withdraw)
	defer stop()
	<-p.Out()
	select {
	case <-p.Done():
		return c.came(id, p)
	default:
		return codecard.Paper{Held: true}
	}
}

// printed prints a slip that is no card's, and tells whether it is out.
func (c *codeCards) printed(ctx context.Context, doc printer.Document) bool {
	d, there := c.devices[c.slip]
	if !there {
		return false
	}
	status, err := d.Status(ctx)
	if err != nil || !status.Ready() {
		return false
	}
	p, err := submit(ctx, c.spool, c.slip, doc)
	if err != nil {
		return false
	}
	stop := context.AfterFunc(ctx, p.Withdraw)
	defer stop()
	<-p.Done()
	r, err := p.Result()
	if settling := c.spool.Settle(context.WithoutCancel(ctx), p.ID()); settling != nil {
		c.log.Warn("noting that the outcome of a print job was told", "job", p.ID(), "err", settling)
	}
	return err == nil && r.Outcome.Done()
}

// errVoid is that a card became void before its paper was asked for.
var errVoid = errors.New("the card is void")

func (c *codeCards) submit(ctx context.Context, m *madeCard, job spool.Job) (*spool.Pending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.void {
		return nil, errVoid
	}
	p, err := c.spool.Submit(ctx, job)
	if err == nil {
		m.jobs = append(m.jobs, p)
	}
	return p, err
}

func (c *codeCards) came(id uuid.UUID, p *spool.Pending) codecard.Paper {
	r, err := p.Result()
	c.log.Info("a paper of a code card", "card", id, "outcome", r.Outcome.String(), "by", r.By, "err", err)
	return codecard.Paper{Outcome: r.Outcome}
}

// await waits until what is held out was taken, or drawn in again.
func (c *codeCards) await(ctx context.Context, job uuid.UUID) codecard.Paper {
	id, p := c.job(job)
	if p == nil {
		return codecard.Paper{}
	}
	stop := context.AfterFunc(ctx, p.Withdraw)
	defer stop()
	<-p.Done()
	return c.came(id, p)
}

// job finds a job, and the card that it is of.
func (c *codeCards) job(job uuid.UUID) (uuid.UUID, *spool.Pending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, m := range c.cards {
		for _, p := range m.pending() {
			if p.ID() == job {
				return id, p
			}
		}
	}
	return uuid.Nil, nil
}

func (m *madeCard) pending() []*spool.Pending {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]*spool.Pending{}, m.jobs...)
}

// check compares in constant time: how far a code was right is not to be measured.
func (c *codeCards) check(e codecard.Check) bool {
	m := c.made(e.Card)
	m.turn.Lock()
	defer m.turn.Unlock()
	typed, ok := portal.FoldCode(e.Typed.Reveal())
	return ok && e.Number > 0 && e.Number <= len(m.codes) && subtle.ConstantTimeCompare([]byte(typed), m.codes[e.Number-1].Reveal()) == 1
}

// issue commits that the card is issued, sealed with its codes, and wipes these.
func (c *codeCards) issue(ctx context.Context, p portal.Person, of kiosk.CardOf, e codecard.Issue) error {
	m := c.made(e.Card)
	m.turn.Lock()
	defer m.turn.Unlock()
	if m.isVoid() || len(m.codes) != portal.Codes {
		return errVoid
	}
	defer m.wipe()
	_, err := c.outbox.Append(ctx, outbox.Action{
		ID: codecard.IssuedID(e.Card), Type: portal.TypeCardIssued, OrderKey: c.matter(e.Card), OccurredAt: of.At, Test: of.Test,
		Body: func(uint64) ([]byte, error) {
			return portal.CardIssued{Card: cardNumber(e.Card), Person: p, Codes: m.codes, Password: m.password, ByClerk: e.ByClerk}.Body()
		},
	})
	if err != nil {
		c.log.Error("keeping that a code card is issued", "card", e.Card, "err", err)
		return fmt.Errorf("keeping it: %w", codecard.ErrUnkept)
	}
	c.strike(ctx, e.Card)
	return nil
}

func (m *madeCard) isVoid() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.void
}

// wipe forgets codes and password. The turn is held.
func (m *madeCard) wipe() {
	for _, code := range m.codes {
		code.Wipe()
	}
	m.password.Wipe()
	m.codes = nil
}

// void calls off what is printed, wipes, and tells the portal. Where that cannot be kept,
// the ledger has the card still, and the next start makes it void.
func (c *codeCards) void(ctx context.Context, e codecard.Void, test bool) {
	m := c.made(e.Card)
	m.mu.Lock()
	m.void = true
	jobs := m.jobs
	m.mu.Unlock()
	for _, p := range jobs {
		p.Withdraw()
	}
	m.turn.Lock()
	defer m.turn.Unlock()
	m.wipe()
	if err := c.tellVoid(ctx, e.Card, e.Reason, test); err != nil {
		c.log.Error("keeping that a code card is void", "card", e.Card, "err", err)
		return
	}
	for _, p := range jobs {
		select {
		case <-p.Done():
		case <-ctx.Done(): // the journal has it still
			return
		}
	}
	c.strike(ctx, e.Card)
}

// cardPrinter is the printer of cards, or where there is none, the ticket printer: it is
// chosen once, and a secret is never moved to another.
func (b *booth) cardPrinter() string {
	if name := b.withRole(config.CardPrinter); name != "" {
		return name
	}
	return b.withRole(config.TicketPrinter)
}
