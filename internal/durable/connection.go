package durable

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"

	"github.com/mattn/go-sqlite3"
)

// logLimit is what of the write-ahead log stays on disk after a checkpoint, in bytes.
const logLimit = 1 << 20

// logPages is when the log is moved into the file, in pages: at 256 KiB. Until it
// is moved, disk is needed for the same pages twice, and on a full disk someone has
// to hold that much back; SQLite's own default is 4 MiB.
const logPages = 64

// asserted is what every connection must answer; all but the first two are of no
// use to durability and just as silently lost.
func asserted() []struct{ pragma, value string } {
	return []struct{ pragma, value string }{
		{"synchronous", "2"}, // FULL
		{"journal_mode", "wal"},
		{"secure_delete", "1"}, // ON: FAST leaves deleted bytes on free pages
		{"foreign_keys", "1"},
		{"cell_size_check", "1"},
		{"trusted_schema", "0"},
		{"journal_size_limit", strconv.Itoa(logLimit)},
		{"wal_autocheckpoint", strconv.Itoa(logPages)},
	}
}

// connected is run on every new connection: it sets what the driver has no option
// for, and asserts all of it.
func (o Options) connected(c *sqlite3.SQLiteConn) error {
	set := fmt.Sprintf("PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA journal_size_limit=%d; PRAGMA wal_autocheckpoint=%d", logLimit, logPages)
	if _, err := c.Exec(set, nil); err != nil {
		return fmt.Errorf("setting up a connection: %w", err)
	}
	if err := o.limit(c); err != nil {
		return err
	}
	return assert(c)
}

// assert fails where a connection is not as durable as it must be.
func assert(c *sqlite3.SQLiteConn) error {
	for _, want := range asserted() {
		got, err := ask(c, want.pragma)
		if err != nil {
			return err
		}
		if got != want.value {
			return fmt.Errorf("%w: %s is %s, must be %s", ErrNotDurable, want.pragma, got, want.value)
		}
	}
	return nil
}

// limit sets the quota. A file that is already larger keeps its size and can only
// shrink.
func (o Options) limit(c *sqlite3.SQLiteConn) error {
	if o.MaxBytes == 0 {
		return nil
	}
	size, err := askNumber(c, "page_size")
	if err != nil {
		return err
	}
	quota := o.MaxBytes / size
	got, err := askNumber(c, fmt.Sprintf("max_page_count=%d", quota))
	if err != nil {
		return err
	}
	used, err := askNumber(c, "page_count")
	if err != nil {
		return err
	}
	if got != max(quota, used) {
		return fmt.Errorf("setting the quota: it is %d pages, want %d", got, quota)
	}
	return nil
}

func askNumber(c *sqlite3.SQLiteConn, pragma string) (int64, error) {
	text, err := ask(c, pragma)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("asking for %s: answer %q", pragma, text)
	}
	return n, nil
}

func ask(c *sqlite3.SQLiteConn, pragma string) (string, error) {
	rows, err := c.Query("PRAGMA "+pragma, nil)
	if err != nil {
		return "", fmt.Errorf("asking for %s: %w", pragma, err)
	}
	row := make([]driver.Value, len(rows.Columns()))
	if err := errors.Join(rows.Next(row), rows.Close()); err != nil {
		return "", fmt.Errorf("asking for %s: %w", pragma, err)
	}
	if len(row) != 1 {
		return "", fmt.Errorf("asking for %s: %d columns", pragma, len(row))
	}
	return fmt.Sprint(row[0]), nil
}
