package reference

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"balie/sync/portal/api"
)

// cardRow is a code card as it is kept.
type cardRow struct {
	subject    string
	kiosk      string
	state      api.CardState
	newAccount bool
	reservedAt int64
}

func cardByID(ctx context.Context, q querier, id string) (c cardRow, known bool, err error) {
	err = q.QueryRowContext(ctx, "SELECT subject, kiosk, state, new_account, reserved_at FROM cards WHERE id = $1", id).
		Scan(&c.subject, &c.kiosk, &c.state, &c.newAccount, &c.reservedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// ReserveCard reserves a card for someone.
func (s *Server) ReserveCard(ctx context.Context, r api.ReserveCardRequestObject) (api.ReserveCardResponseObject, error) {
	k, err := s.mayHaveCard(ctx, s.o.Store.db, r.Body.Person, "reserve-card", r.Body.Card)
	if err == nil && k.deceased {
		err = patientDeceased()
	}
	var card api.Card
	if err == nil {
		err = s.o.Store.transact(ctx, func(tx *sql.Tx) (err error) {
			card, err = s.reserve(ctx, tx, k, r.Body.Card)
			return err
		})
	}
	if err != nil {
		return nil, asProblem(err)
	}
	return api.ReserveCard200JSONResponse(card), nil
}

// mayHaveCard finds out who asks for what only a holder or a clerk may ask.
func (s *Server) mayHaveCard(ctx context.Context, q querier, p api.Person, purpose, matter string) (known, error) {
	k, err := s.identify(ctx, q, p, claim{kiosk: kioskOf(ctx).ID, purpose: purpose, matter: matter, at: s.o.Now(), call: true})
	if err != nil {
		return k, err
	}
	if p := k.mayHaveCard(s.today()); p != nil {
		return k, p
	}
	return k, nil
}

// reserve keeps that a card is to be someone's. A second time gives the same.
func (s *Server) reserve(ctx context.Context, tx *sql.Tx, k known, id string) (api.Card, error) {
	card := api.Card{Card: id, State: api.CardReserved, UserName: userName(k)}
	hasAccount, err := exists(ctx, tx, "SELECT 1 FROM accounts WHERE subject = $1", k.subject)
	if err != nil {
		return card, err
	}
	card.NewAccount = !hasAccount
	kiosk := kioskOf(ctx).ID
	_, err = tx.ExecContext(ctx, `INSERT INTO cards (id, subject, kiosk, state, how, clerk, new_account, test, reserved_at)
		VALUES ($1, $2, $3, 'reserved', $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
		id, k.subject, kiosk, k.how, k.clerk, card.NewAccount, k.test, s.o.Now().UnixMilli())
	if err != nil {
		return card, err
	}
	row, _, err := cardByID(ctx, tx, id)
	if err == nil && (row.subject != k.subject || row.kiosk != kiosk || row.state != api.CardReserved) {
		return card, cardExists()
	}
	card.NewAccount = row.newAccount
	return card, err
}

func userName(k known) api.UserName {
	if k.national {
		return api.UserNameNationalNumber
	}
	return api.UserNameEAD
}

// GetCard says what became of a card of this kiosk.
func (s *Server) GetCard(ctx context.Context, r api.GetCardRequestObject) (api.GetCardResponseObject, error) {
	row, known, err := cardByID(ctx, s.o.Store.db, r.Card)
	if err != nil {
		return nil, unavailable(retryLater)
	}
	if !known || row.kiosk != kioskOf(ctx).ID {
		return nil, cardUnknown()
	}
	return api.GetCard200JSONResponse{Card: r.Card, State: row.state, NewAccount: row.newAccount}, nil
}

// cardIssued activates a card that was reserved here for this person, unless it has
// ended since: what comes late undoes nothing.
func (s *Server) cardIssued(ctx context.Context, tx *sql.Tx, a act, c api.CardIssued) (outcome, error) {
	k, err := s.identify(ctx, tx, c.Person, a.claim(c.Card))
	if err == nil {
		if p := k.mayHaveCard(s.dayOf(a.OccurredAt)); p != nil {
			err = p
		}
	}
	o := outcome{test: k.test}
	if err != nil {
		return asOutcome(err, o)
	}
	if err := lockPerson(ctx, tx, k.subject); err != nil {
		return o, err
	}
	row, known, err := cardByID(ctx, tx, c.Card)
	switch {
	case err != nil:
		return o, err
	case known && (row.state == api.CardEndedVoid || row.state == api.CardEndedBlocked):
		o.code = "card-" + string(row.state)
	case !known || row.kiosk != a.kiosk || row.subject != k.subject || row.state != api.CardReserved:
		o.code = "card-unknown"
	case row.newAccount != (c.Password != ""):
		o.code = "bad-body"
	default:
		return s.activate(ctx, tx, a, c, row, o)
	}
	return o, nil
}

// lockPerson makes what is done for one person wait for one another.
func lockPerson(ctx context.Context, tx *sql.Tx, subject string) error {
	_, err := tx.ExecContext(ctx, "UPDATE people SET subject = subject WHERE subject = $1", subject)
	return err
}

func (s *Server) activate(ctx context.Context, tx *sql.Tx, a act, c api.CardIssued, row cardRow, o outcome) (outcome, error) {
	blocked, err := exists(ctx, tx, "SELECT 1 FROM blocks WHERE subject = $1 AND until >= $2", row.subject, row.reservedAt)
	if err != nil {
		return o, err
	}
	if blocked {
		o.code = "card-blocked"
		return o, endCard(ctx, tx, c.Card, api.CardEndedBlocked, "late", s.o.Now())
	}
	newer, err := exists(ctx, tx, "SELECT 1 FROM cards WHERE subject = $1 AND issued_at > 0 AND reserved_at > $2", row.subject, row.reservedAt)
	if err != nil {
		return o, err
	}
	o.accepted = true
	if newer {
		o.code = string(api.CardReplaced)
		return o, endCard(ctx, tx, c.Card, api.CardReplaced, "late", s.o.Now())
	}
	if a.codes == nil {
		return o, errors.New("the card was reserved while its action was taken")
	}
	now := s.o.Now().UnixMilli()
	_, err = tx.ExecContext(ctx, "UPDATE cards SET state = 'replaced', ended_at = $1 WHERE subject = $2 AND state = 'active'", now, row.subject)
	if err == nil {
		_, err = tx.ExecContext(ctx, "UPDATE cards SET state = 'active', issued_at = $1 WHERE id = $2", now, c.Card)
	}
	if err == nil && a.codes.password != nil {
		err = putPassword(ctx, tx, row.subject, *a.codes.password)
	}
	if err == nil {
		err = a.codes.put(ctx, tx, c.Card)
	}
	return o, err
}

// cardVoid ends a card for good, and one that is not known before it comes.
func (s *Server) cardVoid(ctx context.Context, tx *sql.Tx, a act, c api.CardVoid) (outcome, error) {
	now := s.o.Now()
	_, err := tx.ExecContext(ctx, "INSERT INTO cards (id, subject, kiosk, state, ended_at, reason) VALUES ($1, '', $2, 'void', $3, $4) ON CONFLICT (id) DO NOTHING",
		c.Card, a.kiosk, now.UnixMilli(), c.Reason)
	if err != nil {
		return outcome{}, err
	}
	row, _, err := cardByID(ctx, tx, c.Card)
	if err != nil {
		return outcome{}, err
	}
	if row.kiosk != a.kiosk {
		return refused("card-unknown"), nil
	}
	return outcome{accepted: true}, endCard(ctx, tx, c.Card, api.CardEndedVoid, c.Reason, now)
}

// endCard ends a card that has not ended yet.
func endCard(ctx context.Context, tx *sql.Tx, id string, state api.CardState, reason string, now time.Time) error {
	_, err := tx.ExecContext(ctx, "UPDATE cards SET state = $1, reason = $2, ended_at = $3 WHERE id = $4 AND state IN ('reserved', 'active')",
		state, reason, now.UnixMilli(), id)
	return err
}
