package eid

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"fmt"

	"balie/internal/age"
)

// challengeLen is the length in bytes of what the chip signs at INTERNAL AUTHENTICATE.
const challengeLen = 48

// VerifyProof judges what a card gave without the card, as a portal must that does
// not take a kiosk's word. It looks at nothing but the signed bytes and t: not at
// [Proof.TestTrusted], which is the kiosk's own opinion. That Challenge is the one
// that was asked for is for the caller to see. ChipNumber, PhotoHash and
// AddressSignature are not asked. The error wraps [ErrUnreadable].
func VerifyProof(p Proof, t *Trust) (Identity, Checks, error) {
	i, err := decodeIdentity(p.Identity.Reveal())
	if err != nil {
		return Identity{}, Checks{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	c := Checks{IdentitySignature: Invalid, Chain: Invalid, Validity: validity(i, age.Today(t.now()))}
	if rrn, err := parseCertificate(p.RRN); err == nil && rrn != nil {
		t.learn(p.Root)
		_, c.Chain = t.judge(rrn, t.issuer(rrn))
		c.IdentitySignature = toCheck(!i.damaged && verifies(rrn.PublicKey, p.Identity.Reveal(), p.Signature))
	}
	if len(p.Challenge) > 0 || len(i.PublicKeyHash) == 0 {
		c.Genuine = genuine(i, p)
	}
	return i, c, nil
}

// genuine tells whether the answer to the challenge was signed by the key whose hash
// the identity file has. A card that has no such hash has no such key.
func genuine(i Identity, p Proof) Check {
	if len(i.PublicKeyHash) == 0 {
		return Absent
	}
	if len(p.Challenge) != challengeLen || !hashMatches(i.PublicKeyHash, p.PublicKey) {
		return Invalid
	}
	parsed, err := x509.ParsePKIXPublicKey(p.PublicKey)
	if err != nil {
		return Invalid
	}
	key, is := parsed.(*ecdsa.PublicKey)
	return toCheck(is && verifiesPlain(key, p.Challenge, p.Answer))
}

// validity compares the card's own dates with today. A card without an end has none
// to check; an end of which the day is not known is over when it is over for certain.
func validity(i Identity, today Date) Check {
	switch {
	case i.noEnd || i.ValidTo.Year != 0 && last(i.ValidTo).Before(today):
		return Invalid
	case i.ValidFrom.Complete() && today.Before(i.ValidFrom):
		return Invalid
	case !i.ValidTo.Complete():
		return Absent
	}
	return Valid
}

// last is the last day that a date may be.
func last(d Date) Date {
	if d.Month == 0 {
		d.Month = 12
	}
	if d.Day == 0 {
		d.Day = age.DaysIn(d.Year, d.Month)
	}
	return d
}

// chipNumber compares the identity file with the chip that it came from.
func chipNumber(i Identity, d CardData) Check {
	if len(i.ChipNumber) == 0 {
		return Absent
	}
	return toCheck(bytes.Equal(i.ChipNumber, d.ChipNumber))
}

func toCheck(ok bool) Check {
	if ok {
		return Valid
	}
	return Invalid
}
