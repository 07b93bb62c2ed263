// Package outbox keeps what people did until the portal has it: on disk, sealed
// to the portal's key, in order. It knows no wire: sync/courier carries.
//
// What Append returned without an error is there after a power cut. What it
// returned with one may be there as well, because a commit that failed can be
// found on disk later: an error means "unknown". The caller appends the same id
// again, or promises nothing.
//
// The booth cannot read what it keeps. Beside the sealed body a row has only
// random and technical values; each row carries a MAC under a key of the device,
// checked before the row is sent. No time on the wall decides what is sent when:
// clocks jump. What is being sent at the moment is known to the courier alone and
// forgotten with it, so that nothing is stuck after a crash.
package outbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"balie/internal/durable"
	"balie/sync/seal"
)

//go:embed migrations/*.sql
var migrations embed.FS

// defaultQuota is how large the queue may grow, in bytes: some fifty thousand check-ins.
const defaultQuota = 512 << 20

// What a caller acts on.
var (
	// ErrUnknown says that no such action is, or is any longer, in the queue.
	ErrUnknown = errors.New("no such action in the queue")
	// ErrParked says that the portal refused the action for good.
	ErrParked = errors.New("the portal refused the action")
	// ErrMismatch says that an id was appended before, for another action.
	ErrMismatch = errors.New("id belongs to another action")
	// ErrCounter says that no kiosk comes to such a counter; nothing was skipped.
	ErrCounter = errors.New("no kiosk comes to this counter")
	// ErrFull says that disk or quota is full; nothing was appended.
	ErrFull = durable.ErrFull
	// ErrNewer says that a newer program wrote the queue; it is left as it is.
	ErrNewer = durable.ErrNewer
)

// Keys gives the portal's key to seal to now; seal.Ring does.
type Keys interface{ Current() seal.Key }

// Options say whose queue it is and how it is closed.
type Options struct {
	Kiosk  string
	Keys   Keys
	MACKey []byte // of this device, 32 bytes; identity.Keyring gives one
	// Keep is how long an acknowledged action stays to be seen; 0 is a week.
	Keep time.Duration
	// MaxBytes is how large the queue may grow; 0 is 512 MiB.
	MaxBytes int64
}

// Outbox is the queue on disk. It is safe for use by several goroutines; one
// process at a time may have it open.
type Outbox struct {
	db      *sql.DB
	o       Options
	started time.Time // not-before times count from here, on the monotonic clock
	ballast ballast
	mark    mark
	added   chan struct{}

	ordering [32]byte // of order keys; of this process alone

	mu      sync.Mutex    // guards settled
	settled chan struct{} // closed and replaced whenever an action settles
}

// Open opens or makes the queue at path, and the files path.counter and
// path.ballast beside it. See [durable.Open] for its errors; after a
// *[durable.CorruptError] the caller raises an alarm and opens again: the counter
// goes on where it was.
func Open(ctx context.Context, path string, o Options) (*Outbox, error) {
	if o.Kiosk == "" || o.Keys == nil || len(o.MACKey) != keyLen {
		return nil, fmt.Errorf("opening the outbox: kiosk, keys and a MAC key of %d bytes are needed", keyLen)
	}
	if o.Keep == 0 {
		o.Keep = 7 * 24 * time.Hour
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultQuota
	}
	file, _ := Ballast(path)
	reserve := ballast{path: file}
	db, err := openDatabase(ctx, path, o, reserve)
	if err != nil {
		return nil, fmt.Errorf("opening the outbox: %w", err)
	}
	b := &Outbox{
		db: db, o: o, started: time.Now(), ballast: reserve, mark: mark{path: path + ".counter"},
		added: make(chan struct{}, 1), settled: make(chan struct{}),
	}
	_, _ = rand.Read(b.ordering[:]) // never fails
	if err := b.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the outbox: %w", err), db.Close())
	}
	return b, nil
}

