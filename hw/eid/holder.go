package eid

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"balie/hw/card"
	"balie/internal/secret"
)

// ErrNoCertificate is that the card has no authentication certificate, as a young
// child's, or one whose holder did not want it: its holder cannot be proved.
var ErrNoCertificate = errors.New("the card has no authentication certificate")

// HolderProof is that someone who knows the PIN of a card was there: a signature by
// its authentication key.
type HolderProof struct {
	Challenge   []byte       // what was to be signed; see [HolderMessage]
	Signature   []byte       // PKCS #1 v1.5 with SHA-256, or r‖s of P-384 with SHA-384
	Certificate secret.Bytes // of the authentication key, DER; has the holder's name and number
	CA          []byte       // that issued it, DER
	Root        []byte       // that issued the CA, DER
}

// HolderChecks says what of a [HolderProof] holds.
type HolderChecks struct {
	Signature Check // by the key of the certificate
	Chain     Check // to a pinned root; Test under a test root
	Person    Check // the certificate names the national number of the identity
	Validity  Check // the certificate's own dates
}

// Proved tells whether the holder of the card that the identity is of was there. That
// the certificate was not revoked is for the portal to ask.
func (c HolderChecks) Proved() bool {
	return c.Signature == Valid && (c.Chain == Valid || c.Chain == Test) && c.Person == Valid && c.Validity == Valid
}

// HolderMessage is what the authentication key signs for a challenge. What opens it
// keeps the signature from serving any other purpose, such as a log-in elsewhere.
func HolderMessage(challenge []byte) []byte {
	return append([]byte("balie holder present 1\x00"), challenge...)
}

// ProveHolder has the holder's PIN verified, and challenge signed by the
// authentication key. Nothing is signed for less than a challenge of 16 bytes.
//
// The error wraps [ErrNoCertificate], [ErrTriesUnknown], [ErrLastTry], card.ErrBlocked,
// card.ErrWrongPIN, [ErrPINCancelled], [ErrPINTimeout], [ErrPINLength], or what
// [Read] gives. A VERIFY whose answer was lost is not sent again.
func ProveHolder(ctx context.Context, c card.Card, t *Trust, challenge []byte, entry Entry) (HolderProof, error) {
	if len(challenge) < 16 {
		return HolderProof{}, fmt.Errorf("a challenge of %d bytes, fewer than 16", len(challenge))
	}
	s := newSession(c)
	defer s.close()
	if err := s.tellsTries(ctx); err != nil {
		return HolderProof{}, err
	}
	p := HolderProof{Challenge: challenge}
	cert, err := s.holderCertificates(ctx, t, &p)
	if err != nil {
		return HolderProof{}, classify(err)
	}
	err = s.transaction(ctx, func(ctx context.Context) error {
		defer s.logOff(context.WithoutCancel(ctx))
		p.Signature, err = s.sign(ctx, cert.PublicKey, HolderMessage(challenge), entry)
		return err
	})
	if err != nil {
		return HolderProof{}, err
	}
	return p, nil
}

// holderCertificates reads the authentication certificate and what it hangs from.
func (s *session) holderCertificates(ctx context.Context, t *Trust, p *HolderProof) (*x509.Certificate, error) {
	cert, err := s.parsed(ctx, fileAuthentication())
	if err != nil {
		return nil, err
	}
	if cert == nil {
		return nil, ErrNoCertificate
	}
	p.Certificate = secret.NewBytes(cert.Raw)
	ca, err := s.parsed(ctx, fileCA())
	if err != nil || ca == nil {
		return cert, err
	}
	p.CA = ca.Raw
	if r := t.issuer(ca); r != nil {
		p.Root = r.cert.Raw
		return cert, nil
	}
	root, err := s.parsed(ctx, fileRoot())
	if err != nil || root == nil {
		return cert, err
	}
	p.Root = root.Raw
	return cert, nil
}

