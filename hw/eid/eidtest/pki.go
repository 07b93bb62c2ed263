package eidtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"sync"
	"time"
)

// PKI is a country of its own: two roots, one RSA and one P-384, and below them
// the certificates of the national register (RRN), which sign identities, and of
// the citizens' authorities. All keys are made in memory and stay there; the RSA
// keys of citizens are shared by all cards of an applet, because making one takes
// long. A PKI may be used by several goroutines.
type PKI struct {
	curve           elliptic.Curve
	rsaRoot, ecRoot *issuer

	mu     sync.Mutex         // guards all that follows
	made   map[string]*issuer // certificates and shared keys made so far
	minted map[string]*press  // cards made so far, before they were damaged
	faces  map[string][]byte  // photos drawn so far
}

// issuer is a certificate with its private key.
type issuer struct {
	cert *x509.Certificate
	key  crypto.Signer
	algo x509.SignatureAlgorithm // with which it signs
}

// NewPKI makes the two roots. It takes a fraction of a second.
func NewPKI() (*PKI, error) { return newPKI(elliptic.P384()) }

// NewQuickPKI is a PKI with P-256 in place of P-384, of which Go makes and checks
// signatures 75 times as fast under the race detector: for tests that read a card
// thousands of times, and care for what is sent and not for keys. No real card has such
// keys, and on 1.8 they cannot prove the holder.
func NewQuickPKI() (*PKI, error) { return newPKI(elliptic.P256()) }

func newPKI(curve elliptic.Curve) (*PKI, error) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making the RSA root key: %w", err)
	}
	ecKey, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the EC root key: %w", err)
	}
	rsaRoot, err := newRoot("Virtual eID Test Root CA RSA", rsaKey, x509.SHA256WithRSA)
	if err != nil {
		return nil, err
	}
	ecRoot, err := newRoot("Virtual eID Test Root CA EC", ecKey, signatureOn(curve))
	if err != nil {
		return nil, err
	}
	return below(curve, rsaRoot, ecRoot), nil
}

// below is a PKI with two roots and nothing below them yet.
func below(curve elliptic.Curve, rsaRoot, ecRoot *issuer) *PKI {
	return &PKI{curve: curve, rsaRoot: rsaRoot, ecRoot: ecRoot, made: map[string]*issuer{}, minted: map[string]*press{}, faces: map[string][]byte{}}
}

