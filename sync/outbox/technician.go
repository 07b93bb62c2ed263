package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Row is what a technician may see of an action: nothing of a person.
type Row struct {
	ID         uuid.UUID
	Counter    uint64
	Type       string
	Priority   int
	State      State
	Attempts   int
	OccurredAt time.Time
	NotBefore  time.Time // of a pending one that is left alone for a while; zero: due
	SettledAt  time.Time // when it was acknowledged or parked; zero: pending
	Reason     string    // code of the last answer
	KeyID      string
	Bytes      int // of the sealed body; 0 once acknowledged
}

// Stats counts the queue.
type Stats struct {
	Pending, Parked, Acknowledged int
	// Oldest is when the oldest pending action was done; zero where there is none.
	Oldest time.Time
}

const rowColumns = "SELECT counter, id, type, priority, state, attempts, occurred_at, not_before, settled_at, reason, key_id, length(sealed) FROM actions "

// List gives up to limit actions in one of states, the oldest first.
func (b *Outbox) List(ctx context.Context, limit int, states ...State) (list []Row, err error) {
	if len(states) == 0 {
		states = []State{Pending, Parked, Acknowledged}
	}
	for len(states) < 3 {
		states = append(states, states[0])
	}
	rows, err := b.db.QueryContext(ctx, rowColumns+"WHERE state IN (?, ?, ?) ORDER BY counter LIMIT ?", states[0], states[1], states[2], limit)
	if err != nil {
		return nil, fmt.Errorf("listing the outbox: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, err := b.scanRow(rows.Scan)
		if err != nil {
			r, err = changedRow(rows)
		}
		if err != nil {
			return nil, fmt.Errorf("listing the outbox: %w", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Show gives one action. The error wraps [ErrUnknown].
func (b *Outbox) Show(ctx context.Context, id uuid.UUID) (Row, error) {
	r, err := b.scanRow(b.db.QueryRowContext(ctx, rowColumns+"WHERE id = ?", id.String()).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrUnknown
	}
	if err != nil {
		return Row{}, fmt.Errorf("reading action %s: %w", id, err)
	}
	return r, nil
}

func (b *Outbox) scanRow(scan func(...any) error) (r Row, err error) {
	var occurred, notBefore, settled int64
	err = scan(&r.Counter, &r.ID, &r.Type, &r.Priority, &r.State, &r.Attempts, &occurred, &notBefore, &settled, &r.Reason, &r.KeyID, &r.Bytes)
	r.OccurredAt = time.UnixMilli(occurred).UTC()
	if settled > 0 {
		r.SettledAt = time.UnixMilli(settled).UTC()
	}
	if left := notBefore - b.clock(); left > 0 && r.State == Pending {
		r.NotBefore = time.Now().Add(time.Duration(left) * time.Millisecond)
	}
	return r, err
}

// changedRow is what can be said of a row that cannot be read: it has no id that
// anything could be done to.
func changedRow(rows *sql.Rows) (Row, error) {
	counter, err := scanCounter(rows)
	return Row{Counter: uint64(max(0, counter)), State: Parked, Reason: rowChanged}, err
}

const countStates = `SELECT (SELECT count(*) FROM actions WHERE state = 'pending'), (SELECT count(*) FROM actions WHERE state = 'parked'),
	(SELECT count(*) FROM actions WHERE state = 'acknowledged'), (SELECT occurred_at FROM actions WHERE state = 'pending' ORDER BY counter LIMIT 1)`

// Stats counts what is in the queue.
func (b *Outbox) Stats(ctx context.Context) (s Stats, err error) {
	var oldest sql.NullInt64
	err = b.db.QueryRowContext(ctx, countStates).
		Scan(&s.Pending, &s.Parked, &s.Acknowledged, &oldest)
	if err != nil {
		return s, fmt.Errorf("counting the outbox: %w", err)
	}
	if oldest.Valid {
		s.Oldest = time.UnixMilli(oldest.Int64).UTC()
	}
	return s, nil
}

// Retry makes a parked action pending again, and one that is left alone for a
// while due now. The error wraps [ErrUnknown] for one that is neither.
func (b *Outbox) Retry(ctx context.Context, id uuid.UUID) error {
	err := b.change(ctx, "UPDATE actions SET state = 'pending', settled_at = 0, not_before = 0 WHERE id = ? AND state IN ('parked', 'pending')", id.String())
	if err != nil {
		return fmt.Errorf("retrying action %s: %w", id, err)
	}
	b.wake()
	return nil
}

// Park takes a pending action out of the way until someone retries it; reason is a
// code. The error wraps [ErrUnknown] for one that is not pending.
func (b *Outbox) Park(ctx context.Context, id uuid.UUID, reason string) error {
	err := b.change(ctx, "UPDATE actions SET state = 'parked', reason = ?, settled_at = ? WHERE id = ? AND state = 'pending'",
		reason, time.Now().UnixMilli(), id.String())
	if err != nil {
		return fmt.Errorf("parking action %s: %w", id, err)
	}
	b.announce()
	return nil
}

// change runs a statement that must meet exactly one row.
func (b *Outbox) change(ctx context.Context, query string, args ...any) error {
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, ErrUnknown)
		}
		return nil
	})
}
