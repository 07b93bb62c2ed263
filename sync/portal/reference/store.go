package reference

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"balie/internal/durable"
)

//go:embed migrations/*.sql
var schemas embed.FS

// What a caller acts on.
var (
	// ErrNoKiosk says that no kiosk was enrolled under that id or token.
	ErrNoKiosk = errors.New("no such kiosk is enrolled")
	// ErrNewer says that a newer program wrote the database; it is left as it is.
	ErrNewer = durable.ErrNewer
	// ErrOtherSecrets says that the database was made with the secrets of another
	// state folder, so that nobody in it can be found.
	ErrOtherSecrets = errors.New("the database belongs to another state folder")
	// ErrNotDurable says that the database may forget what it has acknowledged.
	ErrNotDurable = durable.ErrNotDurable
)

// Store keeps kiosks, appointments and what became of actions. It is safe for use
// by several goroutines and processes.
type Store struct{ db *sql.DB }

// OpenStore opens a database and brings it to this version: a PostgreSQL URL, or
// the path of an SQLite file, which is made where there is none.
func OpenStore(ctx context.Context, where string) (*Store, error) {
	if strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://") {
		return openPostgres(ctx, where)
	}
	db, err := durable.Open(ctx, where, durable.Options{Application: "BalP", Migrations: schemas, Leave: true})
	if err != nil {
		return nil, fmt.Errorf("opening the portal's database: %w", err)
	}
	return &Store{db: db}, nil
}

func openPostgres(ctx context.Context, url string) (*Store, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, errors.New("opening the portal's database: the URL cannot be read") // it may hold a password
	}
	db.SetMaxOpenConns(8)
	err = lasting(ctx, db)
	if err == nil {
		err = migratePostgres(ctx, db)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the portal's database: %w", err), db.Close())
	}
	return &Store{db: db}, nil
}

// lasting fails where a commit would not survive a power cut: an action that is
// acknowledged is thrown away at the kiosk.
func lasting(ctx context.Context, db *sql.DB) error {
	for _, setting := range []string{"fsync", "synchronous_commit"} {
		var value string
		if err := db.QueryRowContext(ctx, "SHOW "+setting).Scan(&value); err != nil {
			return err
		}
		if value == "off" {
			return fmt.Errorf("%w: %s is off", ErrNotDurable, setting)
		}
	}
	return nil
}

func migratePostgres(ctx context.Context, db *sql.DB) error {
	steps, err := stepsOfPostgres()
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	one, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // a second program waits, asking each second
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, nil, goose.WithSessionLocker(one), goose.WithGoMigrations(steps...))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	have, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the version: %w", err)
	}
	if have > known {
		return fmt.Errorf("%w: version %d; this one knows %d", ErrNewer, have, known)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	return nil
}

// stepsOfPostgres are the migrations in PostgreSQL's words for types: the only ones in
// which the two databases differ.
func stepsOfPostgres() (steps []*goose.Migration, err error) {
	names, err := fs.Glob(schemas, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := schemas.ReadFile(name)
		if err != nil {
			return nil, err
		}
		number, _, _ := strings.Cut(path.Base(name), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, err
		}
		words := strings.NewReplacer(" BLOB", " BYTEA", " INTEGER", " BIGINT").Replace(string(text))
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, words)
			return err
		}}, nil))
	}
	return steps, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// transact runs do in a transaction.
func (s *Store) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the database may have done so itself
		return err
	}
	return tx.Commit()
}

// Own makes the database that of these secrets, or finds that it is of others.
func (s *Store) Own(ctx context.Context, secrets Secrets) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO portal (one, secrets) VALUES (1, $1) ON CONFLICT DO NOTHING", secrets.fingerprint())
		if err != nil {
			return fmt.Errorf("claiming the database: %w", err)
		}
		var found string
		if err := tx.QueryRowContext(ctx, "SELECT secrets FROM portal").Scan(&found); err != nil {
			return fmt.Errorf("claiming the database: %w", err)
		}
		if found != secrets.fingerprint() {
			return ErrOtherSecrets
		}
		return nil
	})
}
