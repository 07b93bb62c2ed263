// Package ledger keeps the ids of code cards that were reserved and have not ended, in an
// SQLite database of its own: so a card that a crash cut short is made void by whoever
// starts next. It never holds a code, nor whose card it is.
package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"balie/internal/durable"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Ledger is the database. One process at a time may have it open.
type Ledger struct{ db *sql.DB }

// Open opens or makes the database at path. See [durable.Open] for its errors.
func Open(ctx context.Context, path string) (*Ledger, error) {
	db, err := durable.Open(ctx, path, durable.Options{Application: "BalC", Migrations: migrations})
	if err != nil {
		return nil, fmt.Errorf("opening the ledger of code cards: %w", err)
	}
	return &Ledger{db}, nil
}

// Close closes the database.
func (l *Ledger) Close() error { return l.db.Close() }

// Reserve notes a card. Noting it twice is no error.
func (l *Ledger) Reserve(ctx context.Context, card uuid.UUID) error {
	_, err := l.db.ExecContext(ctx, `INSERT INTO cards (id, reserved_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, card.String(), time.Now().UnixMilli())
	return durable.Explain(err)
}

// Strike notes that all that must be told of a card is on its way.
func (l *Ledger) Strike(ctx context.Context, card uuid.UUID) error {
	_, err := l.db.ExecContext(ctx, `DELETE FROM cards WHERE id = ?`, card.String())
	return durable.Explain(err)
}

// Open lists the cards that have not ended, the oldest first.
func (l *Ledger) Open(ctx context.Context) (list []uuid.UUID, err error) {
	rows, err := l.db.QueryContext(ctx, `SELECT id FROM cards ORDER BY reserved_at, id`)
	if err != nil {
		return nil, durable.Explain(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("reading a code card: %w", durable.Explain(err))
		}
		card, err := uuid.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("reading a code card: %w", err)
		}
		list = append(list, card)
	}
	return list, rows.Err()
}
