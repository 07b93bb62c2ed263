package reference

import (
	"context"
	"database/sql"
	"time"

	"balie/sync/portal/api"
)

// RetireKiosk takes the kiosk that calls out of service.
func (s *Server) RetireKiosk(ctx context.Context, r api.RetireKioskRequestObject) (api.RetireKioskResponseObject, error) {
	if r.Body.Waiting > 0 {
		return nil, notDrained()
	}
	kiosk, now := kioskOf(ctx).ID, s.o.Now()
	if err := s.o.Store.retire(ctx, kiosk, now); err != nil {
		return nil, asProblem(err)
	}
	s.o.Log.Info("kiosk retired", "kiosk", kiosk, "parked", r.Body.Parked)
	return api.RetireKiosk200JSONResponse{Kiosk: kiosk, RetiredAt: now.UTC()}, nil
}

// retire ends a kiosk's certificates and takes away what was of it alone.
func (s *Store) retire(ctx context.Context, kiosk string, now time.Time) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE kiosks SET retired_at = $1 WHERE id = $2", now.UnixMilli(), kiosk); err != nil {
			return err
		}
		for _, gone := range []string{
			"DELETE FROM invitations WHERE kiosk = $1", "DELETE FROM heartbeats WHERE kiosk = $1", "DELETE FROM worklists WHERE kiosk = $1",
		} {
			if _, err := tx.ExecContext(ctx, gone, kiosk); err != nil {
				return err
			}
		}
		return endAll(ctx, tx, kiosk, now)
	})
}
