package reference

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
)

// overlap is how long a certificate stays good after the one that follows it was used
// for the first time: calls that are under way end, and connections are made anew.
const overlap = time.Hour

// kioskBySerial gives whose a certificate is. The error wraps [ErrNoKiosk].
func (s *Store) kioskBySerial(ctx context.Context, serial string) (k Kiosk, err error) {
	var last, ends, used, wipe, retired int64
	var nonce []byte
	err = s.db.QueryRowContext(ctx, `SELECT k.id, k.name, k.stopped, k.last_counter, k.retired_at, c.ends_at, c.used_at, e.nonce, e.wipe_at
		FROM certificates c JOIN kiosks k ON k.id = c.kiosk JOIN enrolments e ON e.kiosk = c.kiosk WHERE c.serial = $1`, serial).
		Scan(&k.ID, &k.Name, &k.Stopped, &last, &retired, &ends, &used, &nonce, &wipe)
	if errors.Is(err, sql.ErrNoRows) {
		return k, ErrNoKiosk
	}
	if err != nil {
		return k, fmt.Errorf("finding the kiosk of a certificate: %w", err)
	}
	k.LastCounter, k.Retired, k.ends, k.used = uint64(last), retired != 0, time.UnixMilli(ends), used != 0
	if wipe != 0 {
		k.wipe = &wipeOf{nonce: nonce, at: time.UnixMilli(wipe)}
	}
	return k, nil
}

// firstUse notes that a certificate works at its kiosk, and has those before it end.
func (s *Store) firstUse(ctx context.Context, kiosk, serial string, now time.Time) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE certificates SET used_at = $1 WHERE serial = $2 AND used_at = 0", now.UnixMilli(), serial)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE certificates SET ends_at = $1 WHERE kiosk = $2 AND ends_at > $1
			AND issued_at < (SELECT issued_at FROM certificates WHERE serial = $3)`, now.Add(overlap).UnixMilli(), kiosk, serial)
		return err
	})
}

// certificate gives the certificate of a kiosk's key that was issued before, and whether
// it is good; nil where there is none.
func certificate(ctx context.Context, tx *sql.Tx, kiosk string, spki []byte, now time.Time) (der []byte, good bool, err error) {
	var ends int64
	err = tx.QueryRowContext(ctx, "SELECT der, ends_at FROM certificates WHERE kiosk = $1 AND key = $2", kiosk, spki).Scan(&der, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return der, ends > now.UnixMilli(), err
}

// certify issues a certificate of a kiosk's key, once: the same key again gets the same,
// and none where that has ended.
func (s *Server) certify(ctx context.Context, tx *sql.Tx, kiosk string, csr []byte, now time.Time) ([]byte, error) {
	public, spki, err := keyOf(csr)
	if err != nil {
		return nil, csrRefused()
	}
	if der, good, err := certificate(ctx, tx, kiosk, spki, now); err != nil || good {
		return der, err
	} else if der != nil {
		return nil, csrRefused()
	}
	cert, err := s.o.Secrets.kioskCertificate(kiosk, public, now, s.o.CertificateLife)
	if err != nil {
		return nil, err
	}
	// One that was issued and never used is followed by this one: its answer was lost.
	_, err = tx.ExecContext(ctx, "UPDATE certificates SET ends_at = $1 WHERE kiosk = $2 AND used_at = 0 AND ends_at > $1", now.UnixMilli(), kiosk)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO certificates (serial, kiosk, key, der, issued_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)",
		serialOf(cert), kiosk, spki, cert.Raw, now.UnixMilli(), cert.NotAfter.UnixMilli())
	return cert.Raw, err
}

// RenewCertificate gives a kiosk a certificate of a new key.
func (s *Server) RenewCertificate(ctx context.Context, r api.RenewCertificateRequestObject) (api.RenewCertificateResponseObject, error) {
	var der []byte
	err := s.o.Store.transact(ctx, func(tx *sql.Tx) (err error) {
		der, err = s.certify(ctx, tx, kioskOf(ctx).ID, r.Body.Csr, s.o.Now())
		return err
	})
	if err != nil {
		return nil, asProblem(err)
	}
	return api.RenewCertificate200JSONResponse{Certificate: der}, nil
}

// Revoke ends every certificate of a kiosk at once: it must be enrolled anew. The error
// wraps [ErrNoKiosk].
func (s *Store) Revoke(ctx context.Context, id string, now time.Time) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		if err := isKiosk(ctx, tx, id); err != nil {
			return err
		}
		return endAll(ctx, tx, id, now)
	})
}

func endAll(ctx context.Context, tx *sql.Tx, kiosk string, now time.Time) error {
	_, err := tx.ExecContext(ctx, "UPDATE certificates SET ends_at = $1 WHERE kiosk = $2 AND ends_at > $1", now.UnixMilli(), kiosk)
	return err
}

func isKiosk(ctx context.Context, tx *sql.Tx, kiosk string) error {
	var is bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM kiosks WHERE id = $1)", kiosk).Scan(&is)
	if err == nil && !is {
		err = ErrNoKiosk
	}
	return err
}

// Wipe stops a kiosk and orders it to wipe who it is, and what it keeps but for its
// queue. The order names the enrolment: one that comes later is not touched. The error
// wraps [ErrNoKiosk].
func (s *Store) Wipe(ctx context.Context, id string, now time.Time) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE enrolments SET wipe_at = $1 WHERE kiosk = $2", now.UnixMilli(), id)
		if err != nil {
			return fmt.Errorf("ordering a wipe: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNoKiosk)
		}
		_, err = tx.ExecContext(ctx, "UPDATE kiosks SET stopped = TRUE WHERE id = $1", id)
		return err
	})
}

// wipeOf is which enrolment is to be wiped.
type wipeOf struct {
	nonce []byte
	at    time.Time
}

func (s Secrets) wipeOrder(k Kiosk) (api.SignedOrder, error) {
	return portal.OrderWipe(s.root, k.ID, k.wipe.nonce, k.wipe.at)
}
