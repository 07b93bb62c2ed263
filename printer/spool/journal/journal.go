// Package journal keeps the entries of package spool in an SQLite database of its own,
// so that they survive a power cut. It never holds anything of a document.
package journal

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"balie/internal/durable"
	"balie/printer"
	"balie/printer/spool"
)

//go:embed migrations/*.sql
var migrations embed.FS

// keep is how many settled jobs stay to be seen.
const keep = 10_000

// Journal is the database. One process at a time may have it open.
type Journal struct{ db *sql.DB }

var _ spool.Journal = (*Journal)(nil)

// Open opens or makes the database at path. See [durable.Open] for its errors.
func Open(ctx context.Context, path string) (*Journal, error) {
	db, err := durable.Open(ctx, path, durable.Options{Application: "BalJ", Migrations: migrations})
	if err != nil {
		return nil, fmt.Errorf("opening the journal of print jobs: %w", err)
	}
	_, err = db.ExecContext(ctx, `DELETE FROM jobs WHERE settled AND number <= (SELECT max(number) FROM jobs) - ?`, keep)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the journal of print jobs: %w", durable.Explain(err)), db.Close())
	}
	return &Journal{db}, nil
}

// Close closes the database.
func (j *Journal) Close() error { return j.db.Close() }

// Begin notes a job.
func (j *Journal) Begin(ctx context.Context, e spool.Entry) error {
	done, err := j.db.ExecContext(ctx, `INSERT INTO jobs (id, printer, secret, stage, changed_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		e.ID.String(), e.Printer, e.Secret, string(e.Stage), e.At.UnixMilli())
	return changed(done, err, spool.ErrKnown)
}

// Reach notes a stage.
func (j *Journal) Reach(ctx context.Context, id uuid.UUID, stage printer.Stage, by string) error {
	done, err := j.db.ExecContext(ctx, `UPDATE jobs SET stage = ?, by = ?, changed_at = ? WHERE id = ? AND outcome IS NULL`,
		string(stage), by, time.Now().UnixMilli(), id.String())
	return changed(done, err, errNoJob)
}

// End notes an outcome.
func (j *Journal) End(ctx context.Context, id uuid.UUID, outcome printer.Outcome, by string) error {
	done, err := j.db.ExecContext(ctx, `UPDATE jobs SET outcome = ?, by = ?, settled = NOT secret, changed_at = ? WHERE id = ? AND outcome IS NULL`,
		outcome.String(), by, time.Now().UnixMilli(), id.String())
	return changed(done, err, errNoJob)
}

// Settle notes that the outcome is on the caller's books. Settling twice is no error.
func (j *Journal) Settle(ctx context.Context, id uuid.UUID) error {
	done, err := j.db.ExecContext(ctx, `UPDATE jobs SET settled = 1 WHERE id = ? AND outcome IS NOT NULL`, id.String())
	return changed(done, err, spool.ErrNoJob)
}

// errNoJob says that no job of that id is at that point.
var errNoJob = errors.New("no such print job, or it has ended")

// changed gives none where a statement changed nothing.
func changed(done sql.Result, err, none error) error {
	if err != nil {
		return durable.Explain(err)
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return none
	}
	return err
}

// Unsettled lists what has not ended or not been settled.
func (j *Journal) Unsettled(ctx context.Context) (list []spool.Entry, err error) {
	rows, err := j.db.QueryContext(ctx, `SELECT id, printer, secret, stage, outcome, by, changed_at FROM jobs WHERE NOT settled ORDER BY number`)
	if err != nil {
		return nil, durable.Explain(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		e, err := entry(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

func entry(rows *sql.Rows) (spool.Entry, error) {
	var e spool.Entry
	var id, stage string
	var outcome sql.NullString
	var at int64
	if err := rows.Scan(&id, &e.Printer, &e.Secret, &stage, &outcome, &e.By, &at); err != nil {
		return e, fmt.Errorf("reading a print job: %w", durable.Explain(err))
	}
	var err error
	if e.ID, err = uuid.Parse(id); err != nil {
		return e, fmt.Errorf("reading a print job: %w", err)
	}
	e.Stage, e.At, e.Ended = printer.Stage(stage), time.UnixMilli(at), outcome.Valid
	e.Outcome = outcomeOf(outcome.String)
	return e, nil
}

// outcomeOf reads an outcome; one that a newer program wrote is unknown.
func outcomeOf(text string) printer.Outcome {
	for o := printer.Unknown; o <= printer.Retracted; o++ {
		if o.String() == text {
			return o
		}
	}
	return printer.Unknown
}
