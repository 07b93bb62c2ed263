package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"

	"balie/hw/eid"
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
	_, person, err := v.identity(p)
	return person, err
}

func (v verifier) identity(p portal.Proof) (eid.Identity, reference.Person, error) {
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
	}
	if reason != "" {
		return i, reference.Person{}, &reference.CardError{Reason: reason}
	}
	return i, reference.Person{Number: i.NationalNumber, Birth: i.Birth(), Test: c.Chain == eid.Test}, nil
}

// VerifyHolder asks besides that the card's authentication key, which the PIN opens,
// signed the challenge, and that its certificate names the person of the card.
func (v verifier) VerifyHolder(p portal.Proof, h portal.HolderProof) (reference.Holder, error) {
	p.Certificate = portal.CertificateID(eid.CertificateIDOf(h.Certificate.Reveal()))
	i, person, err := v.identity(p)
	if err != nil {
		return reference.Holder{}, err
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
			return reference.Holder{}, &reference.HolderError{Reason: check.reason}
		}
	}
	cert, err := x509.ParseCertificate(h.Certificate.Reveal())
	if err != nil {
		return reference.Holder{}, &reference.HolderError{Reason: "chain"}
	}
	person.Test = person.Test || c.Chain == eid.Test
	return reference.Holder{
		Person: person, Key: hexSum(cert.RawSubjectPublicKeyInfo), Issuer: hexSum(cert.RawIssuer), Serial: cert.SerialNumber.Text(16),
	}, nil
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
