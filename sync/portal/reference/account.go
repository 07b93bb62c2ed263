package reference

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"

	"balie/sync/portal"
	"balie/sync/portal/api"
)

// maxFailures is how many wrong codes in a row lock an account.
const maxFailures = 5

// AccountStatus says what must be known before a card is offered.
func (s *Server) AccountStatus(ctx context.Context, r api.AccountStatusRequestObject) (api.AccountStatusResponseObject, error) {
	k, err := s.mayHaveCard(ctx, s.o.Store.db, r.Body.Person, "account-status", "")
	if err != nil {
		return nil, asProblem(err)
	}
	a, err := s.status(ctx, s.o.Store.db, k)
	if err != nil {
		return nil, asProblem(err)
	}
	return api.AccountStatus200JSONResponse{Body: a, Headers: api.AccountStatus200ResponseHeaders{CacheControl: noStore}}, nil
}

func (s *Server) status(ctx context.Context, q querier, k known) (api.AccountStatus, error) {
	a := api.AccountStatus{Deceased: k.deceased, UserName: userName(k)}
	var failures int
	err := q.QueryRowContext(ctx, "SELECT failures FROM accounts WHERE subject = $1", k.subject).Scan(&failures)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return a, err
	}
	a.Account, a.Locked = err == nil, failures >= maxFailures
	var card string
	if card, err = activeCard(ctx, q, k.subject); err != nil || card == "" {
		return a, err
	}
	a.Card = true
	a.CodesLeft, err = codesLeft(ctx, q, card)
	return a, err
}

// activeCard is the card that someone logs in with; empty: none.
func activeCard(ctx context.Context, q querier, subject string) (card string, err error) {
	err = q.QueryRowContext(ctx, "SELECT id FROM cards WHERE subject = $1 AND state = 'active'", subject).Scan(&card)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return card, err
}

// codesLeft is how many codes of a card were not given yet in this round.
func codesLeft(ctx context.Context, q querier, card string) (left int, err error) {
	err = q.QueryRowContext(ctx, "SELECT COUNT(*) FROM codes WHERE card = $1 AND used = (SELECT MIN(used) FROM codes WHERE card = $1)", card).Scan(&left)
	return left, err
}

// SetPassword gives an account another password, hashed before the database is locked.
func (s *Server) SetPassword(ctx context.Context, r api.SetPasswordRequestObject) (api.SetPasswordResponseObject, error) {
	k, err := s.mayHaveCard(ctx, s.o.Store.db, r.Body.Person, "set-password", "")
	if err != nil {
		return nil, asProblem(err)
	}
	hash := s.slowly(passwordFields(k.subject, r.Body.Password)...)
	a, err := s.changeAccount(ctx, k, func(tx *sql.Tx) error { return putPassword(ctx, tx, k.subject, hash) })
	return api.SetPassword200JSONResponse(a), err
}

// UnlockAccount unlocks an account; a clerk saw who asks.
func (s *Server) UnlockAccount(ctx context.Context, r api.UnlockAccountRequestObject) (api.UnlockAccountResponseObject, error) {
	k, err := s.mayHaveCard(ctx, s.o.Store.db, r.Body.Person, "unlock-account", "")
	if err != nil {
		return nil, asProblem(err)
	}
	a, err := s.changeAccount(ctx, k, func(tx *sql.Tx) error {
		if k.clerk == "" {
			return proofNeeded()
		}
		_, err := tx.ExecContext(ctx, "UPDATE accounts SET failures = 0 WHERE subject = $1", k.subject)
		return err
	})
	return api.UnlockAccount200JSONResponse(a), err
}

func (s *Server) changeAccount(ctx context.Context, k known, change func(*sql.Tx) error) (a api.AccountStatus, err error) {
	err = s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		has, err := exists(ctx, tx, "SELECT 1 FROM accounts WHERE subject = $1", k.subject)
		if err == nil && !has {
			err = noAccount()
		}
		if err == nil {
			err = change(tx)
		}
		if err != nil {
			return err
		}
		a, err = s.status(ctx, tx, k)
		return err
	})
	return a, asProblem(err)
}

// putPassword makes an account, or gives it another password.
func putPassword(ctx context.Context, tx *sql.Tx, subject string, k slow) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO accounts (subject, salt, hash, cost) VALUES ($1, $2, $3, $4)
		ON CONFLICT (subject) DO UPDATE SET salt = excluded.salt, hash = excluded.hash, cost = excluded.cost`, subject, k.salt, k.hash, k.cost)
	return err
}

// challenge is the code that an account is asked for: the one of before until it was
// given, so that nobody who has one code can wait for its turn.
func (s *Server) challenge(ctx context.Context, tx *sql.Tx, subject, card string) (n int, err error) {
	var bound string
	if err := tx.QueryRowContext(ctx, "SELECT challenge_card, challenge FROM accounts WHERE subject = $1", subject).Scan(&bound, &n); err != nil {
		return 0, err
	}
	if bound == card && n != 0 {
		return n, nil
	}
	left, err := codesLeft(ctx, tx, card)
	if err != nil {
		return 0, err
	}
	if left == portal.Codes { // a new round has an order of its own
		for i, rank := range shuffled() {
			if _, err := tx.ExecContext(ctx, "UPDATE codes SET rank = $1 WHERE card = $2 AND n = $3", rank, card, i+1); err != nil {
				return 0, err
			}
		}
	}
	if err := tx.QueryRowContext(ctx, "SELECT n FROM codes WHERE card = $1 ORDER BY used, rank LIMIT 1", card).Scan(&n); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, "UPDATE accounts SET challenge_card = $1, challenge = $2 WHERE subject = $3", card, n, subject)
	return n, err
}

// shuffled is the numbers of the codes of a card in random order. The order is no
// secret that anything hangs on, and math/rand/v2 is seeded by the system.
func shuffled() []int { return rand.Perm(portal.Codes) }
