package reference

import (
	"bytes"
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
)

const (
	longestShift = 12 * time.Hour
	// youngStatement is how far what a clerk says may lie from when it is used.
	youngStatement = 10 * time.Minute
)

// statement gives what a clerk attests, where the clerk is on the staff list, the
// shift is theirs and of this kiosk, and the statement is of this call or action.
func (s *Server) statement(ctx context.Context, q querier, a api.Attested, c claim) (api.Statement, error) {
	var st api.Statement
	switch {
	case !portal.AttestedBy(a):
		return st, clerkRefused("signature")
	case !s.contract.fits("Statement", a.Payload) || json.Unmarshal(a.Payload, &st) != nil || st.Purpose != c.purpose || st.Matter != c.matter:
		return st, clerkRefused("statement")
	case a.Shift.Kiosk != c.kiosk || !a.Shift.Until.After(a.Shift.From) || a.Shift.Until.Sub(a.Shift.From) > longestShift ||
		st.At.Before(a.Shift.From) || st.At.After(a.Shift.Until):
		return st, clerkRefused("shift")
	case st.At.Sub(c.at).Abs() > youngStatement:
		return st, clerkRefused("statement")
	}
	if err := s.onShift(ctx, q, a.Shift); err != nil || st.Audit == "" {
		return st, err
	}
	// The kiosk's own copy of it is in the hands of whoever has the kiosk.
	s.o.Log.Info("audit head", "kiosk", c.kiosk, "head", st.Audit)
	return st, nil
}

// onShift tells by card or badge that it is the clerk whom the shift names.
func (s *Server) onShift(ctx context.Context, q querier, shift api.Shift) error {
	var cardKey, salt, hash string
	err := q.QueryRowContext(ctx, "SELECT card_key, badge_salt, badge_hash FROM staff WHERE id = $1 AND active", shift.Clerk).Scan(&cardKey, &salt, &hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return clerkRefused("staff")
	case err != nil:
		return err
	case len(shift.Badge) >= portal.MinBadge && hash != "" && same(portal.BadgeHash(salt, shift.Badge), hash):
		return nil
	case cardKey == "" || !bytes.Equal(shift.Holder.Challenge, portal.ShiftChallenge(shift)):
		return clerkRefused("shift")
	}
	h, err := s.o.Verifier.VerifyHolder(proofOf(shift.Card), holderOf(shift.Holder))
	if err != nil || h.Test && !s.o.Test || !same(h.Key, cardKey) {
		return clerkRefused("shift")
	}
	return nil
}

func sameCard(n api.Named, identity []byte) bool {
	return subtle.ConstantTimeCompare(n.Card, portal.CardHash(identity)) == 1
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Clerk is someone of the staff who may work at a kiosk's desk.
type Clerk struct {
	ID, Name, Role string
	CardKey        string // SHA-256 of the public key of their own card's authentication certificate, hexadecimal
	BadgeSalt      string
	BadgeHash      string // as portal.BadgeHash makes it
}

// PutStaff makes the staff list what list is; who is not in it may work no longer.
func (s *Store) PutStaff(ctx context.Context, list []Clerk) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE staff SET active = FALSE"); err != nil {
			return err
		}
		for _, c := range list {
			_, err := tx.ExecContext(ctx, `INSERT INTO staff (id, name, role, card_key, badge_salt, badge_hash, active) VALUES ($1, $2, $3, $4, $5, $6, TRUE)
				ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, card_key = excluded.card_key,
					badge_salt = excluded.badge_salt, badge_hash = excluded.badge_hash, active = TRUE`,
				c.ID, c.Name, c.Role, c.CardKey, c.BadgeSalt, c.BadgeHash)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
