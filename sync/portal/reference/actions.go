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

	"balie/sync/portal/api"
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

// takeIn takes actions in a transaction: their effects and the memory of them are there
// all or not at all. It reads before what is known of all of them.
func (s *Server) takeIn(ctx context.Context, tx *sql.Tx, kiosk string, actions []prepared) (results []api.ActionResult, err error) {
	highest := uint64(0)
	for _, p := range actions {
		highest = max(highest, p.Counter)
	}
	// First, since it makes calls of the same kiosk wait for one another.
	_, err = tx.ExecContext(ctx, "UPDATE kiosks SET last_counter = CASE WHEN last_counter < $1 THEN $1 ELSE last_counter END WHERE id = $2", int64(highest), kiosk)
	if err != nil {
		return nil, err
	}
	m, err := remembered(ctx, tx, kiosk, actions)
	if err != nil {
		return nil, err
	}
	for _, p := range actions {
		result, err := s.settle(ctx, tx, m, p)
		if err != nil {
			return nil, err
		}
		result.Id = p.Id
		results = append(results, result)
	}
	return results, nil
}

// settle finds out what an action is, does it, and remembers it. One that was
// refused before is judged anew: what it lacked may be there now.
func (s *Server) settle(ctx context.Context, tx *sql.Tx, m memories, p prepared) (api.ActionResult, error) {
	before, known := m.actions[p.Id.String()]
	switch {
	case known && (before.kiosk != p.kiosk || !bytes.Equal(before.digest, digest(p.Action))):
		return api.ActionResult{Status: api.Refused, Code: "id-reused"}, nil
	case known && before.accepted:
		return api.ActionResult{Status: api.Duplicate}, nil
	}
	o := refused("counter-reused")
	if of, taken := m.counters[p.Counter]; !taken || of == p.Id.String() {
		var err error
		if o, err = p.do(ctx, tx); err != nil {
			return api.ActionResult{}, err
		}
	}
	switch {
	case o.after > 0:
		return api.ActionResult{Status: api.Retry, Code: o.code, RetryAfter: o.after}, nil
	case o.code == doesNotOpen:
		// Nothing shows who made it, so that neither id nor counter is taken by it.
		s.o.Log.Warn("an action does not open", "kiosk", p.kiosk, "action", p.Id)
		return api.ActionResult{Status: api.Refused, Code: o.code}, nil
	}
	if err := o.remember(ctx, tx, p.kiosk, p.Action, s.o.Now()); err != nil {
		return api.ActionResult{}, err
	}
	m.add(p, o)
	if o.accepted {
		return api.ActionResult{Status: api.Accepted, Code: o.code}, nil
	}
	return api.ActionResult{Status: api.Refused, Code: o.code}, nil
}

const doesNotOpen = "does-not-open"

// remember keeps what became of an action: for ever, and by a hash only.
func (o outcome) remember(ctx context.Context, tx *sql.Tx, kiosk string, a api.Action, now time.Time) error {
	done, err := tx.ExecContext(ctx, `INSERT INTO actions
		(id, kiosk, counter, type, digest, test, occurred_at, received_at, accepted, code, appointment, ticket)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET received_at = excluded.received_at, accepted = excluded.accepted, code = excluded.code,
			test = excluded.test, appointment = excluded.appointment, ticket = excluded.ticket
		WHERE actions.kiosk = excluded.kiosk`,
		a.Id.String(), kiosk, int64(a.Counter), a.Type, digest(a), a.Test || o.test, a.OccurredAt.UnixMilli(), now.UnixMilli(),
		o.accepted, o.code, o.appointment, o.ticket)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errors.New("another kiosk has taken the id meanwhile"))
	}
	return nil
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
