package reference

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"balie/sync/portal/api"
)

// Heartbeat keeps how a kiosk is, the last of it.
func (s *Server) Heartbeat(ctx context.Context, r api.HeartbeatRequestObject) (api.HeartbeatResponseObject, error) {
	kiosk, now := kioskOf(ctx).ID, s.o.Now()
	if err := s.beats.check(ctx, s.o.Store.db, kiosk, now, tooManyHeartbeats); err != nil {
		return nil, asProblem(err)
	}
	said, err := json.Marshal(r.Body)
	if err != nil {
		return nil, internal()
	}
	_, err = s.o.Store.db.ExecContext(ctx, "INSERT INTO heartbeats (kiosk, at, said) VALUES ($1, $2, $3) ON CONFLICT (kiosk) DO UPDATE SET at = excluded.at, said = excluded.said",
		kiosk, now.UnixMilli(), string(said))
	if err == nil {
		err = s.o.Store.forgetLimits(ctx, now) // as good a time as any
	}
	if err != nil {
		return nil, unavailable(retryLater)
	}
	return api.Heartbeat200JSONResponse{Time: now.UTC()}, nil
}

// Beat is the last that was heard of a kiosk.
type Beat struct {
	Kiosk string
	At    time.Time
	api.Heartbeat
}

// beats gives that of each kiosk.
func (s *Store) beats(ctx context.Context) ([]Beat, error) {
	return listed(ctx, s.db, "SELECT kiosk, at, said FROM heartbeats ORDER BY kiosk LIMIT 500", func(rows *sql.Rows) (b Beat, err error) {
		var at int64
		var said string
		if err := rows.Scan(&b.Kiosk, &at, &said); err != nil {
			return b, err
		}
		b.At = time.UnixMilli(at).UTC()
		if json.Unmarshal([]byte(said), &b.Heartbeat) != nil {
			return b, fmt.Errorf("what %s said cannot be read", b.Kiosk)
		}
		return b, nil
	})
}
