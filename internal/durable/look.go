package durable

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/mattn/go-sqlite3"
)

// Look looks whether a database could be opened by a program that knows these
// migrations, and changes nothing of it; nobody else may have it open. There may be none
// yet. The error wraps [ErrCorrupt], [ErrNewer] or [ErrRights] where it is one of those.
func Look(ctx context.Context, path string, migrations fs.FS) (err error) {
	header, err := readHeader(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(header) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at database %s: %w", path, Explain(err))
	}
	db := sql.OpenDB(connector{dsn: source(path, url.Values{"mode": {"ro"}, "_busy_timeout": {"5000"}}), driver: &sqlite3.SQLiteDriver{}})
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if err := Explain(check(ctx, db)); err != nil {
		return fmt.Errorf("looking at database %s: %w", path, err)
	}
	steps, err := readMigrations(migrations)
	if err != nil {
		return err
	}
	var readableBy int
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(readable_by), 0) FROM schema_version").Scan(&readableBy); err != nil {
		return fmt.Errorf("looking at database %s: %w", path, Explain(err))
	}
	if newest := len(steps); readableBy > newest {
		return fmt.Errorf("looking at database %s: %w: for programs that know version %d; this one knows %d", path, ErrNewer, readableBy, newest)
	}
	return nil
}

// Export copies a database that nobody has open into a file that is not there yet.
func Export(ctx context.Context, path, to string) (err error) {
	db := sql.OpenDB(connector{dsn: source(path, url.Values{"mode": {"ro"}, "_busy_timeout": {"5000"}}), driver: &sqlite3.SQLiteDriver{}})
	defer func() { err = errors.Join(err, db.Close()) }()
	// https://www.sqlite.org/lang_vacuum.html: INTO makes a file of its own, synced.
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("exporting database %s: %w", path, Explain(err))
	}
	return nil
}
