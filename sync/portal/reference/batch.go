package reference

import (
	"context"
	"database/sql"

	"balie/sync/portal/api"
)

// takeAll takes actions in order, in one transaction: a commit costs more than most
// actions. Where anything goes wrong in it, nothing of it happened, and each is taken
// in a transaction of its own, so that one does not hold up the others.
func (s *Server) takeAll(ctx context.Context, kiosk string, actions []api.Action) (results []api.ActionResult) {
	err := s.o.Store.transact(ctx, func(tx *sql.Tx) error {
		for _, a := range actions {
			result, err := s.takeIn(ctx, tx, kiosk, a)
			if err != nil {
				return err
			}
			results = append(results, result)
		}
		return nil
	})
	if err == nil {
		return results
	}
	results = nil
	for _, a := range actions {
		result, err := s.take(ctx, kiosk, a)
		if err != nil {
			// The database's own words stay unsaid.
			s.o.Log.Error("action could not be taken; the kiosk will send it again", "kiosk", kiosk, "action", a.Id)
			result = api.ActionResult{Id: a.Id, Status: api.Retry, Code: "busy", RetryAfter: retryLater}
		}
		results = append(results, result)
	}
	return results
}
