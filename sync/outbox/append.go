package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/google/uuid"

	"balie/sync/seal"
)

// plain is what a type and an order key may be made of: nothing that a name or a
// number fits in by accident is wanted here, and nothing that breaks a log line.
var (
	plainType = regexp.MustCompile(`^[a-z][a-z-]{0,39}$`)
	plainKey  = regexp.MustCompile(`^[A-Za-z0-9_-]{0,64}$`)
)

// Append seals an action and commits it to disk. Appending an id again gives the
// first receipt and changes nothing. The error wraps [ErrFull] or [ErrMismatch]
// where it is one of those; after any other it is unknown whether the action is in
// the queue.
func (b *Outbox) Append(ctx context.Context, a Action) (Receipt, error) {
	if a.ID == uuid.Nil || !plainType.MatchString(a.Type) || !plainKey.MatchString(a.OrderKey) || a.Body == nil {
		return Receipt{}, errors.New("appending: an id, a plain type, a plain order key and a body are needed")
	}
	if err := ctx.Err(); err != nil {
		return Receipt{}, fmt.Errorf("appending %s: %w", a.ID, err)
	}
	var r Receipt
	// Once begun it is not broken off: it is over in a moment, and then it is known how
	// it went. The driver also has a goroutine wait beside each statement that could be
	// broken off.
	err := b.transact(context.WithoutCancel(ctx), func(ctx context.Context, tx *sql.Tx) (err error) {
		r, err = b.append(ctx, tx, a)
		return err
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("appending %s: %w", a.ID, err)
	}
	b.wake()
	return r, nil
}

func (b *Outbox) append(ctx context.Context, tx *sql.Tx, a Action) (Receipt, error) {
	r, found, err := receipt(ctx, tx, a)
	if err != nil || found {
		return r, err
	}
	if r.Counter, err = b.count(ctx, tx); err != nil {
		return r, err
	}
	s := Sealed{
		ID: a.ID, Counter: r.Counter, Type: a.Type, Priority: a.Priority, OrderKey: a.OrderKey,
		OccurredAt: time.UnixMilli(a.OccurredAt.UnixMilli()).UTC(), Test: a.Test,
	}
	if err := b.seal(&s, a.Body); err != nil {
		return r, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO actions (counter, id, type, priority, order_key, occurred_at, test, key_id, sealed, mac, state)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')`, s.Counter, s.ID.String(), s.Type, s.Priority, s.OrderKey,
		s.OccurredAt.UnixMilli(), s.Test, s.KeyID, s.Body, b.mac(s))
	return r, err
}

// receipt looks for an action that was appended before.
func receipt(ctx context.Context, tx *sql.Tx, a Action) (r Receipt, found bool, err error) {
	r.ID = a.ID
	var kind, key string
	err = tx.QueryRowContext(ctx, "SELECT counter, type, order_key FROM actions WHERE id = ?", a.ID.String()).Scan(&r.Counter, &kind, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err == nil && (kind != a.Type || key != a.OrderKey) {
		err = ErrMismatch
	}
	return r, err == nil, err
}

// count gives the next counter.
func (b *Outbox) count(ctx context.Context, tx *sql.Tx) (next uint64, err error) {
	if err := tx.QueryRowContext(ctx, "UPDATE counter SET last = last + 1 RETURNING last").Scan(&next); err != nil {
		return 0, err
	}
	return next, b.mark.reach(next)
}

// seal makes the body and closes it; the plain one is wiped.
func (b *Outbox) seal(s *Sealed, body func(uint64) ([]byte, error)) error {
	plain, err := body(s.Counter)
	if err != nil {
		return fmt.Errorf("making the body: %w", err)
	}
	defer clear(plain)
	key := b.o.Keys.Current()
	s.KeyID = key.ID
	s.Body, err = key.Seal(seal.Context{Kiosk: b.o.Kiosk, Action: s.ID.String(), Counter: s.Counter, Type: s.Type}, plain)
	return err
}
