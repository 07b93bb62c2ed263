package reference

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"balie/internal/age"
	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// querier is a database or a transaction in it.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// How someone is known, from the strongest on.
const (
	byHolder    = "holder"     // card and PIN
	byClerkCard = "clerk-card" // a clerk compared face and card
	byCard      = "card"       // a card was there, and perhaps not its holder
	byClerk     = "clerk"      // typed from a document, without a chip: unverified
	byLetter    = "letter"     // whoever had the letter and knew the birth date: unverified
)

// known is someone a call or an action is about.
type known struct {
	subject    string
	birth      age.Date // as the card or the document says
	how        string
	clerk      string
	test       bool
	registered bool // the hospital knows them
	national   bool // by a national number
	deceased   bool
}

// unverified tells whether no chip was behind it.
func (k known) unverified() bool { return k.how == byClerk || k.how == byLetter }

// mayHaveCard tells whether the proof is enough for what only the holder, or a clerk
// who saw them, may ask. nil is yes.
func (k known) mayHaveCard(today age.Date) *problem {
	switch {
	case k.how == byCard:
		return proofNeeded()
	case !k.registered:
		return patientUnknown()
	case k.how == byHolder && k.under15(today):
		return holderRefused("under-15")
	}
	return nil
}

// under15 takes a birth date that does not tell for a child's: the desk decides.
func (k known) under15(today age.Date) bool {
	under, certain := age.Under15(k.birth, today)
	return under || !certain
}

// claim is for what someone is shown to be known.
type claim struct {
	kiosk   string
	purpose string    // of the call or action
	matter  string    // id of what it is about; empty: none
	at      time.Time // of the act
	call    bool      // it is now: the challenge must be young
	judged  *verdict  // of the card, where that is known already
}

// identify finds out of whom p is. The error is a *[problem] where they are not shown
// to be known, else the database's.
func (s *Server) identify(ctx context.Context, q querier, p api.Person, c claim) (known, error) {
	hasCard, hasHolder, attested := len(p.Card.Identity) > 0, len(p.Holder.Challenge) > 0, len(p.Attested.Payload) > 0
	if !hasCard && (hasHolder || !attested) {
		return known{}, badRequest()
	}
	var k known
	var err error
	identity := p.Card.Identity
	switch {
	case hasHolder:
		k, err = s.holder(ctx, q, p.Card, p.Holder, c)
	case hasCard:
		if c.judged == nil {
			c.judged = s.judge(proofOf(p.Card))
		}
		k, err = s.cardOf(*c.judged)
	}
	if err != nil {
		return k, err
	}
	if attested && len(identity) == 0 && c.call {
		// Not in a transaction, which an answer of no would take back with the count.
		if err := s.typing.check(ctx, s.o.Store.db, c.kiosk, s.o.Now(), tooManyLookups); err != nil {
			return k, err
		}
	}
	if attested {
		if err := s.attest(ctx, q, &k, p.Attested, identity, c); err != nil {
			return k, err
		}
	}
	return k, s.register(ctx, q, &k)
}

func (s *Server) card(p portal.Proof) (known, error) { return s.cardOf(*s.judge(p)) }

func (s *Server) judge(p portal.Proof) *verdict {
	person, err := s.o.Verifier.Verify(p)
	return &verdict{person, err}
}

func (s *Server) cardOf(v verdict) (known, error) {
	if v.err != nil {
		return known{}, cardRefused(reasonOf(v.err))
	}
	return s.knownBy(v.person, byCard)
}

// knownBy refuses whom a test root vouches for where cards of patients are taken,
// whatever the verifier thinks.
func (s *Server) knownBy(person Person, how string) (known, error) {
	if person.Test && !s.o.Test {
		return known{}, cardRefused("test")
	}
	return known{subject: s.o.Secrets.subjectOf(person.Number), birth: person.Birth, how: how, test: person.Test, national: true}, nil
}

