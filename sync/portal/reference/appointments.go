package reference

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

const appointmentColumns = "id, starts, ends, label, place, route, route_url, phone, campus, video, checked_in_at, ticket"

// appointmentsOf gives someone's appointments of a day, in order of start.
func (s *Store) appointmentsOf(ctx context.Context, subject, day string) ([]api.Appointment, error) {
	return s.appointments(ctx, "SELECT "+appointmentColumns+" FROM appointments WHERE subject = $1 AND day = $2 AND cancelled_at = 0 ORDER BY starts, id LIMIT 100", subject, day)
}

// appointmentsAfter gives someone's appointments after a day, in order of start.
func (s *Store) appointmentsAfter(ctx context.Context, subject, day string) ([]api.Appointment, error) {
	return s.appointments(ctx, "SELECT "+appointmentColumns+" FROM appointments WHERE subject = $1 AND day > $2 AND cancelled_at = 0 ORDER BY starts, id LIMIT 100", subject, day)
}

// appointmentsOn gives everyone's appointments of a day, in order of start.
func (s *Store) appointmentsOn(ctx context.Context, day string) ([]api.Appointment, error) {
	return s.appointments(ctx, "SELECT "+appointmentColumns+" FROM appointments WHERE day = $1 AND cancelled_at = 0 ORDER BY starts, id LIMIT 1000", day)
}

func (s *Store) appointments(ctx context.Context, query string, args ...any) (list []api.Appointment, err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("looking appointments up: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	list = []api.Appointment{}
	for rows.Next() {
		var a api.Appointment
		var starts, ends, checkedIn int64
		if err := rows.Scan(&a.Id, &starts, &ends, &a.Label, &a.Place, &a.Route, &a.RouteUrl, &a.Phone, &a.Campus, &a.Video, &checkedIn, &a.Ticket); err != nil {
			return nil, fmt.Errorf("looking appointments up: %w", err)
		}
		a.Start, a.End, a.CheckedIn = time.UnixMilli(starts).UTC(), time.UnixMilli(ends).UTC(), checkedIn != 0
		list = append(list, a)
	}
	return list, rows.Err()
}

// Visit is an appointment and whose it is.
type Visit struct {
	Patient     Patient
	Appointment api.Appointment
	CheckedInAt time.Time   // zero: not yet
	Letter      secret.Text // what the barcode of its letter says; empty: there is none
}

// Admit puts in whom the hospital knows, and appointments of theirs. One that is
// there already is dated anew unless its person has checked in; what was checked in
// stays so.
func (s *Server) Admit(ctx context.Context, people []Patient, visits []Visit) error {
	return s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		for _, p := range people {
			if err := p.put(ctx, tx, s.o.Secrets); err != nil {
				return fmt.Errorf("adding a patient: %w", err)
			}
		}
		for _, v := range visits {
			if err := v.put(ctx, tx, s.o.Secrets, s.day(v.Appointment.Start)); err != nil {
				return fmt.Errorf("adding an appointment: %w", err)
			}
		}
		return nil
	})
}

func (v Visit) put(ctx context.Context, tx *sql.Tx, s Secrets, day string) error {
	a, checkedIn := v.Appointment, int64(0)
	if !v.CheckedInAt.IsZero() {
		checkedIn = v.CheckedInAt.UnixMilli()
	}
	letter := ""
	if !v.Letter.Empty() {
		letter = s.letterOf(v.Letter)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO appointments
		(id, subject, day, starts, ends, label, place, route, route_url, phone, campus, video, checked_in_at, ticket, letter)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (id) DO UPDATE SET day = excluded.day, starts = excluded.starts, ends = excluded.ends, letter = excluded.letter WHERE appointments.checked_in_at = 0`,
		a.Id, v.Patient.subject(s), day, a.Start.UnixMilli(), a.End.UnixMilli(), a.Label, a.Place, a.Route, a.RouteUrl, a.Phone, a.Campus, a.Video, checkedIn, a.Ticket, letter)
	if err == nil && letter != "" {
		err = keepShown(ctx, tx, s, entryLetter+a.Id, v.Patient.subject(s), a.Id, v.Letter.Reveal())
	}
	return err
}
