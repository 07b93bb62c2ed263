package outbox

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// maxCounter leaves room in SQLite's 64-bit integers for all that a kiosk counts
// after it.
const maxCounter = 1 << 62

// rowChanged is the reason of a row that is not as it was written.
const rowChanged = "row-changed"

// Result is what became of an action that was sent.
type Result struct {
	ID uuid.UUID
	// State is Acknowledged, Parked, or Pending for one to be tried again.
	State State
	// Reason is a code: of the refusal, or of why to try again.
	Reason string
	// After is how long a pending one is left alone.
	After time.Duration
}

// heads are the pending actions that nothing goes before: without an older one of
// the same order key that is as urgent and still pending.
const heads = ` FROM actions AS a WHERE state = 'pending'
	AND (order_key = '' OR NOT EXISTS (SELECT 1 FROM actions AS older WHERE older.state = 'pending' AND older.order_key <> ''
		AND older.order_key = a.order_key AND older.counter < a.counter AND older.priority >= a.priority))`

// dueHeads are those of them that are not left alone for a while. The plus keeps
// SQLite from finding all that are due and sorting them, where the first few in order
// are enough.
const dueHeads = "SELECT counter, id, type, priority, order_key, occurred_at, test, key_id, sealed, mac, attempts" +
	heads + " AND +not_before <= ? ORDER BY priority DESC, counter LIMIT ?"

// firstDue is when the first of the heads is due.
const firstDue = "SELECT not_before" + heads + " ORDER BY not_before LIMIT 1"

// Next gives up to n actions to send now, the most urgent and then the oldest
// first, at most one of each order key. A row whose MAC does not hold, or that cannot
// even be read, was changed by someone else: it is parked and not given.
func (b *Outbox) Next(ctx context.Context, n int) ([]Sealed, error) {
	good, changed, err := b.next(ctx, n)
	if err == nil && len(changed) > 0 {
		err = b.parkChanged(ctx, changed)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return good, nil
}

// next also gives the counters of the rows that were changed.
func (b *Outbox) next(ctx context.Context, n int) (good []Sealed, changed []int64, err error) {
	rows, err := b.db.QueryContext(ctx, dueHeads, b.clock(), n)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if s, mac, err := scanSealed(rows); err == nil && hmac.Equal(mac, b.mac(s)) {
			good = append(good, s)
			continue
		}
		counter, err := scanCounter(rows)
		if err != nil {
			return nil, nil, err
		}
		changed = append(changed, counter)
	}
	return good, changed, rows.Err()
}

// scanCounter reads the first column of a row of which the others may be anything.
// It is the key of the table, and so a number whatever was written there.
func scanCounter(rows *sql.Rows) (counter int64, err error) {
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	into := []any{&counter}
	for range columns[1:] {
		into = append(into, new(any))
	}
	return counter, rows.Scan(into...)
}

// parkChanged parks rows by their counter: their ids may be anything.
func (b *Outbox) parkChanged(ctx context.Context, counters []int64) error {
	now := time.Now().UnixMilli()
	err := b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, c := range counters {
			_, err := tx.ExecContext(ctx, "UPDATE actions SET state = 'parked', reason = ?, settled_at = ? WHERE counter = ? AND state = 'pending'", rowChanged, now, c)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		b.announce()
	}
	return err
}

func scanSealed(rows *sql.Rows) (s Sealed, mac []byte, err error) {
	var ms int64
	err = rows.Scan(&s.Counter, &s.ID, &s.Type, &s.Priority, &s.OrderKey, &ms, &s.Test, &s.KeyID, &s.Body, &mac, &s.Attempts)
	s.OccurredAt = time.UnixMilli(ms).UTC()
	return s, mac, err
}

// clock is the time since the outbox was opened, in milliseconds; it does not jump.
func (b *Outbox) clock() int64 { return time.Since(b.started).Milliseconds() }

// Due tells how long until [Outbox.Next] has something to give, where any action is
// pending.
func (b *Outbox) Due(ctx context.Context) (wait time.Duration, pending bool, err error) {
	var at int64
	err = b.db.QueryRowContext(ctx, firstDue).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("reading the outbox: %w", err)
	}
	return max(0, time.Duration(at-b.clock())*time.Millisecond), true, nil
}

// Settle notes what became of actions that were sent, all in one commit. Those
// that are not pending any more are left as they are.
func (b *Outbox) Settle(ctx context.Context, results []Result) error {
	err := b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, r := range results {
			if err := b.settle(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("settling: %w", err)
	}
	b.announce()
	return nil
}

func (b *Outbox) settle(ctx context.Context, tx *sql.Tx, r Result) (err error) {
	const where = ", attempts = attempts + 1, reason = ? WHERE id = ? AND state = 'pending'"
	now := time.Now().UnixMilli()
	switch r.State {
	case Acknowledged:
		_, err = tx.ExecContext(ctx, "UPDATE actions SET state = 'acknowledged', sealed = x'', settled_at = ?"+where, now, r.Reason, r.ID.String())
	case Parked:
		_, err = tx.ExecContext(ctx, "UPDATE actions SET state = 'parked', settled_at = ?"+where, now, r.Reason, r.ID.String())
	case Pending:
		_, err = tx.ExecContext(ctx, "UPDATE actions SET not_before = ?"+where, b.clock()+r.After.Milliseconds(), r.Reason, r.ID.String())
	default:
		err = fmt.Errorf("no such state: %q", r.State)
	}
	return err
}

// Acknowledge notes that the portal has an action.
func (b *Outbox) Acknowledge(ctx context.Context, id uuid.UUID) error {
	return b.Settle(ctx, []Result{{ID: id, State: Acknowledged}})
}

// SkipTo makes the next counter a higher one than counter. The portal takes none
// twice, so a kiosk whose disk was lost goes on from what the portal last saw. The error is
// [ErrCounter] where there would be no room after it.
func (b *Outbox) SkipTo(ctx context.Context, counter uint64) error {
	err := b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var last uint64
		err := tx.QueryRowContext(ctx, "SELECT last FROM counter").Scan(&last)
		switch {
		case err != nil || counter <= last:
			return err
		case counter > maxCounter:
			return ErrCounter
		}
		_, err = tx.ExecContext(ctx, "UPDATE counter SET last = ?", counter)
		return err
	})
	if err != nil {
		return fmt.Errorf("skipping to counter %d: %w", counter, err)
	}
	return nil
}

const purge = "DELETE FROM actions WHERE state = 'acknowledged' AND settled_at < ?"

// Purge deletes the actions that were acknowledged long enough ago, and makes the
// ballast again.
func (b *Outbox) Purge(ctx context.Context) error {
	before := time.Now().Add(-b.o.Keep).UnixMilli()
	if err := b.write(ctx, exec(purge, before)); err != nil {
		return fmt.Errorf("purging the outbox: %w", err)
	}
	if err := b.shrinkLog(ctx); err != nil {
		return fmt.Errorf("purging the outbox: %w", err)
	}
	b.ballast.keep()
	return nil
}
