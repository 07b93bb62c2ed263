package reference

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

// checkIn checks a person in, where the card proves them and the appointment is
// theirs and of the day on which it was done. An appointment that does not exist is
// answered as one of another person.
func (s *Server) checkIn(ctx context.Context, tx *sql.Tx, a act, c api.CheckIn) (outcome, error) {
	if !printable(c.Ticket) || !printable(c.Appointment) {
		return refused("bad-body"), nil
	}
	k, err := s.whoArrives(ctx, tx, a, c)
	if err != nil {
		return asOutcome(err, outcome{test: k.test})
	}
	o := outcome{test: k.test, ticket: c.Ticket}
	var day string
	err = tx.QueryRowContext(ctx, "SELECT day FROM appointments WHERE id = $1 AND subject = $2 AND cancelled_at = 0", c.Appointment, k.subject).Scan(&day)
	switch {
	case !k.registered:
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
	if err := o.arrive(ctx, tx, a); err != nil {
		return o, err
	}
	return o, s.putReading(ctx, tx, a, c, k)
}

// judgeCheckIn judges the card of a check-in, while nobody waits for the database.
func (s *Server) judgeCheckIn(a *act, c api.CheckIn) {
	if len(c.Proof.Identity) > 0 {
		a.card = s.judge(proofOf(c.Proof))
	}
}

// whoArrives finds out who checks in: by chip, by letter and birth date, or by what a
// clerk attests.
func (s *Server) whoArrives(ctx context.Context, tx *sql.Tx, a act, c api.CheckIn) (k known, err error) {
	hasCard, hasLetter, attested := len(c.Proof.Identity) > 0, c.Letter != "" && c.Birth != "", len(c.Attested.Payload) > 0
	switch {
	case c.Reading.Method == api.Chip && hasCard && !hasLetter:
		return s.identify(ctx, tx, api.Person{Card: c.Proof, Attested: c.Attested}, a.claim(c.Appointment))
	case c.Reading.Method == api.Barcode && hasLetter && !hasCard && !attested:
		return s.arrivesByLetter(ctx, tx, c)
	case c.Reading.Method == api.Manual && attested && !hasCard && !hasLetter:
		return s.identify(ctx, tx, api.Person{Attested: c.Attested}, a.claim(c.Appointment))
	}
	return k, badRequest()
}

// arrivesByLetter finds whose appointment a letter is of. Only wrong tries count, and of
// them a letter takes as few as where it is looked up.
func (s *Server) arrivesByLetter(ctx context.Context, tx *sql.Tx, c api.CheckIn) (k known, err error) {
	letter := s.o.Secrets.letterOf(secret.NewText(c.Letter))
	if err := s.arrivals.check(ctx, tx, letter, s.o.Now(), tooManyLookups); err != nil {
		return k, err
	}
	if k, err = s.byLetter(ctx, tx, c.Appointment, c.Letter, c.Birth); err != nil {
		return k, err
	}
	return k, s.arrivals.back(ctx, tx, letter)
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

// putReading keeps how identity was read, for the invoice. The number of the card is
// sealed.
func (s *Server) putReading(ctx context.Context, tx *sql.Tx, a act, c api.CheckIn, k known) error {
	r := c.Reading
	_, err := tx.ExecContext(ctx, `INSERT INTO readings (action, method, document, serial, reason, clerk, unverified, read_at, chip)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (action) DO NOTHING`,
		a.Id.String(), r.Method, shown(r.Document), s.o.Secrets.close([]byte(r.Serial), "readings"), shown(r.Reason), k.clerk, k.unverified(), r.ReadAt.UnixMilli(), s.chipOf(a, c.Proof))
	return err
}

// chipOf is what the chip of a card answered to. That the answer is right the verifier
// has seen; an answer to the kiosk's own challenge may have been kept for later by a
// kiosk that was broken into.
func (s *Server) chipOf(a act, p api.Proof) string {
	switch {
	case len(p.Identity) == 0:
		return ""
	case len(p.Answer) == 0:
		return "none"
	case s.challengeHolds(p.Challenge, a.claim("")):
		return "portal"
	}
	return "kiosk"
}

// shown is a text, and nothing where it is not one line that people can read.
func shown(text string) string {
	if !printable(text) {
		return ""
	}
	return text
}

// printable tells whether a text is one line that people can read; PostgreSQL does
// not take a zero byte either.
func printable(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
