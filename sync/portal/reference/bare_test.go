package reference_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/sync/portal/api"
	"balie/sync/seal"
)

// bareLoop opens actions and runs the SQL of a check-in for each.
type bareLoop struct {
	t        *testing.T
	db       *sql.DB
	opener   *seal.Opener
	subjects map[string]string // whose each appointment is
}

// bareLoop gives a loop for actions that are sealed to the keys of a state folder.
func (r *drainPortal) bareLoop(t *testing.T, state string) *bareLoop {
	t.Helper()
	r.invite(t)
	db := r.database(t)
	return &bareLoop{t: t, db: db, opener: openerOf(t, state), subjects: r.subjects(t, db)}
}

// run runs it, with a commit for each hundred, and gives how long that took.
func (b *bareLoop) run(actions []api.Action) time.Duration {
	b.t.Helper()
	began := time.Now()
	for from := 0; from < len(actions); from += 100 {
		tx, err := b.db.BeginTx(b.t.Context(), nil)
		must(b.t, err)
		for _, a := range actions[from:min(from+100, len(actions))] {
			body, err := b.opener.Open(seal.Context{Kiosk: drainKiosk, Action: a.Id.String(), Counter: a.Counter, Type: a.Type}, a.Sealed)
			must(b.t, err)
			var c api.CheckIn
			must(b.t, json.Unmarshal(body, &c))
			b.insert(tx, a, c)
		}
		must(b.t, tx.Commit())
	}
	return time.Since(began)
}

// openerOf reads the key of a state folder, as portald wrote it.
func openerOf(t *testing.T, state string) *seal.Opener {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(state, "secrets.json"))
	must(t, err)
	var f struct {
		Sealing []struct {
			ID      string
			Private []byte
		}
	}
	must(t, json.Unmarshal(raw, &f))
	opener, err := seal.LoadOpener(f.Sealing[0].ID, f.Sealing[0].Private)
	must(t, err)
	return opener
}

// subjects says whose appointment each is that was put in first.
func (r *drainPortal) subjects(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.Query("SELECT id, subject FROM appointments WHERE id NOT LIKE '%-%'")
	must(t, err)
	defer rows.Close()
	of := map[string]string{}
	for rows.Next() {
		var id, subject string
		must(t, rows.Scan(&id, &subject))
		of[id] = subject
	}
	return of
}

// insert runs the statements of a check-in.
func (b *bareLoop) insert(tx *sql.Tx, a api.Action, c api.CheckIn) {
	b.t.Helper()
	who, _, _ := strings.Cut(c.Appointment, "-")
	id, at, digest := a.Id.String(), a.OccurredAt.UnixMilli(), sha256.Sum256(a.Sealed)
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{"UPDATE kiosks SET last_counter = CASE WHEN last_counter < $1 THEN $1 ELSE last_counter END WHERE id = $2", []any{int64(a.Counter), drainKiosk}},
		{"SELECT kiosk, digest, accepted FROM actions WHERE id = $1", []any{id}},
		{"SELECT EXISTS (SELECT 1 FROM actions WHERE kiosk = $1 AND counter = $2 AND id <> $3 AND code <> 'counter-reused')", []any{drainKiosk, int64(a.Counter), id}},
		{"SELECT EXISTS (SELECT 1 FROM people WHERE subject = $1)", []any{b.subjects[who]}},
		{"SELECT day FROM appointments WHERE id = $1 AND subject = $2", []any{c.Appointment, b.subjects[who]}},
		{"UPDATE appointments SET checked_in_at = $1, ticket = $2 WHERE id = $3 AND checked_in_at = 0", []any{at, c.Ticket, c.Appointment}},
		{`INSERT INTO actions (id, kiosk, counter, type, digest, test, occurred_at, received_at, accepted, code, appointment, ticket)
			VALUES ($1, $2, $3, $4, $5, FALSE, $6, $6, TRUE, '', $7, $8) ON CONFLICT (id) DO UPDATE SET received_at = excluded.received_at`,
			[]any{id, drainKiosk, int64(a.Counter), a.Type, digest[:], at, c.Appointment, c.Ticket}},
		{`INSERT INTO readings (action, method, document, serial, reason, clerk, unverified, read_at)
			VALUES ($1, $2, $3, $4, '', '', FALSE, $5) ON CONFLICT (action) DO NOTHING`, []any{id, c.Reading.Method, c.Reading.Document, digest[:], c.Reading.ReadAt.UnixMilli()}},
	} {
		_, err := tx.ExecContext(b.t.Context(), q.sql, q.args...)
		must(b.t, err)
	}
}
