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
	rsaRoot, ecRoot *issuer

	mu   sync.Mutex
	made map[string]*issuer // guarded by mu: certificates and shared keys made so far
}

// issuer is a certificate with its private key.
type issuer struct {
	cert *x509.Certificate
	key  crypto.Signer
	algo x509.SignatureAlgorithm // with which it signs
}

// NewPKI makes the two roots. It takes a fraction of a second.
func NewPKI() (*PKI, error) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making the RSA root key: %w", err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the EC root key: %w", err)
	}
	rsaRoot, err := newRoot("Virtual eID Test Root CA RSA", rsaKey, x509.SHA256WithRSA)
	if err != nil {
		return nil, err
	}
	ecRoot, err := newRoot("Virtual eID Test Root CA EC", ecKey, x509.ECDSAWithSHA384)
	if err != nil {
		return nil, err
	}
	return &PKI{rsaRoot: rsaRoot, ecRoot: ecRoot, made: map[string]*issuer{}}, nil
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
		key, err := newKey(a, a.elliptic())
		if err != nil {
			return nil, err
		}
		template, err := rrnTemplate(name)
		if err != nil {
			return nil, err
		}
		return p.root(a).issue(template, key, signatureAlgorithm(a))
	})
}

// ca is the authority above the citizens' certificates of an applet.
func (p *PKI) ca(a Applet, foreign bool) (*issuer, error) {
	name := "Virtual Citizen CA"
	if foreign {
		name = "Virtual Foreigner CA"
	}
	return p.once(name+string(a), func() (*issuer, error) {
		key, err := newKey(Applet17, a.elliptic())
		if err != nil {
			return nil, err
		}
		return p.root(a).issue(caTemplate(pkix.Name{CommonName: name, Country: []string{"BE"}}), key, signatureAlgorithm(a))
	})
}

// citizenKey is the key of a citizen: of the card alone where it is P-384,
// shared where it is RSA.
func (p *PKI) citizenKey(a Applet, use string) (crypto.Signer, error) {
	if a == Applet18 {
		return newKey(a, true)
	}
	shared, err := p.once("key "+use+string(a), func() (*issuer, error) {
		key, err := newKey(a, false)
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
// RSA 2048, or P-384.
func newKey(a Applet, elliptical bool) (crypto.Signer, error) {
	switch {
	case elliptical:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case a == Applet11:
		return rsa.GenerateKey(rand.Reader, 1024)
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}

// signatureAlgorithm is what the root signs an applet's certificates with.
func signatureAlgorithm(a Applet) x509.SignatureAlgorithm {
	switch {
	case a.elliptic():
		return x509.ECDSAWithSHA384
	case a == Applet11:
		return x509.SHA1WithRSA
	}
	return x509.SHA256WithRSA
}

func newRoot(name string, key crypto.Signer, algo x509.SignatureAlgorithm) (*issuer, error) {
	template := caTemplate(pkix.Name{CommonName: name, Country: []string{"BE"}})
	return (&issuer{cert: template, key: key}).issue(template, key, algo)
}

// longestEC is the longest ECDSA signature of a P-384 key in DER: two integers of 49
// bytes with their headers.
const longestEC = 104

// issue signs a certificate for key. It is as long on every run, so that what a read
// of it costs can be counted: the serial number has its highest bit set, and an ECDSA
// signature is made anew until it is one of the longest, which each fourth is.
func (i *issuer) issue(template *x509.Certificate, key crypto.Signer, algo x509.SignatureAlgorithm) (*issuer, error) {
	highest := new(big.Int).Lsh(big.NewInt(1), 119)
	serial, err := rand.Int(rand.Reader, highest)
	if err != nil {
		return nil, fmt.Errorf("drawing a serial number: %w", err)
	}
	template.SerialNumber, template.SignatureAlgorithm = serial.Add(serial, highest), algo
	for {
		der, err := x509.CreateCertificate(rand.Reader, template, i.cert, key.Public(), i.key)
		if err != nil {
			return nil, fmt.Errorf("signing the certificate: %w", err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("reading back the certificate: %w", err)
		}
		if algo != x509.ECDSAWithSHA384 || len(cert.Signature) == longestEC {
			return &issuer{cert: cert, key: key, algo: algo}, nil
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
