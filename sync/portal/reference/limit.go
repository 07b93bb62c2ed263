package reference

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"
)

// limit lets each kiosk, or each user name, do something burst times at once and then
// every so often. What was done is kept in the database, so that several portals on one
// count together, and a restart forgets nothing.
type limit struct {
	what  string
	every time.Duration
	burst int
}

func perMinute(what string, n, burst int) limit {
	return limit{what: what, every: time.Minute / time.Duration(n), burst: burst}
}

// Each row says by when all that was done would have been, had it been done one at a
// time. A row far ahead is from before the clock was put back, and counts as none.
const (
	nextOf    = "CASE WHEN limits.next < $3 OR limits.next > $3 + $5 THEN $3 ELSE limits.next END"
	allowOnce = `INSERT INTO limits (what, who, next) VALUES ($1, $2, CAST($3 AS BIGINT) + CAST($4 AS BIGINT))
		ON CONFLICT (what, who) DO UPDATE SET next = ` + nextOf + ` + $4 WHERE ` + nextOf + ` <= $3 + $5 - $4`
)

// allow gives 0, or how long to wait.
func (l limit) allow(ctx context.Context, q querier, who string, now time.Time) (time.Duration, error) {
	at, every := now.UnixMilli(), l.every.Milliseconds()
	done, err := q.ExecContext(ctx, allowOnce, l.what, who, at, every, every*int64(l.burst))
	if err != nil {
		return 0, err
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return 0, err
	}
	var next int64
	err = q.QueryRowContext(ctx, "SELECT next FROM limits WHERE what = $1 AND who = $2", l.what, who).Scan(&next)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil // so long ago that it was forgotten meanwhile
	}
	return max(time.Duration(next-at-every*int64(l.burst-1))*time.Millisecond, time.Millisecond), err
}

// back takes back what was allowed.
func (l limit) back(ctx context.Context, q querier, who string) error {
	_, err := q.ExecContext(ctx, "UPDATE limits SET next = next - $1 WHERE what = $2 AND who = $3", l.every.Milliseconds(), l.what, who)
	return err
}

// check is nil, or the problem that the limit is reached, or the database's error.
func (l limit) check(ctx context.Context, q querier, who string, now time.Time, reached func(after int) *problem) error {
	wait, err := l.allow(ctx, q, who, now)
	if err == nil && wait > 0 {
		return reached(int(math.Ceil(wait.Seconds())))
	}
	return err
}

// forgetLimits takes away the rows of whoever has waited long enough.
func (s *Store) forgetLimits(ctx context.Context, now time.Time) error {
	_, err := s.db.ExecContext(ctx, "DELETE FROM limits WHERE next < $1", now.UnixMilli())
	return err
}
