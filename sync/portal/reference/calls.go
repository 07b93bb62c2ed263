package reference

import (
	"context"
	"errors"
	"slices"

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

// reasonOf is why a card was refused, in a word of openapi.yaml: what a verifier says
// besides is told to nobody.
func reasonOf(err error) string {
	var c *CardError
	if errors.As(err, &c) && slices.Contains([]string{"signature", "chain", "genuine", "test", "revoked"}, c.Reason) {
		return c.Reason
	}
	return "unreadable"
}

// asRefused is the problem that a verifier's error is.
func asRefused(err error) *problem {
	var h *HolderError
	if !errors.As(err, &h) {
		return cardRefused(reasonOf(err))
	}
	if slices.Contains([]string{"chain", "person", "expired", "revoked"}, h.Reason) {
		return holderRefused(h.Reason)
	}
	return holderRefused("signature")
}

func holderOf(h api.HolderProof) portal.HolderProof {
	return portal.HolderProof{
		Challenge: h.Challenge, Signature: h.Signature, Certificate: secret.NewBytes(h.Certificate), CA: h.Ca, Root: h.Root,
	}
}

func proofOf(p api.Proof) portal.Proof {
	return portal.Proof{
		Identity: secret.NewBytes(p.Identity), Signature: p.Signature, RRN: p.Rrn, Root: p.Root,
		Challenge: p.Challenge, Answer: p.Answer, PublicKey: p.PublicKey,
	}
}
