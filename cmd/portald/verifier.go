package main

import (
	"time"

	"balie/hw/eid"
	"balie/internal/age"
	"balie/sync/portal"
	"balie/sync/portal/reference"
)

// verifier judges cards as a kiosk does, under the portal's own roots.
type verifier struct{ trust *eid.Trust }

var _ reference.Verifier = verifier{}

// Verify asks of a card that the national register signed it and, where its chip was
// asked, that it is no copy, nor reported lost. A card that has expired still says who
// its holder is.
func (v verifier) Verify(p portal.Proof) (reference.Person, error) {
	person, _, err := v.card(p)
	return person, err
}

// VerifyHolder asks besides that the card's authentication key, which the PIN opens,
// signed the challenge.
func (v verifier) VerifyHolder(p portal.Proof, h portal.HolderProof) (reference.Person, error) {
	p.Certificate = portal.CertificateID(eid.CertificateIDOf(h.Certificate.Reveal()))
	person, i, err := v.card(p)
	if err != nil {
		return person, err
	}
	c := eid.VerifyHolder(eid.HolderProof{
		Challenge: h.Challenge, Signature: h.Signature, Certificate: h.Certificate, CA: h.CA, Root: h.Root,
	}, i, v.trust)
	for _, check := range []struct {
		is     bool
		reason string
	}{
		{c.Chain == eid.Valid || c.Chain == eid.Test, "chain"}, {c.Signature == eid.Valid, "signature"},
		{c.Person == eid.Valid, "person"}, {c.Validity == eid.Valid, "expired"},
	} {
		if !check.is {
			return reference.Person{}, &reference.HolderError{Reason: check.reason}
		}
	}
	under, known := age.Under15(i.Birth(), age.Today(time.Now()))
	person.Under15 = under || !known
	return person, nil
}

// card judges the card's files.
func (v verifier) card(p portal.Proof) (reference.Person, eid.Identity, error) {
	i, c, err := eid.VerifyProof(eid.Proof{
		Identity: p.Identity, Signature: p.Signature, RRN: p.RRN, Root: p.Root,
		Challenge: p.Challenge, Answer: p.Answer, PublicKey: p.PublicKey,
	}, v.trust)
	reason := ""
	switch {
	case err != nil || i.NationalNumber.Empty():
		reason = "unreadable"
	case c.Chain != eid.Valid && c.Chain != eid.Test:
		reason = "chain"
	case !c.Verified():
		reason = "signature"
	case c.Genuine == eid.Invalid:
		reason = "genuine"
	case v.trust.RevokedSerial(eid.CertificateID(p.Certificate)):
		reason = "revoked"
	default:
		return reference.Person{Number: i.NationalNumber, Test: c.Chain == eid.Test}, i, nil
	}
	return reference.Person{}, i, &reference.CardError{Reason: reason}
}
