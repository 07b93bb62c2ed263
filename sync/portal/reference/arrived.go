package reference

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ArrivedCard is a code card as the staff's page shows it: no whole number, since that
// is enough to block it.
type ArrivedCard struct {
	End        string // of its number
	Kiosk      string
	State      string
	How        string // its person was known
	Clerk      string
	ReservedAt time.Time
	Test       bool
}

// arrivedCards gives the newest.
func (s *Store) arrivedCards(ctx context.Context) ([]ArrivedCard, error) {
	return listed(ctx, s.db, `SELECT substr(id, length(id) - 3), kiosk, state, how, clerk, reserved_at, test FROM cards
		ORDER BY reserved_at DESC, id LIMIT 50`, func(rows *sql.Rows) (c ArrivedCard, err error) {
		var at int64
		err = rows.Scan(&c.End, &c.Kiosk, &c.State, &c.How, &c.Clerk, &at, &c.Test)
		c.ReservedAt = time.UnixMilli(at).UTC()
		return c, err
	})
}

// ArrivedLink is a parent and a child, without saying who they are.
type ArrivedLink struct {
	Kiosk, Clerk       string
	Documents          string
	Verified, Unlinked bool
	RequestedAt        time.Time
	Test               bool
}

// arrivedLinks gives the newest.
func (s *Store) arrivedLinks(ctx context.Context) ([]ArrivedLink, error) {
	return listed(ctx, s.db, `SELECT kiosk, clerk, documents, verified, unlinked, requested_at, test FROM links
		ORDER BY requested_at DESC, id LIMIT 50`, func(rows *sql.Rows) (l ArrivedLink, err error) {
		var at int64
		err = rows.Scan(&l.Kiosk, &l.Clerk, &l.Documents, &l.Verified, &l.Unlinked, &at, &l.Test)
		l.RequestedAt = time.UnixMilli(at).UTC()
		return l, err
	})
}

// listed reads rows, each by scan.
func listed[T any](ctx context.Context, q querier, query string, scan func(*sql.Rows) (T, error), args ...any) (list []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing what arrived: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("listing what arrived: %w", err)
		}
		list = append(list, one)
	}
	return list, rows.Err()
}
