package reference

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
)

// loginTime is how long a code may be looked for.
const loginTime = 10 * time.Minute

// asked is what follows on a right password: which code to give, and what ties the
// code to it.
type asked struct {
	Session string `json:"session"`
	Code    int    `json:"code"` // "enter code 8"
}

// passed is what follows on a right code.
type passed struct {
	CodesLeft int `json:"codes_left"` // of this round
}

// checkPassword begins a log-in. An unknown user name is answered as a wrong password,
// after as long.
func (s *Server) checkPassword(ctx context.Context, name, password secret.Text) (asked, error) {
	who := s.o.Secrets.aliasOf(name)
	if err := s.tries.check(ctx, s.o.Store.db, who, s.o.Now(), tooManyTries); err != nil {
		return asked{}, err
	}
	subject, err := s.byUserName(ctx, s.o.Store.db, name)
	if err != nil {
		return asked{}, err
	}
	kept, failures, found, err := s.account(ctx, subject)
	if err != nil {
		return asked{}, err
	}
	right, err := s.is(kept, passwordFields(subject, password.Reveal())...)
	switch {
	case err != nil:
		return asked{}, err
	case !right || !found:
		return asked{}, loginRefused()
	}
	if err := s.tries.back(ctx, s.o.Store.db, who); err != nil { // only wrong ones count
		return asked{}, err
	}
	if failures >= maxFailures {
		return asked{}, accountLocked()
	}
	return s.ask(ctx, subject)
}

// account gives the kept password of someone; of nobody, one that costs as much to
// compare.
func (s *Server) account(ctx context.Context, subject string) (kept slow, failures int, found bool, err error) {
	kept = slow{salt: make([]byte, 16), cost: s.o.Cost.String()}
	err = s.o.Store.db.QueryRowContext(ctx, `SELECT a.salt, a.hash, a.cost, a.failures FROM accounts a JOIN people p ON p.subject = a.subject
		WHERE a.subject = $1 AND NOT p.deceased`, subject).Scan(&kept.salt, &kept.hash, &kept.cost, &failures)
	if errors.Is(err, sql.ErrNoRows) {
		return kept, 0, false, nil
	}
	return kept, failures, err == nil, err
}

// ask binds a log-in to the code that is asked for.
func (s *Server) ask(ctx context.Context, subject string) (a asked, err error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	a.Session = base64.RawURLEncoding.EncodeToString(raw)
	now := s.o.Now()
	err = s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, subject); err != nil {
			return err
		}
		card, err := activeCard(ctx, tx, subject)
		if err != nil {
			return err
		}
		if card == "" {
			return noActiveCard()
		}
		if a.Code, err = s.challenge(ctx, tx, subject, card); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM logins WHERE expires < $1", now.UnixMilli()); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO logins (token, subject, card, n, expires) VALUES ($1, $2, $3, $4, $5)",
			hashSession(a.Session), subject, card, a.Code, now.Add(loginTime).UnixMilli())
		return err
	})
	return a, err
}

func hashSession(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// login is one that was begun.
type login struct {
	subject, card string
	n             int
	code          slow
}

// checkCode ends a log-in. Each try is counted before it is looked at, so that tries
// at the same time are counted all.
func (s *Server) checkCode(ctx context.Context, session string, typed secret.Text) (passed, error) {
	code, ok := portal.FoldCode(typed.Reveal())
	l, err := s.begun(ctx, session, ok)
	if err != nil {
		return passed{}, err
	}
	right, err := s.is(l.code, codeFields(l.card, l.n, code)...)
	switch {
	case err != nil:
		return passed{}, err
	case !right:
		return passed{}, s.wrongCode(ctx, l.subject)
	}
	return s.pass(ctx, l, session)
}

// begun finds a log-in that still waits for its code, and counts a try.
func (s *Server) begun(ctx context.Context, session string, counts bool) (l login, err error) {
	err = s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT l.subject, l.card, l.n, k.salt, k.hash, k.cost FROM logins l
			JOIN accounts a ON a.subject = l.subject AND a.challenge_card = l.card AND a.challenge = l.n
			JOIN cards c ON c.id = l.card AND c.state = 'active'
			JOIN codes k ON k.card = l.card AND k.n = l.n
			WHERE l.token = $1 AND l.expires >= $2`, hashSession(session), s.o.Now().UnixMilli()).
			Scan(&l.subject, &l.card, &l.n, &l.code.salt, &l.code.hash, &l.code.cost)
		if errors.Is(err, sql.ErrNoRows) {
			return sessionOver()
		}
		if err != nil {
			return err
		}
		if !counts {
			return codeUnreadable() // a slip of the finger tries nothing
		}
		done, err := tx.ExecContext(ctx, "UPDATE accounts SET failures = failures + 1 WHERE subject = $1 AND failures < $2", l.subject, maxFailures)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, accountLocked())
		}
		return nil
	})
	return l, err
}

func (s *Server) wrongCode(ctx context.Context, subject string) error {
	var failures int
	if err := s.o.Store.db.QueryRowContext(ctx, "SELECT failures FROM accounts WHERE subject = $1", subject).Scan(&failures); err != nil {
		return err
	}
	if failures >= maxFailures {
		return accountLocked()
	}
	return codeWrong()
}

// pass lets someone in, once for each code that is asked, and only while the card is
// active.
func (s *Server) pass(ctx context.Context, l login, session string) (p passed, err error) {
	err = s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE accounts SET failures = 0, challenge = 0 WHERE subject = $1 AND challenge_card = $2 AND challenge = $3
			AND EXISTS (SELECT 1 FROM cards WHERE id = $2 AND state = 'active')`, l.subject, l.card, l.n)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, sessionOver())
		}
		if _, err := tx.ExecContext(ctx, "UPDATE codes SET used = used + 1 WHERE card = $1 AND n = $2", l.card, l.n); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM logins WHERE token = $1", hashSession(session)); err != nil {
			return err
		}
		p.CodesLeft, err = codesLeft(ctx, tx, l.card)
		return err
	})
	return p, err
}

// stillAsked is the code that a log-in still waits for.
func (s *Server) stillAsked(ctx context.Context, session string) (n int, err error) {
	err = s.o.Store.db.QueryRowContext(ctx, "SELECT n FROM logins WHERE token = $1", hashSession(session)).Scan(&n)
	return n, err
}
