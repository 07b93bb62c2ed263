package reference

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

// outcome is what became of an action.
type outcome struct {
	accepted    bool
	code        string
	test        bool
	appointment string // empty where none of this person's was named
	ticket      string
	after       int // seconds to come again; then nothing is remembered
}

func refused(code string) outcome { return outcome{code: code} }

// SendActions takes actions in order; none of them decides over another.
func (s *Server) SendActions(ctx context.Context, r api.SendActionsRequestObject) (api.SendActionsResponseObject, error) {
	for _, a := range r.Body.Actions {
		if a.Counter > math.MaxInt64 {
			return nil, badRequest()
		}
	}
	return api.SendActions200JSONResponse{Results: s.takeAll(ctx, kioskOf(ctx).ID, r.Body.Actions)}, nil
}

// take takes an action in a transaction of its own: its effect and the memory of it
// are there both or not at all.
func (s *Server) take(ctx context.Context, kiosk string, a api.Action) (result api.ActionResult, err error) {
	err = s.o.Store.transact(ctx, func(tx *sql.Tx) (err error) {
		result, err = s.takeIn(ctx, tx, kiosk, a)
		return err
	})
	return result, err
}

func (s *Server) takeIn(ctx context.Context, tx *sql.Tx, kiosk string, a api.Action) (result api.ActionResult, err error) {
	// First, since it makes calls of the same kiosk wait for one another.
	_, err = tx.ExecContext(ctx, "UPDATE kiosks SET last_counter = CASE WHEN last_counter < $1 THEN $1 ELSE last_counter END WHERE id = $2", int64(a.Counter), kiosk)
	if err != nil {
		return result, err
	}
	result, err = s.settle(ctx, tx, kiosk, a)
	result.Id = a.Id
	return result, err
}

// settle finds out what an action is, does it, and remembers it. One that was
// refused before is judged anew: what it lacked may be there now.
func (s *Server) settle(ctx context.Context, tx *sql.Tx, kiosk string, a api.Action) (api.ActionResult, error) {
	before, known, err := remembered(ctx, tx, a)
	switch {
	case err != nil:
		return api.ActionResult{}, err
	case known && (before.kiosk != kiosk || !bytes.Equal(before.digest, digest(a))):
		return api.ActionResult{Status: api.Refused, Code: "id-reused"}, nil
	case known && before.accepted:
		return api.ActionResult{Status: api.Duplicate}, nil
	}
	o := refused("counter-reused")
	if taken, err := counterTaken(ctx, tx, kiosk, a); err != nil {
		return api.ActionResult{}, err
	} else if !taken {
		if o, err = s.perform(ctx, tx, kiosk, a); err != nil {
			return api.ActionResult{}, err
		}
	}
	if o.after > 0 {
		return api.ActionResult{Status: api.Retry, Code: o.code, RetryAfter: o.after}, nil
	}
	if err := o.remember(ctx, tx, kiosk, a, s.o.Now()); err != nil {
		return api.ActionResult{}, err
	}
	if o.accepted {
		return api.ActionResult{Status: api.Accepted, Code: o.code}, nil
	}
	return api.ActionResult{Status: api.Refused, Code: o.code}, nil
}

// memory is what is kept of an action that came.
type memory struct {
	kiosk    string
	digest   []byte
	accepted bool
}

func remembered(ctx context.Context, tx *sql.Tx, a api.Action) (m memory, known bool, err error) {
	err = tx.QueryRowContext(ctx, "SELECT kiosk, digest, accepted FROM actions WHERE id = $1", a.Id.String()).Scan(&m.kiosk, &m.digest, &m.accepted)
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

func counterTaken(ctx context.Context, tx *sql.Tx, kiosk string, a api.Action) (taken bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM actions
		WHERE kiosk = $1 AND counter = $2 AND id <> $3 AND code <> 'counter-reused')`, kiosk, int64(a.Counter), a.Id.String()).Scan(&taken)
	return taken, err
}

// remember keeps what became of an action: for ever, and by a hash only.
func (o outcome) remember(ctx context.Context, tx *sql.Tx, kiosk string, a api.Action, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO actions
		(id, kiosk, counter, type, digest, test, occurred_at, received_at, accepted, code, appointment, ticket)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET received_at = excluded.received_at, accepted = excluded.accepted, code = excluded.code,
			test = excluded.test, appointment = excluded.appointment, ticket = excluded.ticket`,
		a.Id.String(), kiosk, int64(a.Counter), a.Type, digest(a), a.Test || o.test, a.OccurredAt.UnixMilli(), now.UnixMilli(),
		o.accepted, o.code, o.appointment, o.ticket)
	return err
}

// digest is of everything that must be the same at every try, each field after its
// length.
func digest(a api.Action) []byte {
	h := sha256.New()
	for _, field := range []string{
		fmt.Sprint(a.Counter), a.Type, fmt.Sprint(a.OccurredAt.UnixMilli()), fmt.Sprint(a.Test), a.KeyId, string(a.Sealed),
	} {
		_, _ = fmt.Fprintf(h, "%d:%s,", len(field), field) // never fails
	}
	return h.Sum(nil)
}

// act is an action that was opened.
type act struct {
	api.Action
	kiosk string
	body  []byte
}

// claim is for what the person of an action must be shown to be known.
func (a act) claim(matter string) claim {
	return claim{kiosk: a.kiosk, purpose: a.Type, matter: matter, at: a.OccurredAt}
}

// doer finds what does an action of a type; nil where nothing does.
func (s *Server) doer(kind string) func(context.Context, *sql.Tx, act) (outcome, error) {
	switch kind {
	case portal.TypeCheckIn:
		return s.checkIn
	case portal.TypeCardIssued:
		return s.cardIssued
	case portal.TypeCardVoid:
		return s.cardVoid
	case portal.TypeCardBlocked:
		return s.cardBlocked
	case portal.TypeLink:
		return s.link
	case portal.TypeUnlink:
		return s.unlink
	}
	return nil
}

// perform opens an action and does what it says. The error is the database's.
func (s *Server) perform(ctx context.Context, tx *sql.Tx, kiosk string, a api.Action) (outcome, error) {
	opener, do := s.opener(a.KeyId), s.doer(a.Type)
	switch {
	case do == nil:
		return refused("unknown-type"), nil
	case a.Test && !s.o.Test:
		return refused("test-refused"), nil
	case opener == nil:
		return refused("unknown-key"), nil
	}
	body, err := opener.Open(seal.Context{Kiosk: kiosk, Action: a.Id.String(), Counter: a.Counter, Type: a.Type}, a.Sealed)
	if err != nil {
		return refused("does-not-open"), nil
	}
	defer clear(body)
	return do(ctx, tx, act{Action: a, kiosk: kiosk, body: body})
}
