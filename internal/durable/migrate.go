package durable

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// migration is one step of a schema.
type migration struct {
	version    int
	readableBy int // the oldest program that can use what it makes
	name       string
	sql        string
}

const versions = `CREATE TABLE IF NOT EXISTS schema_version (
	version     INTEGER PRIMARY KEY,
	readable_by INTEGER NOT NULL,
	name        TEXT NOT NULL,
	applied_at  TEXT NOT NULL
)`

// migrate brings db to the newest version known, or says that db is too new.
func migrate(ctx context.Context, db *sql.DB, files fs.FS) error {
	steps, err := readMigrations(files)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, versions); err != nil {
		return fmt.Errorf("reading the version: %w", err)
	}
	var version, readableBy int
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0), coalesce(max(readable_by), 0) FROM schema_version").Scan(&version, &readableBy)
	if err != nil {
		return fmt.Errorf("reading the version: %w", err)
	}
	if newest := steps[len(steps)-1].version; readableBy > newest {
		return fmt.Errorf("%w: version %d, for programs that know %d; this one knows %d", ErrNewer, version, readableBy, newest)
	}
	for _, m := range steps {
		if m.version <= version {
			continue
		}
		if err := m.apply(ctx, db); err != nil {
			return fmt.Errorf("migrating to %s: %w", m.name, err)
		}
	}
	return nil
}

// apply applies m, unless another program that opened the file just did.
func (m migration) apply(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, "INSERT INTO schema_version (version, readable_by, name, applied_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		m.version, m.readableBy, m.name, time.Now().UTC().Format(time.RFC3339))
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, tx.Rollback())
	}
	if _, err := tx.ExecContext(ctx, m.sql); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// readMigrations reads migrations/*.sql; they must be numbered 1, 2, 3, …
func readMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("finding the migrations: %w", err)
	}
	var steps []migration
	for i, name := range names {
		m, err := readMigration(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading migration %s: %w", name, err)
		}
		if m.version != i+1 {
			return nil, fmt.Errorf("reading migration %s: its number must be %d", name, i+1)
		}
		steps = append(steps, m)
	}
	if len(steps) == 0 {
		return nil, errors.New("there are no migrations")
	}
	return steps, nil
}

func readMigration(files fs.FS, name string) (migration, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return migration{}, err
	}
	m := migration{name: strings.TrimSuffix(path.Base(name), ".sql"), sql: string(raw)}
	number, _, _ := strings.Cut(m.name, "_")
	if m.version, err = strconv.Atoi(number); err != nil {
		return m, err
	}
	m.readableBy = m.version
	first, _, _ := strings.Cut(m.sql, "\n")
	if by, says := strings.CutPrefix(first, "-- readable-by: "); says {
		m.readableBy, err = strconv.Atoi(by)
	}
	return m, err
}