// holder judges a holder's proof: that the challenge is ours, that the card signed
// it, that its certificate was not revoked.
func (s *Server) holder(ctx context.Context, q querier, card api.Proof, p api.HolderProof, c claim) (known, error) {
	if !s.challengeHolds(p.Challenge, c) {
		return known{}, holderRefused("stale")
	}
	h, err := s.o.Verifier.VerifyHolder(proofOf(card), holderOf(p))
	if err != nil {
		return known{}, asRefused(err)
	}
	k, err := s.knownBy(h.Person, byHolder)
	if err != nil {
		return k, err
	}
	revoked, err := exists(ctx, q, "SELECT 1 FROM revoked WHERE issuer = $1 AND serial = $2", h.Issuer, h.Serial)
	switch {
	case err != nil:
		return k, err
	case revoked:
		return known{}, holderRefused("revoked")
	}
	return k, nil
}

// attest adds what a clerk says: that the holder of the card is the one who stands
// there, or who someone without a chip is.
func (s *Server) attest(ctx context.Context, q querier, k *known, a api.Attested, identity []byte, c claim) error {
	st, err := s.statement(ctx, q, a, c)
	if err != nil {
		return err
	}
	k.clerk = a.Shift.Clerk
	if len(identity) > 0 {
		if !sameCard(st.Patient, identity) {
			return clerkRefused("statement")
		}
		if k.how == byCard {
			k.how = byClerkCard
		}
		return nil
	}
	return s.typed(ctx, q, k, st.Patient)
}

// typed finds someone by a number and the birth date on a document. A number with
// another birth date is answered as one that nobody has.
func (s *Server) typed(ctx context.Context, q querier, k *known, n api.Named) error {
	birth, ok := age.ParseDate(n.Birth)
	if len(n.Card) > 0 || (n.NationalNumber == "") == (n.Ead == "") || !ok || birth.Year == 0 {
		return clerkRefused("statement")
	}
	k.how, k.birth, k.national = byClerk, birth, n.NationalNumber != ""
	if k.national {
		k.subject = s.o.Secrets.subjectOf(secret.NewText(n.NationalNumber))
	} else {
		subject, err := s.byEAD(ctx, q, secret.NewText(n.Ead))
		if err != nil {
			return err
		}
		k.subject = subject
	}
	fits, err := s.bornOn(ctx, q, k.subject, secret.NewText(n.Birth))
	if err == nil && !fits {
		return patientUnknown()
	}
	return err
}

// byEAD finds whom the hospital gave a number.
func (s *Server) byEAD(ctx context.Context, q querier, ead secret.Text) (subject string, err error) {
	err = q.QueryRowContext(ctx, "SELECT subject FROM aliases WHERE alias = $1", s.o.Secrets.aliasOf(ead)).Scan(&subject)
	if errors.Is(err, sql.ErrNoRows) {
		return "", patientUnknown()
	}
	return subject, err
}

// bornOn tells whether the register has this birth date for someone.
func (s *Server) bornOn(ctx context.Context, q querier, subject string, birth secret.Text) (bool, error) {
	return exists(ctx, q, "SELECT 1 FROM people WHERE subject = $1 AND birth = $2", subject, s.o.Secrets.birthOf(subject, birth))
}

// register says what the register has of someone.
func (s *Server) register(ctx context.Context, q querier, k *known) error {
	err := q.QueryRowContext(ctx, "SELECT national, deceased FROM people WHERE subject = $1", k.subject).Scan(&k.national, &k.deceased)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	k.registered = err == nil
	return err
}

func exists(ctx context.Context, q querier, query string, args ...any) (found bool, err error) {
	err = q.QueryRowContext(ctx, "SELECT EXISTS ("+query+")", args...).Scan(&found)
	return found, err
}

// asProblem is the answer to an error: the problem that it is, or that the database
// cannot.
func asProblem(err error) error {
	var p *problem
	if err == nil || errors.As(err, &p) {
		return err
	}
	return unavailable(retryLater)
}

// asOutcome is what becomes of an action for an error: refused with the problem's
// code, or the database's error.
func asOutcome(err error, o outcome) (outcome, error) {
	var p *problem
	if !errors.As(err, &p) {
		return o, err
	}
	if o.code = p.code; p.code == "bad-request" {
		o.code = "bad-body"
	}
	if p.status == http.StatusTooManyRequests {
		o.after = p.after // not for good: it waits
	}
	return o, nil
}
