package reference

import (
	"context"

	"balie/sync/portal/api"
)

// GetRevocations gives the revocation lists that this portal has.
func (s *Server) GetRevocations(context.Context, api.GetRevocationsRequestObject) (api.GetRevocationsResponseObject, error) {
	answer := api.GetRevocations200JSONResponse{Lists: []api.RevocationList{}}
	if s.o.Revocations == nil {
		return answer, nil
	}
	lists, err := s.o.Revocations()
	if err != nil {
		s.o.Log.Error("reading the revocation lists", "err", err)
		return nil, unavailable(retryLater)
	}
	answer.Lists = append(answer.Lists, lists...)
	return answer, nil
}
