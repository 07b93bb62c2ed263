// Package durable opens SQLite files so that what was committed survives a power
// cut, and refuses to open them any other way. Nothing else in the house opens
// SQLite; what is in a file is its owner's business. Small files that must survive as
// well are written by [WriteFile].
//
// The driver executes PRAGMA synchronous=NORMAL on every connection unless its
// data source name says otherwise, and takes a mistyped option in silence
// (github.com/mattn/go-sqlite3, sqlite3.go). Under NORMAL a write-ahead log is
// not synced at commit, so a power cut takes back what was acknowledged
// (https://www.sqlite.org/pragma.html#pragma_synchronous). So every connection is
// asked what it really does, and one that is not durable fails.
package durable

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

// Options say what is in the file and how large it may become.
type Options struct {
	// Application is four letters that stand in the header of the file: whose it is.
	Application string
	// Migrations holds migrations/NNNN_name.sql; see [Open].
	Migrations fs.FS
	// MaxBytes is a quota: an insert beyond it fails with ErrFull, a delete does not.
	// 0 is none.
	MaxBytes int64
	// Leave leaves a corrupt file where it is, for a path that somebody typed: it may
	// be another program's file.
	Leave bool
}

// Open opens or makes the database at path, checks the whole of it (quick_check)
// and brings it to the newest version that o.Migrations knows. There is one
// connection: one writer, and transactions that are immediate.
//
// A migration is a file of SQL, applied in the order of its number, each in a
// transaction of its own. Its first line may say "-- readable-by: N": a program
// that knows version N and no later one can still read and write the database.
// Without it only programs that know this version can.
//
// The error wraps [ErrCorrupt] (then, without o.Leave, it is a *[CorruptError] and the
// file has been set aside: opening again makes a new one), [ErrForeign], [ErrNewer],
// [ErrRights], [ErrBusy] or [ErrFull] where it is one of those.
func Open(ctx context.Context, path string, o Options) (*sql.DB, error) {
	err := create(path)
	if err == nil {
		err = o.claim(ctx, path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening database %s: %w", path, Explain(err))
	}
	db := sql.OpenDB(connector{dsn: dsn(path), driver: &sqlite3.SQLiteDriver{ConnectHook: o.connected}})
	db.SetMaxOpenConns(1)
	err = check(ctx, db)
	if err == nil {
		err = migrate(ctx, db, o.Migrations)
	}
	if err == nil {
		return db, nil
	}
	err = errors.Join(Explain(err), db.Close())
	if errors.Is(err, ErrCorrupt) && !o.Leave {
		err = setAside(path, err)
	}
	return nil, fmt.Errorf("opening database %s: %w", path, err)
}

// create makes an empty file that only its owner can read, and its directory
// entry durable. SQLite would make it with the rights of the umask.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes the entries of a directory durable: files made, renamed, removed.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing directory: %w", err)
	}
	return nil
}

// dsn names a file to the driver, as every connection of ours opens it.
func dsn(path string) string {
	return source(path, url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_txlock": {"immediate"},
		"_busy_timeout": {"5000"}, "_foreign_keys": {"1"}, "_secure_delete": {"1"},
		"_stmt_cache_size": {"32"}, // statements are few, and read again and again
	})
}

func source(path string, q url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// connector opens connections without a registered driver: package state would be
// shared by all databases, and ours have settings of their own.
type connector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

func (c connector) Driver() driver.Driver { return c.driver }

// check reads the whole file once. A damaged page is better met now than when a
// person waits.
func check(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("checking: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("checking: %w: %s", ErrCorrupt, verdict)
	}
	return nil
}
