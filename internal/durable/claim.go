package durable

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/mattn/go-sqlite3"
)

// Of the header of an SQLite file (https://www.sqlite.org/fileformat2.html, 1.3).
const (
	magic         = "SQLite format 3\x00"
	headerLen     = 100
	applicationAt = 68 // big-endian, 4 bytes
)

// claim makes an empty file ours, and looks at any other before anything is written
// to it: the driver's first pragma would change it. A file that is no database at all
// is left to SQLite to judge.
//
// The mark is made under a rollback journal, before the write-ahead log is: it is in
// the file itself from the first moment, and not in a log that a look at the header
// does not see.
func (o Options) claim(ctx context.Context, path string) error {
	id, err := o.application()
	if err != nil {
		return err
	}
	header, err := readHeader(path)
	switch {
	case err != nil:
		return err
	case len(header) == 0:
		return execute(ctx, path, url.Values{"_synchronous": {"EXTRA"}}, fmt.Sprintf("PRAGMA application_id=%d", id))
	case len(header) < headerLen || string(header[:len(magic)]) != magic:
		return nil
	}
	switch found := binary.BigEndian.Uint32(header[applicationAt:]); {
	case found == id:
		return nil
	case found != 0 || o.strange(ctx, path):
		return ErrForeign
	}
	return execute(ctx, path, url.Values{"_synchronous": {"FULL"}}, fmt.Sprintf("PRAGMA application_id=%d", id))
}

func (o Options) application() (uint32, error) {
	if len(o.Application) != 4 {
		return 0, errors.New("the application must be four letters")
	}
	return binary.BigEndian.Uint32([]byte(o.Application)), nil
}

// readHeader reads the first bytes of a file, fewer where it is shorter.
func readHeader(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	header, err := io.ReadAll(io.LimitReader(f, headerLen))
	return header, errors.Join(err, f.Close())
}

// strange tells whether a file without a mark has tables that are not ours. Before
// there were marks, ours could be told by the name of their first migration. What
// cannot be read is not strange: it is damaged, which is judged later. Immutable:
// nothing is written, not even the files that SQLite has beside a database.
func (o Options) strange(ctx context.Context, path string) bool {
	steps, err := readMigrations(o.Migrations)
	if err != nil {
		return false
	}
	db := sql.OpenDB(connector{dsn: source(path, url.Values{"immutable": {"1"}, "mode": {"ro"}}), driver: &sqlite3.SQLiteDriver{}})
	defer func() { _ = db.Close() }() // nothing was written
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil || tables == 0 {
		return false
	}
	var first string
	err = db.QueryRowContext(ctx, "SELECT name FROM schema_version WHERE version = 1").Scan(&first)
	var damaged sqlite3.Error
	if errors.As(err, &damaged) && named(err) == ErrCorrupt {
		return false
	}
	return err != nil || first != steps[0].name
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, path string, options url.Values, statement string) error {
	db := sql.OpenDB(connector{dsn: source(path, options), driver: &sqlite3.SQLiteDriver{}})
	_, err := db.ExecContext(ctx, statement)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("marking the file as ours: %w", err)
	}
	return nil
}
