package reference

import (
	"context"
	"database/sql"
	"strings"

	"balie/internal/secret"
	"balie/sync/portal/api"
	"balie/sync/worklist"
)

// How the entries of a worklist that need no chip card are called here.
const (
	entryEAD    = "ead:"    // and the person
	entryLetter = "letter:" // and the appointment
	entryBirth  = "birth:"  // and the person; it is none by itself, but a part of the letters'
)

// keepShown keeps what somebody, or a letter, shows.
func keepShown(ctx context.Context, tx *sql.Tx, secrets Secrets, entry, subject, appointment, plain string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO shown (entry, subject, appointment, shown) VALUES ($1, $2, $3, $4) ON CONFLICT (entry) DO UPDATE SET shown = excluded.shown",
		entry, subject, appointment, secrets.close([]byte(plain), entry))
	return err
}

func (s *Server) shown(ctx context.Context, entry string) (secret.Text, error) {
	var closed []byte
	if err := s.o.Store.db.QueryRowContext(ctx, "SELECT shown FROM shown WHERE entry = $1", entry).Scan(&closed); err != nil {
		return secret.Text{}, err
	}
	plain, err := s.o.Secrets.open(closed, entry)
	return secret.NewText(string(plain)), err
}

// subjectBytes is what opens an entry. The error is sql.ErrNoRows where that is not
// known here.
func (s *Server) subjectBytes(ctx context.Context, e wanted) ([]byte, error) {
	if !e.chipless {
		number, err := s.o.Store.number(ctx, s.o.Secrets, e.subject)
		return worklist.Subject("ssin", number.Reveal()), err
	}
	what, err := s.shown(ctx, e.entry)
	if err != nil {
		return nil, err
	}
	birth, err := s.shown(ctx, entryBirth+e.subject)
	if strings.HasPrefix(e.entry, entryLetter) {
		return worklist.Letter(what.Reveal(), birth.Reveal()), err
	}
	return worklist.EAD(what.Reveal(), birth.Reveal()), err
}

// wanted is an entry that is to be on a list.
type wanted struct {
	entry, subject string
	chipless       bool
	appointments   []api.Appointment
}

// wantedOn gives what is to be on a list: whose number is known, and where the kiosk
// keeps such, people without one and letters.
func (s *Server) wantedOn(ctx context.Context, l list) (all []wanted, err error) {
	today, err := s.o.Store.subjectsOn(ctx, l.day)
	if err != nil {
		return nil, err
	}
	numbered, err := listed(ctx, s.o.Store.db, "SELECT subject FROM numbers WHERE subject IN (SELECT subject FROM appointments WHERE day = $1)",
		func(rows *sql.Rows) (w wanted, err error) {
			err = rows.Scan(&w.subject)
			w.entry = w.subject
			return w, err
		}, l.day)
	if err != nil {
		return nil, err
	}
	for _, w := range numbered {
		if w.appointments = today[w.subject]; w.appointments != nil {
			all = append(all, w)
		}
	}
	if !l.chipless {
		return all, nil
	}
	without, err := listed(ctx, s.o.Store.db, `SELECT entry, subject, appointment FROM shown WHERE entry NOT LIKE 'birth:%'
		AND subject IN (SELECT subject FROM appointments WHERE day = $1) AND EXISTS (SELECT 1 FROM shown b WHERE b.entry = 'birth:' || shown.subject)`, scanShown, l.day)
	for _, w := range without {
		if w.only(today[w.subject]) {
			all = append(all, w)
		}
	}
	return all, err
}

func scanShown(rows *sql.Rows) (w wanted, err error) {
	var appointment string
	err = rows.Scan(&w.entry, &w.subject, &appointment)
	w.chipless = true
	if appointment != "" {
		w.appointments = []api.Appointment{{Id: appointment}}
	}
	return w, err
}

// only takes from the appointments of a person those of an entry: a letter opens one.
func (w *wanted) only(of []api.Appointment) bool {
	letter := w.appointments
	w.appointments = of
	if letter != nil {
		w.appointments = nil
		for _, a := range of {
			if a.Id == letter[0].Id {
				w.appointments = []api.Appointment{a}
			}
		}
	}
	return len(w.appointments) > 0
}
