package reference

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode"

	"balie/sync/portal/api"
)

// checkIn checks a person in, where the card proves them and the appointment is
// theirs and of the day on which it was done. An appointment that does not exist is
// answered as one of another person.
func (s *Server) checkIn(ctx context.Context, tx *sql.Tx, a act) (outcome, error) {
	var c api.CheckIn
	if !s.decode("CheckIn", a.body, &c) || !printable(c.Ticket) || !printable(c.Appointment) {
		return refused("bad-body"), nil
	}
	if c.Reading.Method != api.Chip {
		return refused("card-refused"), nil // nothing else proves anything to a portal
	}
	person, err := s.o.Verifier.Verify(proofOf(c.Proof))
	if err != nil {
		return refused("card-refused"), nil
	}
	subject := s.o.Secrets.subjectOf(person.Number)
	o := outcome{test: person.Test, ticket: c.Ticket}
	var known bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM people WHERE subject = $1)", subject).Scan(&known); err != nil {
		return o, err
	}
	var day string
	err = tx.QueryRowContext(ctx, "SELECT day FROM appointments WHERE id = $1 AND subject = $2", c.Appointment, subject).Scan(&day)
	switch {
	case !known:
		o.code = "patient-unknown"
		return o, nil
	case errors.Is(err, sql.ErrNoRows):
		o.code = "not-theirs"
		return o, nil
	case err != nil:
		return o, err
	}
	o.appointment = c.Appointment
	if day != s.day(a.OccurredAt) {
		o.code = "wrong-day"
		return o, nil
	}
	return o, o.arrive(ctx, tx, a)
}

// arrive marks the appointment, once: whoever comes second is told so.
func (o *outcome) arrive(ctx context.Context, tx *sql.Tx, a act) error {
	done, err := tx.ExecContext(ctx, "UPDATE appointments SET checked_in_at = $1, ticket = $2 WHERE id = $3 AND checked_in_at = 0",
		a.OccurredAt.UnixMilli(), o.ticket, o.appointment)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err != nil {
		return err
	}
	if o.accepted = true; n == 0 {
		o.code = "already-checked-in"
	}
	return nil
}

// printable tells whether a text is one line that people can read; PostgreSQL does
// not take a zero byte either.
func printable(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
