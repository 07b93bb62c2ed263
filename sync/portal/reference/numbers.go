package reference

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"balie/internal/secret"
	"balie/sync/portal/api"
)

// aead closes what the database must give back, as it must numbers for worklists.
func (s Secrets) aead() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, s.subject, nil, "balie/closed/1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// close closes a value to the state folder; of says what it is of.
func (s Secrets) close(plain []byte, of string) []byte {
	return s.closing.Seal(nil, nil, plain, []byte(of))
}

func (s Secrets) open(closed []byte, of string) ([]byte, error) {
	plain, err := s.closing.Open(nil, nil, closed, []byte(of))
	if err != nil {
		return nil, errors.New("opening what the database keeps: it was closed to another state folder")
	}
	return plain, nil
}

// keepNumber keeps the number of somebody who is known.
func keepNumber(ctx context.Context, tx *sql.Tx, secrets Secrets, number secret.Text) error {
	subject := secrets.subjectOf(number)
	_, err := tx.ExecContext(ctx, "INSERT INTO numbers (subject, number) VALUES ($1, $2) ON CONFLICT DO NOTHING",
		subject, secrets.close([]byte(number.Reveal()), subject))
	return err
}

// number gives the number of somebody; the error is sql.ErrNoRows where it is not known.
func (s *Store) number(ctx context.Context, secrets Secrets, subject string) (secret.Text, error) {
	var closed []byte
	if err := s.db.QueryRowContext(ctx, "SELECT number FROM numbers WHERE subject = $1", subject).Scan(&closed); err != nil {
		return secret.Text{}, err
	}
	number, err := secrets.open(closed, subject)
	return secret.NewText(string(number)), err
}

// subjectsOn gives who has appointments here on a day, and which, in order of start.
func (s *Store) subjectsOn(ctx context.Context, day string) (of map[string][]api.Appointment, err error) {
	rows, err := s.db.QueryContext(ctx, "SELECT subject, id FROM appointments WHERE day = $1 AND campus = '' AND cancelled_at = 0", day)
	if err != nil {
		return nil, fmt.Errorf("listing a day: %w", err)
	}
	whose := map[string]string{}
	for rows.Next() {
		var subject, id string
		if err := rows.Scan(&subject, &id); err != nil {
			return nil, errors.Join(fmt.Errorf("listing a day: %w", err), rows.Close())
		}
		whose[id] = subject
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("listing a day: %w", err)
	}
	list, err := s.appointments(ctx, "SELECT "+appointmentColumns+" FROM appointments WHERE day = $1 AND campus = '' AND cancelled_at = 0 ORDER BY starts, id", day)
	of = map[string][]api.Appointment{}
	for _, a := range list {
		if subject := whose[a.Id]; subject != "" {
			of[subject] = append(of[subject], a)
		}
	}
	return of, err
}

// entry is what is known of an entry that was made.
type entry struct {
	made, digest []byte
	chipless     bool
}

// entriesOf gives a kiosk's entries by their names.
func (s *Store) entriesOf(ctx context.Context, kiosk string) (map[string]entry, error) {
	of := map[string]entry{}
	_, err := listed(ctx, s.db, `SELECT subject, made, digest, FALSE FROM worklist_entries WHERE kiosk = $1
		UNION ALL SELECT entry, made, digest, TRUE FROM worklist_chipless WHERE kiosk = $1`, func(rows *sql.Rows) (struct{}, error) {
		var name string
		var e entry
		err := rows.Scan(&name, &e.made, &e.digest, &e.chipless)
		of[name] = e
		return struct{}{}, err
	}, kiosk)
	return of, err
}