// RootPEM is the two roots, RSA first, for whoever is to trust these cards.
func (p *PKI) RootPEM() []byte {
	var out []byte
	for _, der := range p.Roots() {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}

// Roots are the two roots as DER, RSA first.
func (p *PKI) Roots() [][]byte { return [][]byte{p.rsaRoot.cert.Raw, p.ecRoot.cert.Raw} }

// root is the root above the cards of an applet.
func (p *PKI) root(a Applet) *issuer {
	if a.elliptic() {
		return p.ecRoot
	}
	return p.rsaRoot
}

// rrn is the certificate that signs the identities of an applet. The subjects
// are those of the public specimen cards (Fedict/eid-test-cards), unless named.
func (p *PKI) rrn(a Applet, subject string) (*issuer, error) {
	name := pkix.Name{CommonName: "test RRN", Organization: []string{"test RRN"}}
	if a.elliptic() {
		name = pkix.Name{CommonName: "eID TEST EC RRN", Organization: []string{"TEST"}}
	}
	if subject != "" {
		name = pkix.Name{CommonName: subject, Organization: []string{subject}, Country: []string{"BE"}}
	}
	return p.once("rrn "+string(a)+" "+subject, func() (*issuer, error) {
		key, err := p.newKey(a, a.elliptic())
		if err != nil {
			return nil, err
		}
		template, err := rrnTemplate(name)
		if err != nil {
			return nil, err
		}
		return p.root(a).issue(template, key, p.signatureAlgorithm(a))
	})
}

// ca is the authority above the citizens' certificates of an applet.
func (p *PKI) ca(a Applet, foreign bool) (*issuer, error) {
	name := "Virtual Citizen CA"
	if foreign {
		name = "Virtual Foreigner CA"
	}
	return p.once(name+string(a), func() (*issuer, error) {
		key, err := p.newKey(Applet17, a.elliptic())
		if err != nil {
			return nil, err
		}
		return p.root(a).issue(caTemplate(pkix.Name{CommonName: name, Country: []string{"BE"}}), key, p.signatureAlgorithm(a))
	})
}

// citizenKey is the key of a citizen: of the card alone where it is P-384,
// shared where it is RSA.
func (p *PKI) citizenKey(a Applet, use string) (crypto.Signer, error) {
	if a == Applet18 {
		return p.newKey(a, true)
	}
	shared, err := p.once("key "+use+string(a), func() (*issuer, error) {
		key, err := p.newKey(a, false)
		return &issuer{key: key}, err
	})
	if err != nil {
		return nil, err
	}
	return shared.key, nil
}

// once makes what name stands for, or gives what was made before.
func (p *PKI) once(name string, mk func() (*issuer, error)) (*issuer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.made[name]; i != nil {
		return i, nil
	}
	i, err := mk()
	if err != nil {
		return nil, fmt.Errorf("making the %s: %w", name, err)
	}
	p.made[name] = i
	return i, nil
}

// newKey makes a key of the size that the applet has: RSA 1024 for 1.1, else
// RSA 2048, or one on the curve.
func (p *PKI) newKey(a Applet, elliptical bool) (crypto.Signer, error) {
	switch {
	case elliptical:
		return ecdsa.GenerateKey(p.curve, rand.Reader)
	case a == Applet11:
		return rsa.GenerateKey(rand.Reader, 1024)
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}

// signatureAlgorithm is what the root signs an applet's certificates with.
func (p *PKI) signatureAlgorithm(a Applet) x509.SignatureAlgorithm {
	switch {
	case a.elliptic():
		return signatureOn(p.curve)
	case a == Applet11:
		return x509.SHA1WithRSA
	}
	return x509.SHA256WithRSA
}

// signatureOn is how certificates are signed with a key on a curve.
func signatureOn(curve elliptic.Curve) x509.SignatureAlgorithm {
	if curve == elliptic.P256() {
		return x509.ECDSAWithSHA256
	}
	return x509.ECDSAWithSHA384
}

func newRoot(name string, key crypto.Signer, algo x509.SignatureAlgorithm) (*issuer, error) {
	template := caTemplate(pkix.Name{CommonName: name, Country: []string{"BE"}})
	return (&issuer{cert: template, key: key}).issue(template, key, algo)
}

// longest is the longest signature of a key, in DER where it is ECDSA: two integers of
// one byte more than the curve has, with their headers.
func longest(key crypto.PublicKey) int {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return 2 + 2*(2+1+curveBytes(k.Curve))
	case *rsa.PublicKey:
		return k.Size()
	}
	return 0
}

func curveBytes(c elliptic.Curve) int { return (c.Params().BitSize + 7) / 8 }

// issue signs a certificate for key. It is as long on every run, so that what a read
// of it costs can be counted: the serial number has its highest bit set, and its
// signature is one of the longest.
func (i *issuer) issue(template *x509.Certificate, key crypto.Signer, algo x509.SignatureAlgorithm) (*issuer, error) {
	highest := new(big.Int).Lsh(big.NewInt(1), 119)
	serial, err := rand.Int(rand.Reader, highest)
	if err != nil {
		return nil, fmt.Errorf("drawing a serial number: %w", err)
	}
	template.SerialNumber, template.SignatureAlgorithm = serial.Add(serial, highest), algo
	der, err := x509.CreateCertificate(rand.Reader, template, i.cert, key.Public(), atLength{i.key})
	if err != nil {
		return nil, fmt.Errorf("signing the certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading back the certificate: %w", err)
	}
	return &issuer{cert: cert, key: key, algo: algo}, nil
}

// atLength signs anew until the signature is one of the longest, which each fourth of
// ECDSA is.
type atLength struct{ crypto.Signer }

// Sign signs a digest.
func (l atLength) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	for {
		signature, err := l.Signer.Sign(random, digest, opts)
		if err != nil || len(signature) == longest(l.Public()) {
			return signature, err
		}
	}
}

func caTemplate(name pkix.Name) *x509.Certificate {
	t := certTemplate(name)
	t.IsCA, t.BasicConstraintsValid = true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	return t
}

// rrnTemplate has the key usage and the policy that eid-trust-service demands
// of an RRN certificate (InitializationServiceBean.java).
func rrnTemplate(name pkix.Name) (*x509.Certificate, error) {
	policy, err := x509.OIDFromInts([]uint64{2, 16, 56, 9, 1, 1, 4})
	if err != nil {
		return nil, fmt.Errorf("writing the RRN policy: %w", err)
	}
	t := certTemplate(name)
	t.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	t.Policies = []x509.OID{policy}
	return t, nil
}

// certTemplate is valid from ten years ago: a card carries certificates as old
// as itself. It names lists and services, as real ones do, so that it is about as
// long; there are none.
func certTemplate(name pkix.Name) *x509.Certificate {
	now := time.Now().UTC().Truncate(time.Hour)
	return &x509.Certificate{
		Subject: name, NotBefore: now.AddDate(-10, 0, 0), NotAfter: now.AddDate(10, 0, 0),
		CRLDistributionPoints: []string{"http://crl.virtual-eid.invalid/belgium.crl"},
		IssuingCertificateURL: []string{"http://certs.virtual-eid.invalid/belgiumrs.crt"},
		OCSPServer:            []string{"http://ocsp.virtual-eid.invalid/2"},
	}
}
