package reference

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"balie/sync/portal/api"
)

// CancelAppointment cancels an appointment of the holder that has not begun.
func (s *Server) CancelAppointment(ctx context.Context, r api.CancelAppointmentRequestObject) (api.CancelAppointmentResponseObject, error) {
	answer := api.Cancelled{Appointment: r.Appointment}
	err := s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		k, err := s.mayHaveCard(ctx, tx, api.Person{Card: r.Body.Proof, Holder: r.Body.Holder}, "cancel-appointment", r.Appointment)
		if err != nil {
			return err
		}
		answer.CancelledAt, err = s.cancel(ctx, tx, k.subject, r.Appointment)
		return err
	})
	if err != nil {
		return nil, asProblem(err)
	}
	return api.CancelAppointment200JSONResponse(answer), nil
}

func (s *Server) cancel(ctx context.Context, tx *sql.Tx, subject, id string) (at time.Time, err error) {
	now := s.o.Now()
	_, err = tx.ExecContext(ctx, "UPDATE appointments SET cancelled_at = $1 WHERE id = $2 AND subject = $3 AND cancelled_at = 0 AND checked_in_at = 0 AND starts > $1",
		now.UnixMilli(), id, subject)
	if err != nil {
		return at, err
	}
	var cancelled int64
	err = tx.QueryRowContext(ctx, "SELECT cancelled_at FROM appointments WHERE id = $1 AND subject = $2", id, subject).Scan(&cancelled)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return at, appointmentUnknown()
	case err == nil && cancelled == 0:
		return at, appointmentPast()
	}
	return time.UnixMilli(cancelled).UTC(), err
}
