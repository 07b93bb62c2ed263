package reference

import (
	"context"
	"errors"
	"maps"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

// HolderError says why nobody is proved to be a card's holder.
type HolderError struct {
	Reason string // "signature", "chain", "person", "expired", "revoked", "stale" or "under-15"
}

// Error is made of the reason only.
func (e *HolderError) Error() string { return "the card's holder is not proved: " + e.Reason }

func holderRefused(reason string) *problem {
	return &problem{status: http.StatusUnprocessableEntity, code: "holder-refused", title: "The card's holder is not proved to be there.", reason: reason}
}

// LookupHolderAppointments gives the later appointments of whom the card proves and
// whose PIN let it sign.
func (s *Server) LookupHolderAppointments(ctx context.Context, r api.LookupHolderAppointmentsRequestObject) (api.LookupHolderAppointmentsResponseObject, error) {
	now := s.o.Now()
	if wait := s.limits.allow(kioskOf(ctx).ID, now); wait > 0 {
		return nil, tooManyLookups(int(math.Ceil(wait.Seconds())))
	}
	person, err := s.holder(kioskOf(ctx).ID, now, proofOf(r.Body.Proof), holderOf(r.Body.Holder))
	if err != nil {
		return nil, err
	}
	subject, day := s.o.Secrets.subjectOf(person.Number), s.day(now)
	known, err := s.o.Store.patientKnown(ctx, subject)
	if err != nil {
		return nil, unavailable(retryLater)
	}
	if !known {
		return nil, patientUnknown()
	}
	list, err := s.o.Store.appointmentsAfter(ctx, subject, day)
	if err != nil {
		return nil, unavailable(retryLater)
	}
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, internal()
	}
	return api.LookupHolderAppointments200JSONResponse{
		Body:    api.LookupResult{Day: openapi_types.Date{Time: date}, Appointments: list},
		Headers: api.LookupHolderAppointments200ResponseHeaders{CacheControl: "no-store"},
	}, nil
}

// holder is whom the card proves, where its holder is there.
func (s *Server) holder(kiosk string, now time.Time, p portal.Proof, h portal.HolderProof) (Person, error) {
	challenge, err := portal.ParseHolderChallenge(h.Challenge)
	if err != nil || challenge.Kiosk != kiosk || challenge.At.Sub(now).Abs() > portal.HolderTime {
		return Person{}, holderRefused("stale")
	}
	person, err := s.o.Verifier.VerifyHolder(p, h)
	var refused *HolderError
	switch {
	case errors.As(err, &refused):
		return Person{}, holderRefused(holderReason(refused.Reason))
	case err != nil:
		return Person{}, cardRefused(reasonOf(err))
	case person.Under15:
		return Person{}, holderRefused("under-15")
	case !s.once.take(string(h.Challenge), now):
		return Person{}, holderRefused("stale")
	}
	return person, nil
}

// holderReason is a reason in a word of openapi.yaml: what a verifier says besides is
// told to nobody.
func holderReason(reason string) string {
	if slices.Contains([]string{"signature", "chain", "person", "expired", "revoked"}, reason) {
		return reason
	}
	return "signature"
}

func holderOf(h api.HolderProof) portal.HolderProof {
	return portal.HolderProof{Challenge: h.Challenge, Signature: h.Signature, Certificate: secret.NewBytes(h.Certificate), CA: h.Ca, Root: h.Root}
}

// taken remembers challenges for as long as they could be shown again.
type taken struct {
	mu   sync.Mutex
	till map[string]time.Time // guarded by mu
}

// take tells whether a challenge is new.
func (t *taken) take(challenge string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.till, func(_ string, until time.Time) bool { return now.After(until) })
	if _, again := t.till[challenge]; again {
		return false
	}
	if t.till == nil {
		t.till = map[string]time.Time{}
	}
	t.till[challenge] = now.Add(2 * portal.HolderTime)
	return true
}
