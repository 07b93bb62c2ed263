// Package audit keeps who of the staff did what at the desk, and when: on disk before
// the action is, and so that a record that was changed, taken out or moved later shows.
//
// Each record has a hash over itself and the hash of the one before. That alone does
// not show a tail that was cut off, so the last one, the head, is kept in two more
// places: beside the database, under a MAC of the device's key; and at the portal,
// which is told it with each statement of a clerk. A record names nobody but the
// clerk: it has the ids under which the portal knows the rest.
package audit

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"balie/internal/durable"
)

//go:embed migrations/*.sql
var migrations embed.FS

// errPersonal keeps from the log what could be of a person.
var errPersonal = errors.New("what is to be recorded is no id")

// Broken is what a log notes of itself when it was found changed.
const Broken = "log-broken"

// Entry is something that was done.
type Entry struct {
	At     time.Time
	Clerk  string    // as the staff list calls them; empty: the kiosk itself
	What   string    // "sign-in", or the type of an action: "link"
	Matter string    // id of the link or card; empty: none
	Action uuid.UUID // in the queue; zero: none
}

// Record is an entry as it stands in the log.
type Record struct {
	Number uint64 // from 1
	Entry
	Hash [32]byte
}

// Log is the log on disk. It is safe for use by several goroutines; one process at a
// time may have it open.
type Log struct {
	db     *sql.DB
	anchor anchor

	mu   sync.Mutex // guards head, and keeps records in order
	head Head
}

// Open opens or makes the log at path, and the file path.head beside it, whose MAC is
// under key. A log that was changed is opened all the same, and notes that it was: the
// desk goes on, and [Log.Verify] says where. See [durable.Open] for the errors; after a
// *[durable.CorruptError] the caller opens again, and what is missing shows.
func Open(ctx context.Context, path string, key []byte) (*Log, error) {
	db, err := durable.Open(ctx, path, durable.Options{Application: "BalA", Migrations: migrations})
	if err != nil {
		return nil, fmt.Errorf("opening the audit log: %w", err)
	}
	l := &Log{db: db, anchor: anchor{path: path + ".head", key: key}}
	if err := l.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the audit log: %w", err), db.Close())
	}
	return l, nil
}

// start finds the head: the last record, or what the anchor says where there should be
// later ones, so that the numbers that are missing stay missing.
func (l *Log) start(ctx context.Context) error {
	if err := l.anchor.begin(func() (empty bool, err error) {
		err = l.db.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM records)").Scan(&empty)
		return empty, durable.Explain(err)
	}); err != nil {
		return err
	}
	verdict, err := l.Verify(ctx)
	if err != nil {
		return err
	}
	known, err := l.anchor.load()
	if err != nil && !errors.Is(err, errAnchor) {
		return err
	}
	if l.head = verdict.Last; known.Number > l.head.Number {
		l.head = known
	}
	if verdict.Broken == nil {
		return nil
	}
	noted, err := l.notes(ctx, verdict.Broken.mark())
	if err != nil || noted {
		return err
	}
	_, err = l.Append(ctx, Entry{At: time.Now(), What: Broken, Matter: verdict.Broken.mark()})
	return err
}

// notes tells whether the log has noted already that it is broken there.
func (l *Log) notes(ctx context.Context, mark string) (noted bool, err error) {
	err = l.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM records WHERE what = ? AND matter = ?)", Broken, mark).Scan(&noted)
	return noted, durable.Explain(err)
}

// Close closes the file.
func (l *Log) Close() error { return l.db.Close() }

// Head is the last record.
func (l *Log) Head() Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// Append returns when the entry is on disk for good, with the head that it became. Where
// it fails nothing may be done in its name.
func (l *Log) Append(ctx context.Context, e Entry) (Head, error) {
	if err := e.check(); err != nil {
		return Head{}, fmt.Errorf("recording: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r := Record{Number: l.head.Number + 1, Entry: e}
	r.At = time.UnixMilli(e.At.UnixMilli()).UTC()
	r.Hash = r.hash(l.head.Hash)
	_, err := l.db.ExecContext(ctx, "INSERT INTO records (number, at, clerk, what, matter, action, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
		int64(r.Number), r.At.UnixMilli(), r.Clerk, r.What, r.Matter, r.action(), r.Hash[:])
	if err != nil {
		return Head{}, fmt.Errorf("recording: %w", errors.Join(durable.Explain(err), l.reread(context.WithoutCancel(ctx))))
	}
	l.head = Head{Number: r.Number, Hash: r.Hash}
	if err := l.anchor.keep(l.head); err != nil {
		return Head{}, fmt.Errorf("recording: %w", err)
	}
	return l.head, nil
}

// reread finds the head again after a commit that failed: the record may be there all the
// same. mu is held.
func (l *Log) reread(ctx context.Context) error {
	return l.each(ctx, columns+" ORDER BY number DESC LIMIT 1", func(r Record) bool {
		if r.Number > l.head.Number {
			l.head = Head{Number: r.Number, Hash: r.Hash}
		}
		return true
	})
}

var (
	word = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	id   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.:-]{7,63}$`)
)

// check lets in words and ids only. A number without letters may be a person's.
func (e Entry) check() error {
	named := e.Matter != "" && (!id.MatchString(e.Matter) || strings.Trim(e.Matter, "0123456789.:-") == "")
	if !word.MatchString(e.What) || e.Clerk != "" && !word.MatchString(e.Clerk) || named || e.At.IsZero() {
		return errPersonal
	}
	return nil
}

// List gives the newest records, the newest first.
func (l *Log) List(ctx context.Context, limit int) ([]Record, error) {
	var list []Record
	err := l.each(ctx, fmt.Sprintf("%s ORDER BY number DESC LIMIT %d", columns, limit), func(r Record) bool {
		list = append(list, r)
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("listing the audit log: %w", err)
	}
	return list, nil
}

const columns = "SELECT number, at, clerk, what, matter, action, hash FROM records"

// each gives the records of a query, as they stand there, until take has enough.
func (l *Log) each(ctx context.Context, query string, take func(Record) bool) (err error) {
	rows, err := l.db.QueryContext(ctx, query)
	if err != nil {
		return durable.Explain(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r Record
		var number, at int64
		var action string
		var hash []byte
		if err := rows.Scan(&number, &at, &r.Clerk, &r.What, &r.Matter, &action, &hash); err != nil {
			return durable.Explain(err)
		}
		r.Number, r.At = uint64(number), time.UnixMilli(at).UTC()
		copy(r.Hash[:], hash)
		if r.Action, err = uuid.Parse(action); action != "" && err != nil {
			r.Hash = [32]byte{} // it was changed: it has no hash that fits
		}
		if !take(r) {
			return nil
		}
	}
	return durable.Explain(rows.Err())
}
