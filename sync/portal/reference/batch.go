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
	all := s.prepareAll(ctx, kiosk, actions)
	results, err := s.take(ctx, kiosk, all)
	if err == nil {
		return results
	}
	results = nil
	for i := range all {
		one, err := s.take(ctx, kiosk, all[i:i+1])
		if err != nil {
			// The database's own words stay unsaid.
			s.o.Log.Error("action could not be taken; the kiosk will send it again", "kiosk", kiosk, "action", all[i].Id)
			one = []api.ActionResult{{Id: all[i].Id, Status: api.Retry, Code: "busy", RetryAfter: retryLater}}
		}
		results = append(results, one...)
	}
	return results
}

func (s *Server) take(ctx context.Context, kiosk string, actions []prepared) (results []api.ActionResult, err error) {
	err = s.o.Store.transact(ctx, func(tx *sql.Tx) (err error) {
		results, err = s.takeIn(ctx, tx, kiosk, actions)
		return err
	})
	return results, err
}
