package reference

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// ErrFingerprint says that a kiosk that is to be confirmed has another key.
var ErrFingerprint = errors.New("the kiosk that waits has another fingerprint, or none waits")

// Invitation is what a token is made for.
type Invitation struct {
	Kiosk, Name string
	Until       time.Time
	Confirm     bool // the kiosk's fingerprint must be confirmed here before it is let in
}

// Invite makes a token that lets a kiosk in, once. One that was made before is void;
// what the kiosk has now stays good until it comes with the new one. The error wraps
// [ErrKioskID].
func (s *Store) Invite(ctx context.Context, secrets Secrets, i Invitation) (portal.Token, error) {
	if !kioskID.MatchString(i.Kiosk) {
		return portal.Token{}, ErrKioskID
	}
	if i.Name == "" {
		i.Name = i.Kiosk
	}
	token := portal.NewToken(secrets.Root())
	err := s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO kiosks (id, name, stopped, last_counter, enrolled_at) VALUES ($1, $2, FALSE, 0, 0)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name`, i.Kiosk, i.Name)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO invitations (kiosk, secret, expires_at, confirmed, key) VALUES ($1, $2, $3, $4, NULL)
			ON CONFLICT (kiosk) DO UPDATE SET secret = excluded.secret, expires_at = excluded.expires_at, confirmed = excluded.confirmed, key = NULL`,
			i.Kiosk, secrets.tokenHash(token.Secret()), i.Until.UnixMilli(), !i.Confirm)
		return err
	})
	if err != nil {
		return portal.Token{}, fmt.Errorf("inviting kiosk %s: %w", i.Kiosk, err)
	}
	return token, nil
}

// tokenHash is how a token is kept: it has 60 bits, too few for a plain hash.
func (s Secrets) tokenHash(t secret.Text) []byte {
	return []byte(s.mac("balie/token/1\x00" + t.Reveal()))
}

// EnrolKiosk trades a token for a certificate.
func (s *Server) EnrolKiosk(ctx context.Context, r api.EnrolKioskRequestObject) (api.EnrolKioskResponseObject, error) {
	_, spki, err := keyOf(r.Body.Csr)
	if err != nil || len(r.Body.Nonce) != portal.NonceLen {
		return nil, csrRefused()
	}
	var kiosk string
	var der []byte
	err = s.o.Store.transact(ctx, func(tx *sql.Tx) (err error) {
		kiosk, der, err = s.redeem(ctx, tx, r.Body, spki)
		return err
	})
	if err != nil {
		return nil, asProblem(err)
	}
	answer := api.EnrolKiosk200JSONResponse{Status: api.Pending, Kiosk: kiosk, Fingerprint: portal.Fingerprint(spki)}
	if der == nil {
		return answer, nil
	}
	answer.Status, answer.Certificate, answer.Keys, answer.Root = api.Enrolled, der, s.keys, s.o.Secrets.RootCertificate()
	s.o.Log.Info("kiosk enrolled", "kiosk", kiosk, "fingerprint", answer.Fingerprint)
	return answer, nil
}

// redeem binds a token to the key that first came with it, and gives the certificate;
// none while the key is to be confirmed.
func (s *Server) redeem(ctx context.Context, tx *sql.Tx, r *api.Enrol, spki []byte) (kiosk string, der []byte, err error) {
	now, hash := s.o.Now(), s.o.Secrets.tokenHash(secret.NewText(r.Token))
	// First, since it makes calls with the same token wait for one another.
	done, err := tx.ExecContext(ctx, "UPDATE invitations SET key = $1 WHERE secret = $2 AND expires_at > $3 AND (key IS NULL OR key = $1)", spki, hash, now.UnixMilli())
	if err != nil {
		return "", nil, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return "", nil, errors.Join(err, tokenRefused())
	}
	var confirmed bool
	if err := tx.QueryRowContext(ctx, "SELECT kiosk, confirmed FROM invitations WHERE secret = $1", hash).Scan(&kiosk, &confirmed); err != nil || !confirmed {
		return kiosk, nil, err
	}
	der, good, err := certificate(ctx, tx, kiosk, spki, now)
	switch {
	case err != nil, good:
		return kiosk, der, err // the answer was lost
	case der != nil:
		return kiosk, nil, tokenRefused() // it was used, and what it gave was revoked
	}
	if err := endAll(ctx, tx, kiosk, now); err != nil {
		return kiosk, nil, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO enrolments (kiosk, nonce) VALUES ($1, $2)
		ON CONFLICT (kiosk) DO UPDATE SET nonce = excluded.nonce, wipe_at = 0`, kiosk, r.Nonce)
	if err != nil {
		return kiosk, nil, err
	}
	if _, err = tx.ExecContext(ctx, "UPDATE kiosks SET stopped = FALSE, retired_at = 0, enrolled_at = $1 WHERE id = $2", now.UnixMilli(), kiosk); err != nil {
		return kiosk, nil, err
	}
	der, err = s.certify(ctx, tx, kiosk, r.Csr, now)
	return kiosk, der, err
}

// Confirm lets in a kiosk that waits, whose key has the fingerprint that the operator
// read on it. The error wraps [ErrFingerprint].
func (s *Store) Confirm(ctx context.Context, kiosk, fingerprint string) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		var spki []byte
		err := tx.QueryRowContext(ctx, "SELECT key FROM invitations WHERE kiosk = $1 AND key IS NOT NULL", kiosk).Scan(&spki)
		if errors.Is(err, sql.ErrNoRows) || err == nil && portal.Fingerprint(spki) != fingerprint {
			return ErrFingerprint
		}
		if err != nil {
			return fmt.Errorf("confirming kiosk %s: %w", kiosk, err)
		}
		_, err = tx.ExecContext(ctx, "UPDATE invitations SET confirmed = TRUE WHERE kiosk = $1", kiosk)
		return err
	})
}
