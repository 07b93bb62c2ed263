package reference

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"balie/sync/overrides"
	"balie/sync/portal/api"
)

// site is the kiosk of the settings that are of all.
const site = ""

// GetOverrides gives the settings of the kiosk that calls, under the root.
func (s *Server) GetOverrides(ctx context.Context, r api.GetOverridesRequestObject) (api.GetOverridesResponseObject, error) {
	set, err := s.o.Store.Overrides(ctx, kioskOf(ctx).ID)
	if err != nil {
		return nil, unavailable(retryLater)
	}
	tag := strconv.Quote(strconv.FormatUint(set.Version, 10))
	if set.Version > 0 && r.Params.IfNoneMatch == tag {
		return api.GetOverrides304Response{}, nil
	}
	signed, err := overrides.Sign(s.o.Secrets.root, set)
	if err != nil {
		return nil, internal()
	}
	return api.GetOverrides200JSONResponse{Body: signed, Headers: api.GetOverrides200ResponseHeaders{ETag: tag}}, nil
}

// Overrides gives the settings of a kiosk: those of the site, and its own before them.
func (s *Store) Overrides(ctx context.Context, kiosk string) (overrides.Set, error) {
	return overridesOf(ctx, s.db, kiosk)
}

// overridesOf reads the version first: settings that are newer than it says are asked
// for again.
func overridesOf(ctx context.Context, q querier, kiosk string) (set overrides.Set, err error) {
	var version int64
	err = q.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM override_versions WHERE kiosk = $1 OR kiosk = $2", site, kiosk).Scan(&version)
	if err != nil {
		return set, fmt.Errorf("reading the settings of kiosk %s: %w", kiosk, err)
	}
	set.Kiosk, set.Version = kiosk, uint64(version)
	set.Settings, err = listed(ctx, q, `SELECT key, value, kiosk FROM overrides o WHERE kiosk = $1
		OR kiosk = $2 AND NOT EXISTS (SELECT 1 FROM overrides WHERE kiosk = $1 AND key = o.key)`, scanOverride, kiosk, site)
	if err != nil {
		return set, err
	}
	// By the bytes of their keys, which is not how every database sorts.
	slices.SortFunc(set.Settings, func(a, b api.Override) int { return strings.Compare(a.Key, b.Key) })
	if set.Settings == nil {
		set.Settings = []api.Override{}
	}
	return set, nil
}

func scanOverride(rows *sql.Rows) (o api.Override, err error) {
	var of string
	err = rows.Scan(&o.Key, &o.Value, &of)
	o.Scope = api.ScopeKiosk
	if of == site {
		o.Scope = api.ScopeSite
	}
	return o, err
}

// SetOverride sets a setting of a kiosk, or of all where kiosk is empty; an empty value
// takes it away. The error wraps [ErrNoKiosk] or [overrides.ErrSetting].
func (s *Store) SetOverride(ctx context.Context, kiosk string, o api.Override, now time.Time) error {
	if err := overrides.Check(o.Key, o.Value); err != nil && o.Value != "" {
		return fmt.Errorf("setting %.100q: %w", o.Key, err)
	}
	err := s.transact(ctx, func(tx *sql.Tx) error {
		if kiosk != site {
			if err := isKiosk(ctx, tx, kiosk); err != nil {
				return err
			}
		}
		if err := newVersion(ctx, tx, kiosk, now); err != nil {
			return err
		}
		if err := putOverride(ctx, tx, kiosk, o); err != nil {
			return err
		}
		return overridesFit(ctx, tx, kiosk)
	})
	if err != nil {
		return fmt.Errorf("setting %.100q: %w", o.Key, err)
	}
	return nil
}

// newVersion gives the settings of a kiosk a version above all others. The clock is in
// it, so that a database that is put back from a copy does not give one again. It comes
// first, since it makes changes wait for one another.
func newVersion(ctx context.Context, tx *sql.Tx, kiosk string, now time.Time) error {
	var version int64
	err := tx.QueryRowContext(ctx, `UPDATE portal SET override_version = CASE WHEN override_version < $1 THEN $1 ELSE override_version + 1 END
		RETURNING override_version`, now.UnixMilli()).Scan(&version)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO override_versions (kiosk, version) VALUES ($1, $2) ON CONFLICT (kiosk) DO UPDATE SET version = excluded.version", kiosk, version)
	return err
}

func putOverride(ctx context.Context, tx *sql.Tx, kiosk string, o api.Override) error {
	if o.Value == "" {
		_, err := tx.ExecContext(ctx, "DELETE FROM overrides WHERE kiosk = $1 AND key = $2", kiosk, o.Key)
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO overrides (kiosk, key, value) VALUES ($1, $2, $3) ON CONFLICT (kiosk, key) DO UPDATE SET value = excluded.value", kiosk, o.Key, o.Value)
	return err
}

// overridesFit holds that a change leaves settings that can be given to a kiosk; one of
// the site concerns all that have some of their own.
func overridesFit(ctx context.Context, tx *sql.Tx, kiosk string) error {
	concerned := []string{kiosk}
	if kiosk == site {
		own, err := listed(ctx, tx, "SELECT DISTINCT kiosk FROM overrides WHERE kiosk <> $1", func(rows *sql.Rows) (id string, err error) {
			err = rows.Scan(&id)
			return id, err
		}, site)
		if err != nil {
			return err
		}
		concerned = append(concerned, own...)
	}
	for _, id := range concerned {
		set, err := overridesOf(ctx, tx, id)
		if err == nil {
			err = set.Check()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
