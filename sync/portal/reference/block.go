package reference

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
	"time"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

// clockTolerance is how far the clock of a kiosk that calls it right may be off.
const clockTolerance = 2 * time.Minute

// cardBlocked ends every card of someone that was reserved before, known or not. The
// answer is the same whether there is such a person or not.
func (s *Server) cardBlocked(ctx context.Context, tx *sql.Tx, a act, c api.CardBlocked) (outcome, error) {
	now := s.o.Now()
	if wait, err := s.blocks.allow(ctx, tx, a.kiosk, now); err != nil || wait > 0 {
		return outcome{code: "too-many-blocks", after: int(math.Ceil(wait.Seconds()))}, err
	}
	subject, test, err := s.whoseCards(ctx, tx, a, c)
	o := outcome{accepted: err == nil, test: test}
	if err != nil || subject == "" {
		return asOutcome(err, o)
	}
	until := s.upTo(a, c.ClockKnown)
	if err := lockPerson(ctx, tx, subject); err != nil {
		return o, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO blocks (action, subject, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", a.Id.String(), subject, until.UnixMilli())
	if err != nil {
		return o, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE cards SET state = 'blocked', reason = 'holder', ended_at = $1
		WHERE subject = $2 AND reserved_at <= $3 AND state IN ('reserved', 'active')`, now.UnixMilli(), subject, until.UnixMilli())
	return o, err
}

// whoseCards finds whose cards are to be blocked; empty where nobody's. A card that is
// not known yet is blocked by its own number, for when it comes.
func (s *Server) whoseCards(ctx context.Context, tx *sql.Tx, a act, c api.CardBlocked) (subject string, test bool, err error) {
	hasPerson := len(c.Person.Card.Identity)+len(c.Person.Attested.Payload) > 0
	ways := 0
	for _, way := range []bool{hasPerson, c.Card != "", c.UserName != ""} {
		if way {
			ways++
		}
	}
	if ways != 1 || (c.UserName == "") != (c.Birth == "") {
		return "", false, badRequest()
	}
	switch {
	case hasPerson:
		k, err := s.identify(ctx, tx, c.Person, a.claim(""))
		var p *problem
		if errors.As(err, &p) && p.code == "patient-unknown" {
			return "", k.test, nil
		}
		return k.subject, k.test, err
	case c.Card != "":
		subject, err := s.blockUnknown(ctx, tx, c.Card)
		return subject, false, err
	}
	subject, err = s.byUserName(ctx, tx, secret.NewText(c.UserName))
	if err != nil || subject == "" {
		return "", false, err
	}
	fits, err := s.bornOn(ctx, tx, subject, secret.NewText(c.Birth))
	if err != nil || !fits {
		return "", false, err
	}
	return subject, false, nil
}

// blockUnknown blocks a card of which nothing is known yet, and else says whose it is.
func (s *Server) blockUnknown(ctx context.Context, tx *sql.Tx, card string) (subject string, err error) {
	_, err = tx.ExecContext(ctx, "INSERT INTO cards (id, subject, kiosk, state, ended_at, reason) VALUES ($1, '', '', 'blocked', $2, 'holder') ON CONFLICT (id) DO NOTHING",
		card, s.o.Now().UnixMilli())
	if err != nil {
		return "", err
	}
	row, _, err := cardByID(ctx, tx, card)
	return row.subject, err
}

// byUserName finds whom a user name is of: a national number, or an EAD number; empty
// where nobody's.
func (s *Server) byUserName(ctx context.Context, q querier, name secret.Text) (subject string, err error) {
	plain := plainNumber(name)
	if digits := strings.Trim(plain, "0123456789") == ""; digits && len(plain) == 11 {
		subject = s.o.Secrets.subjectOf(secret.NewText(plain))
		known, err := exists(ctx, q, "SELECT 1 FROM people WHERE subject = $1", subject)
		if err != nil || known {
			return subject, err
		}
	}
	subject, err = s.byEAD(ctx, q, name)
	var p *problem
	if errors.As(err, &p) {
		return "", nil
	}
	return subject, err
}

// plainNumber is a number without what people write between, and in capitals.
func plainNumber(number secret.Text) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", ".", "", "-", "", "/", "", "\u00A0", "").Replace(number.Reveal()))
}
