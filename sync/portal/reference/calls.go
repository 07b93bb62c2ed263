package reference

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// Health says that the portal is up.
func (s *Server) Health(context.Context, api.HealthRequestObject) (api.HealthResponseObject, error) {
	return api.Health200JSONResponse{Status: api.Ok, Time: s.o.Now().UTC(), Test: s.o.Test}, nil
}

// GetSelf says what the portal knows of the kiosk that calls.
func (s *Server) GetSelf(ctx context.Context, _ api.GetSelfRequestObject) (api.GetSelfResponseObject, error) {
	k := kioskOf(ctx)
	return api.GetSelf200JSONResponse{Id: k.ID, Name: k.Name, Time: s.o.Now().UTC(), Keys: s.keys, LastCounter: k.LastCounter}, nil
}

// LookupAppointments gives today's appointments of whom the card proves.
func (s *Server) LookupAppointments(ctx context.Context, r api.LookupAppointmentsRequestObject) (api.LookupAppointmentsResponseObject, error) {
	now := s.o.Now()
	if wait := s.limits.allow(kioskOf(ctx).ID, now); wait > 0 {
		return nil, tooManyLookups(int(math.Ceil(wait.Seconds())))
	}
	person, err := s.o.Verifier.Verify(proofOf(r.Body.Proof))
	if err != nil {
		return nil, cardRefused(reasonOf(err))
	}
	subject, day := s.o.Secrets.subjectOf(person.Number), s.day(now)
	known, err := s.o.Store.patientKnown(ctx, subject)
	if err != nil {
		return nil, unavailable(retryLater)
	}
	if !known {
		return nil, patientUnknown()
	}
	list, err := s.o.Store.appointmentsOf(ctx, subject, day)
	if err != nil {
		return nil, unavailable(retryLater)
	}
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, internal()
	}
	return api.LookupAppointments200JSONResponse{
		Body:    api.LookupResult{Day: openapi_types.Date{Time: date}, Appointments: list},
		Headers: api.LookupAppointments200ResponseHeaders{CacheControl: noStore},
	}, nil
}

// reasonOf is why a card was refused, in a word of openapi.yaml: what a verifier says
// besides is told to nobody.
func reasonOf(err error) string {
	var c *CardError
	if errors.As(err, &c) && slices.Contains([]string{"signature", "chain", "genuine", "test", "holder"}, c.Reason) {
		return c.Reason
	}
	return "unreadable"
}

func holderOf(h api.HolderProof) portal.HolderProof {
	return portal.HolderProof{
		Proof: proofOf(h.Proof), Challenge: h.Challenge, Signature: h.Signature, Certificate: secret.NewBytes(h.Certificate), CA: h.Ca, Root: h.Root,
	}
}

func proofOf(p api.Proof) portal.Proof {
	return portal.Proof{
		Identity: secret.NewBytes(p.Identity), Signature: p.Signature, RRN: p.Rrn, Root: p.Root,
		Challenge: p.Challenge, Answer: p.Answer, PublicKey: p.PublicKey,
	}
}
