package reference

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"time"

	"balie/internal/secret"
)

// Kiosk is what the portal knows of a kiosk.
type Kiosk struct {
	ID          string
	Name        string
	Stopped     bool
	LastCounter uint64
}

// kioskID is KioskID of openapi.yaml.
var kioskID = regexp.MustCompile(`^[A-Z][A-Z0-9-]{0,15}$`)

// ErrKioskID says that an id cannot be a kiosk's.
var ErrKioskID = errors.New("a kiosk's id is a capital letter and up to 15 capital letters, digits and hyphens")

// hashToken is how a token is kept. It has 256 random bits, so a plain hash cannot
// be turned back.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Enrol lets a kiosk in by a new token; the one that it had, if any, is void, and a
// kiosk that was stopped goes on.
func (s *Store) Enrol(ctx context.Context, id, name string, now time.Time) (secret.Text, error) {
	if !kioskID.MatchString(id) {
		return secret.Text{}, ErrKioskID
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	token := base64.RawURLEncoding.EncodeToString(raw)
	_, err := s.db.ExecContext(ctx, `INSERT INTO kiosks (id, name, token, stopped, last_counter, enrolled_at) VALUES ($1, $2, $3, FALSE, 0, $4)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, token = excluded.token, stopped = FALSE, enrolled_at = excluded.enrolled_at`,
		id, name, hashToken(token), now.UnixMilli())
	if err != nil {
		return secret.Text{}, fmt.Errorf("enrolling kiosk %s: %w", id, err)
	}
	return secret.NewText(token), nil
}

// Stop stops a kiosk, or lets it go on. The error wraps [ErrNoKiosk].
func (s *Store) Stop(ctx context.Context, id string, stopped bool) error {
	done, err := s.db.ExecContext(ctx, "UPDATE kiosks SET stopped = $1 WHERE id = $2", stopped, id)
	if err != nil {
		return fmt.Errorf("stopping kiosk %s: %w", id, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNoKiosk)
	}
	return nil
}

func (s *Store) kioskByToken(ctx context.Context, token string) (k Kiosk, err error) {
	var last int64
	err = s.db.QueryRowContext(ctx, "SELECT id, name, stopped, last_counter FROM kiosks WHERE token = $1", hashToken(token)).
		Scan(&k.ID, &k.Name, &k.Stopped, &last)
	k.LastCounter = uint64(last)
	if errors.Is(err, sql.ErrNoRows) {
		return k, ErrNoKiosk
	}
	if err != nil {
		return k, fmt.Errorf("finding the kiosk of a token: %w", err)
	}
	return k, nil
}
