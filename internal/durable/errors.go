package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"
)

// What a caller acts on.
var (
	ErrCorrupt    = errors.New("database is corrupt")
	ErrForeign    = errors.New("file is another program's database; it is left as it is")
	ErrNewer      = errors.New("database is of a newer version than this program knows")
	ErrFull       = errors.New("disk or quota is full")
	ErrRights     = errors.New("no right to read and write the database")
	ErrBusy       = errors.New("database is held by another program")
	ErrNotDurable = errors.New("connection is not durable")
)

// CorruptError says where a corrupt file was set aside: someone must be told, and
// the file is never deleted.
type CorruptError struct {
	Aside string // path of the database; its log has the same name with -wal
	Err   error
}

// Error names the file and the damage.
func (e *CorruptError) Error() string { return fmt.Sprintf("%v; set aside as %s", e.Err, e.Aside) }

// Unwrap gives the damage; it wraps [ErrCorrupt].
func (e *CorruptError) Unwrap() error { return e.Err }

// Explain gives the errors of SQLite and of the file system that a caller acts on
// the names above. Others it returns as they are.
func Explain(err error) error {
	name := named(err)
	if name == nil || errors.Is(err, name) {
		return err
	}
	return fmt.Errorf("%w: %w", name, err)
}

func named(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return ErrRights
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ErrFull
	}
	var s sqlite3.Error
	if !errors.As(err, &s) {
		return nil
	}
	switch s.Code {
	case sqlite3.ErrIoErr: // of a file beside the database, where a full disk is not its own code
		return named(s.SystemErrno)
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return ErrCorrupt
	case sqlite3.ErrFull:
		return ErrFull
	case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return ErrRights
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return ErrBusy
	}
	return nil
}

// setAside renames a corrupt database and its log, the log first: were it left
// beside a new database, SQLite would play it back into that one.
func setAside(path string, cause error) error {
	aside := path + ".corrupt-" + time.Now().UTC().Format("20060102T150405.000000")
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(cause, fmt.Errorf("setting it aside: %w", err))
		}
	}
	if err := SyncDir(filepath.Dir(path)); err != nil {
		return errors.Join(cause, err)
	}
	return &CorruptError{Aside: aside, Err: cause}
}
