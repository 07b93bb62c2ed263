package reference

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"balie/sync/portal"
)

// Kiosk is what the portal knows of a kiosk.
type Kiosk struct {
	ID          string
	Name        string
	Stopped     bool
	Retired     bool
	LastCounter uint64

	ends time.Time // of the certificate that it came with
	used bool      // that certificate, before
	wipe *wipeOf   // nil: not ordered
}

// kioskID is KioskID of openapi.yaml.
var kioskID = regexp.MustCompile(`^[A-Z][A-Z0-9-]{0,15}$`)

// ErrKioskID says that an id cannot be a kiosk's.
var ErrKioskID = errors.New("a kiosk's id is a capital letter and up to 15 capital letters, digits and hyphens")

// Stop stops a kiosk, or lets it go on. The error wraps [ErrNoKiosk].
func (s *Store) Stop(ctx context.Context, id string, stopped bool) error {
	done, err := s.db.ExecContext(ctx, "UPDATE kiosks SET stopped = $1 WHERE id = $2", stopped, id)
	if err != nil {
		return fmt.Errorf("stopping kiosk %s: %w", id, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNoKiosk)
	}
	return nil
}

// Standing is how a kiosk stands, for who runs the portal.
type Standing struct {
	ID, Name string
	// State is "invited", "to be confirmed", "enrolled", "stopped", "wiping",
	// "retired", or "out" where it has no certificate that is good.
	State       string
	Until       time.Time // of the token that waits, or else of the certificate; since when it is retired
	Fingerprint string    // of the key that waits, or else of the one in use
}

// Kiosks tells how each kiosk stands, in order of their ids.
func (s *Store) Kiosks(ctx context.Context, now time.Time) (list []Standing, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT k.id, k.name, k.stopped, k.retired_at, COALESCE(e.wipe_at, 0), i.expires_at, i.confirmed, i.key, c.ends_at, c.key
		FROM kiosks k LEFT JOIN enrolments e ON e.kiosk = k.id LEFT JOIN invitations i ON i.kiosk = k.id
		LEFT JOIN certificates c ON c.kiosk = k.id AND c.issued_at = (SELECT MAX(issued_at) FROM certificates WHERE kiosk = k.id) ORDER BY k.id`)
	if err != nil {
		return nil, fmt.Errorf("listing kiosks: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r standingRow
		if err := rows.Scan(&r.id, &r.name, &r.stopped, &r.retired, &r.wipe, &r.tokenEnds, &r.confirmed, &r.waiting, &r.ends, &r.key); err != nil {
			return nil, fmt.Errorf("listing kiosks: %w", err)
		}
		list = append(list, r.standing(now))
	}
	return list, rows.Err()
}

type standingRow struct {
	id, name     string
	stopped      bool
	retired      int64
	wipe         int64
	tokenEnds    sql.NullInt64
	confirmed    sql.NullBool
	waiting, key []byte
	ends         sql.NullInt64
}

func (r standingRow) standing(now time.Time) Standing {
	s := Standing{ID: r.id, Name: r.name, State: "out"}
	good := r.ends.Valid && r.ends.Int64 > now.UnixMilli()
	if good {
		s.State, s.Until, s.Fingerprint = "enrolled", time.UnixMilli(r.ends.Int64), portal.Fingerprint(r.key)
	}
	open := r.tokenEnds.Valid && r.tokenEnds.Int64 > now.UnixMilli()
	switch {
	case open && r.waiting == nil:
		s.State, s.Until = "invited", time.UnixMilli(r.tokenEnds.Int64)
	case open && !r.confirmed.Bool:
		s.State, s.Until, s.Fingerprint = "to be confirmed", time.UnixMilli(r.tokenEnds.Int64), portal.Fingerprint(r.waiting)
	case r.wipe != 0:
		s.State = "wiping"
	case r.retired != 0:
		s.State, s.Until = "retired", time.UnixMilli(r.retired)
	case r.stopped:
		s.State = "stopped"
	}
	return s
}
