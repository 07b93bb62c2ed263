package reference

import (
	"context"

	"balie/sync/portal/api"
)

// LookupHolderAppointments gives the later appointments of whom the card proves and
// whose PIN let it sign.
func (s *Server) LookupHolderAppointments(ctx context.Context, r api.LookupHolderAppointmentsRequestObject) (api.LookupHolderAppointmentsResponseObject, error) {
	if err := s.lookups.check(ctx, s.o.Store.db, kioskOf(ctx).ID, s.o.Now(), tooManyLookups); err != nil {
		return nil, asProblem(err)
	}
	k, err := s.mayHaveCard(ctx, s.o.Store.db, api.Person{Card: r.Body.Proof, Holder: r.Body.Holder}, "holder-lookup", "")
	if err != nil {
		return nil, asProblem(err)
	}
	list, err := s.o.Store.appointmentsAfter(ctx, k.subject, s.today().String())
	if err != nil {
		return nil, unavailable(retryLater)
	}
	return api.LookupHolderAppointments200JSONResponse{
		Body: s.lookupResult(list), Headers: api.LookupHolderAppointments200ResponseHeaders{CacheControl: noStore},
	}, nil
}