// parsed reads a certificate file; nil where there is none, or no certificate in it.
func (s *session) parsed(ctx context.Context, f file) (*x509.Certificate, error) {
	data, err := s.read(ctx, f, derValue(chunk))
	if errors.Is(err, card.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	cert, err := parseCertificate(data)
	if err != nil {
		return nil, nil
	}
	return cert, nil
}

// sign signs with the authentication key, 82: MSE SET, VERIFY, PSO COMPUTE DIGITAL
// SIGNATURE, in that order and with the PKCS #15 application selected. ("Public
// Belpic Applet Ref Manual"; commons-eid BeIDCard.java.)
func (s *session) sign(ctx context.Context, key any, message []byte, entry Entry) ([]byte, error) {
	algorithm, digest, err := signing(key, message)
	if err != nil {
		return nil, err
	}
	if err := s.selectPath(ctx, file{df: 0xDF00}); err != nil {
		return nil, classify(fmt.Errorf("selecting the signing application: %w", err))
	}
	r, err := s.send(ctx, card.Command{INS: 0x22, P1: 0x41, P2: 0xB6, Data: []byte{0x04, 0x80, algorithm, 0x84, 0x82}})
	if err == nil {
		err = r.Status.Err()
	}
	if err != nil {
		return nil, classify(fmt.Errorf("choosing the authentication key: %w", err))
	}
	if err := s.enter(ctx, entry); err != nil {
		return nil, err
	}
	r, err = s.send(ctx, card.Command{INS: 0x2A, P1: 0x9E, P2: 0x9A, Data: digest, Le: chunk})
	if err == nil {
		err = r.Status.Err()
	}
	if err != nil {
		return nil, classify(fmt.Errorf("signing: %w", err))
	}
	return r.Data, nil
}

// signing is the algorithm reference of MSE SET for a key, and what to sign.
func signing(key any, message []byte) (algorithm byte, digest []byte, err error) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		sum := sha256.Sum256(message)
		return 0x08, sum[:], nil
	case *ecdsa.PublicKey:
		if k.Curve.Params().BitSize == 384 {
			return 0x02, digestFor(k, message), nil
		}
	}
	return 0, nil, fmt.Errorf("%w: an authentication key of an unknown kind", ErrUnreadable)
}

// VerifyHolder judges a [HolderProof] against the identity that the same visit
// proved. That Challenge is the one that was asked for is for the caller to see.
func VerifyHolder(p HolderProof, i Identity, t *Trust) HolderChecks {
	c := HolderChecks{Signature: Invalid, Chain: Invalid, Person: Invalid, Validity: Invalid}
	cert, err := parseCertificate(p.Certificate.Reveal())
	if err != nil || cert == nil {
		return c
	}
	c.Signature = toCheck(signedBy(cert.PublicKey, HolderMessage(p.Challenge), p.Signature))
	c.Chain = t.holderChain(cert, p)
	number := i.NationalNumber.Reveal()
	c.Person = toCheck(number != "" && cert.Subject.SerialNumber == number)
	c.Validity = toCheck(within(cert, t.now()))
	return c
}

func within(cert *x509.Certificate, now time.Time) bool {
	return !now.Before(cert.NotBefore) && !now.After(cert.NotAfter)
}

// signedBy checks a signature that the card made, which for a P-384 key is r‖s.
func signedBy(key any, message, signature []byte) bool {
	if k, is := key.(*ecdsa.PublicKey); is {
		return verifiesPlain(k, digestFor(k, message), signature)
	}
	return verifies(key, message, signature)
}

// holderChain judges the way from a holder's certificate, over the authority of
// citizens or foreigners, to a root.
func (t *Trust) holderChain(cert *x509.Certificate, p HolderProof) Check {
	ca, err := parseCertificate(p.CA)
	if err != nil || ca == nil || !ca.IsCA || !issued(ca, cert) || cert.IsCA ||
		cert.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return Invalid
	}
	t.learn(p.Root)
	r := t.issuer(ca)
	if r == nil || bytes.Equal(ca.Raw, r.cert.Raw) {
		return Invalid
	}
	if t.revoked(r.cert, ca) || t.revoked(ca, cert) || t.revoked(r.cert, r.cert) {
		return Invalid
	}
	if r.test {
		return Test
	}
	return Valid
}
