package reference

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"balie/sync/portal/api"
)

// CallStaff has it ring on the staff's page.
func (s *Server) CallStaff(ctx context.Context, r api.CallStaffRequestObject) (api.CallStaffResponseObject, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, internal()
	}
	_, err = s.o.Store.db.ExecContext(ctx, "INSERT INTO helpcalls (id, kiosk, reason, screen, language, state, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		id.String(), kioskOf(ctx).ID, r.Body.Reason, r.Body.Screen, r.Body.Language, api.CallRinging, s.o.Now().UnixMilli())
	if err != nil {
		return nil, unavailable(retryLater)
	}
	return api.CallStaff200JSONResponse{Call: id, State: api.CallRinging}, nil
}

// GetCall says whether someone comes.
func (s *Server) GetCall(ctx context.Context, r api.GetCallRequestObject) (api.GetCallResponseObject, error) {
	c := api.HelpCallStatus{Call: r.Call}
	err := s.o.Store.db.QueryRowContext(ctx, "SELECT state FROM helpcalls WHERE id = $1 AND kiosk = $2", r.Call.String(), kioskOf(ctx).ID).Scan(&c.State)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, callUnknown()
	case err != nil:
		return nil, unavailable(retryLater)
	}
	return api.GetCall200JSONResponse(c), nil
}

// HelpCall is one that the staff sees.
type HelpCall struct {
	ID, Kiosk, Reason, Screen, Language string
	State                               api.HelpCallStatusState
	At                                  time.Time
}

// openCalls gives those that nobody has done with, oldest first.
func (s *Store) openCalls(ctx context.Context) ([]HelpCall, error) {
	return listed(ctx, s.db, "SELECT id, kiosk, reason, screen, language, state, at FROM helpcalls WHERE state <> 'done' ORDER BY at LIMIT 50",
		func(rows *sql.Rows) (c HelpCall, err error) {
			var at int64
			err = rows.Scan(&c.ID, &c.Kiosk, &c.Reason, &c.Screen, &c.Language, &c.State, &at)
			c.At = time.UnixMilli(at).UTC()
			return c, err
		})
}

// moveCall notes that someone comes, or is done: what the staff's page does.
func (s *Server) moveCall(w http.ResponseWriter, r *http.Request) {
	state := api.HelpCallStatusState(r.PostFormValue("state"))
	if state != api.CallComing && state != api.CallDone {
		badRequest().write(w)
		return
	}
	if _, err := s.o.Store.db.ExecContext(r.Context(), "UPDATE helpcalls SET state = $1 WHERE id = $2 AND state <> 'done'", state, r.PathValue("call")); err != nil {
		unavailable(retryLater).write(w)
		return
	}
	http.Redirect(w, r, "/staff/", http.StatusSeeOther)
}