// openDatabase opens the file; on a full disk it gives up the ballast for that, since
// SQLite makes files beside it.
func openDatabase(ctx context.Context, path string, o Options, reserve ballast) (*sql.DB, error) {
	options := durable.Options{Application: "BalQ", Migrations: migrations, MaxBytes: o.MaxBytes}
	db, err := durable.Open(ctx, path, options)
	if errors.Is(err, ErrFull) && reserve.drop() {
		db, err = durable.Open(ctx, path, options)
	}
	if errors.Is(err, ErrNewer) {
		err = fmt.Errorf("%w; it is left as it is: install the version of the program that wrote it, or a newer one", err)
	}
	return db, err
}

// start brings the counter past all that were ever given, and makes everything due.
func (b *Outbox) start(ctx context.Context) error {
	var last uint64
	if err := b.db.QueryRowContext(ctx, "SELECT last FROM counter").Scan(&last); err != nil {
		return err
	}
	floor, err := b.mark.load(last)
	if err != nil {
		return err
	}
	if floor > last {
		if err := b.write(ctx, exec("UPDATE counter SET last = ?", floor)); err != nil {
			return err
		}
	}
	if err := b.write(ctx, exec("UPDATE actions SET not_before = 0 WHERE state = 'pending' AND not_before <> 0")); err != nil {
		return err
	}
	b.ballast.keep()
	return nil
}

// Close closes the file.
func (b *Outbox) Close() error { return b.db.Close() }

// Added tells that something was appended or is to be tried again since it last
// told.
func (b *Outbox) Added() <-chan struct{} { return b.added }

func (b *Outbox) wake() {
	select {
	case b.added <- struct{}{}:
	default:
	}
}

// Wait returns nil once the portal has the action, an error wrapping [ErrParked]
// or [ErrUnknown], or the error of ctx when that ends first.
func (b *Outbox) Wait(ctx context.Context, id uuid.UUID) error {
	for {
		settled := b.watch()
		row, err := b.Show(ctx, id)
		switch {
		case err != nil:
			return fmt.Errorf("waiting for the portal: %w", err)
		case row.State == Acknowledged:
			return nil
		case row.State == Parked:
			return fmt.Errorf("waiting for the portal: %w: %s", ErrParked, row.Reason)
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return fmt.Errorf("waiting for the portal: %w", ctx.Err())
		}
	}
}

func (b *Outbox) watch() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.settled
}

func (b *Outbox) announce() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.settled)
	b.settled = make(chan struct{})
}

// write runs a transaction that makes room or settles; on a full disk it makes room
// for it and tries once more.
func (b *Outbox) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	err := b.transact(ctx, do)
	if errors.Is(err, ErrFull) && b.makeRoom(ctx) {
		err = b.transact(ctx, do)
	}
	return err
}

// makeRoom gives up the ballast and shrinks the log. It tells whether either was of
// use.
func (b *Outbox) makeRoom(ctx context.Context) bool {
	dropped := b.ballast.drop()
	return b.shrinkLog(ctx) == nil || dropped
}

// shrinkLog empties SQLite's log into the file, and gives its room back.
func (b *Outbox) shrinkLog(ctx context.Context) error {
	var busy, frames, moved int
	if err := b.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return durable.Explain(err)
	}
	if busy != 0 {
		return durable.ErrBusy
	}
	return nil
}

func (b *Outbox) transact(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return durable.Explain(err)
	}
	if err := do(ctx, tx); err != nil {
		return durable.Explain(rollback(tx, err))
	}
	return durable.Explain(tx.Commit())
}

// rollback ends a transaction that failed. SQLite has often done so itself, which
// is no second fault.
func rollback(tx *sql.Tx, cause error) error {
	_ = tx.Rollback()
	return cause
}

func exec(query string, args ...any) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
}

// Look looks whether the queue at path could be opened, and changes nothing of it; nobody
// may have it open. See [durable.Look] for its errors.
func Look(ctx context.Context, path string) error { return durable.Look(ctx, path, migrations) }

// Ballast is the file beside the queue at path that holds some disk back, and its size.
func Ballast(path string) (file string, size int64) { return path + ".ballast", ballastSize }

// Export writes the queue at path into a file of its own, as it is: sealed to the portal.
// Nobody may have the queue open, and the file must not be there yet.
func Export(ctx context.Context, path, to string) error { return durable.Export(ctx, path, to) }
