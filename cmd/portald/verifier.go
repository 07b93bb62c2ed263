package main

import (
	"balie/hw/eid"
	"balie/sync/portal"
	"balie/sync/portal/reference"
)

// verifier judges cards as a kiosk does, under the portal's own roots.
type verifier struct{ trust *eid.Trust }

var _ reference.Verifier = verifier{}

// Verify asks of a card that the national register signed it and, where its chip was
// asked, that it is no copy. A card that has expired still says who its holder is.
func (v verifier) Verify(p portal.Proof) (reference.Person, error) {
	i, c, err := eid.VerifyProof(eid.Proof{
		Identity: p.Identity, Signature: p.Signature, RRN: p.RRN, Root: p.Root,
		Challenge: p.Challenge, Answer: p.Answer, PublicKey: p.PublicKey,
	}, v.trust)
	switch {
	case err != nil || i.NationalNumber.Empty():
		return reference.Person{}, &reference.CardError{Reason: "unreadable"}
	case c.Chain != eid.Valid && c.Chain != eid.Test:
		return reference.Person{}, &reference.CardError{Reason: "chain"}
	case !c.Verified():
		return reference.Person{}, &reference.CardError{Reason: "signature"}
	case c.Genuine == eid.Invalid:
		return reference.Person{}, &reference.CardError{Reason: "genuine"}
	}
	return reference.Person{Number: i.NationalNumber, Test: c.Chain == eid.Test}, nil
}
