package eid

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"
)

// maxSigners bounds the RRN certificates that are kept. There are a few dozen in use.
const maxSigners = 64

// TrustOptions say what to trust besides the roots of the Belgian state.
type TrustOptions struct {
	// TestRoots are trusted too, and make Checks.Chain Test. The private key of the
	// public "eID test Root CA" is public: never set this where people check in.
	TestRoots []*x509.Certificate
	// CRLs is a folder of revocation lists, *.crl, DER or PEM; "" is none.
	CRLs string
	// Now tells the time; nil is time.Now.
	Now func() time.Time
}

// Trust is what makes a card believable: the roots of the Belgian eID, pinned by
// fingerprint, and what was learned from cards that verified: root certificates and
// RRN certificates, so that the next card need not send them. A Trust may be used
// by several goroutines.
type Trust struct {
	now   func() time.Time
	tests []*x509.Certificate

	mu      sync.Mutex
	roots   []*root                // guarded by mu, as is all that follows; test roots first
	signers []*signer              // that verified, the latest used last
	crls    []*x509.RevocationList // of the folder, not yet verified: the root that signed may not be known
	// supplied has one list of a root at most, verified.
	supplied []suppliedList
}

// root is a trusted root.
type root struct {
	cert *x509.Certificate
	test bool
}

// signer is an RRN certificate and the root that signed it.
type signer struct {
	cert *x509.Certificate
	root *root
}

// NewTrust makes a Trust. It fails where a test root is no certificate authority,
// or a revocation list cannot be read.
func NewTrust(o TrustOptions) (*Trust, error) {
	t := &Trust{now: o.Now, tests: slices.Clone(o.TestRoots)}
	if t.now == nil {
		t.now = time.Now
	}
	for _, cert := range o.TestRoots {
		if !cert.IsCA {
			return nil, errors.New("a test root is not a certificate authority")
		}
		t.roots = append(t.roots, &root{cert: cert, test: true})
	}
	if o.CRLs == "" {
		return t, nil
	}
	return t, t.LoadCRLs(o.CRLs)
}

// Testing tells whether a test root is trusted: screens and tickets must say so.
func (t *Trust) Testing() bool { return len(t.tests) > 0 }

// pinned are the SHA-256 of the root certificates of the Belgian eID, as published
// by the Belgian state (repository.eid.belgium.be, repository.eidpki.belgium.be).
func pinned() []string {
	return []string{
		"7C7ED4240BB253BB35C376E12E00B027F1659DF9D8267422A93EED75EDC7ADFB", // Belgium Root CA, RSA 2048
		"9F9744463BE13714754E1A3BECF98C08CC205E4AB32028F4E2830C4A1B2775B8", // CA2, RSA 2048
		"A8D14E945E3E5156BCAE5E39737CF6A1B1F51028BBBF982F50CE5F4C05568B4D", // CA3, RSA 4096
		"C3FBF37259AF0954EEEA4282DD1C7226A54E7150F7C29A2C495BA34DBFE09CA0", // CA4, RSA 4096
		"702DD5C1A093CF0A9D71FADD9BF9A7C5857D89FB73B716E867228B3C2BEB968F", // CA4, issued again
		"9C872BC979A7C09A58D4A274C199E5CB16CFA9B9618D98BC9A9988E984B8495C", // CA6, P-384
	}
}

func isPinned(der []byte) bool {
	sum := sha256.Sum256(der)
	for _, p := range pinned() {
		if pin, err := hex.DecodeString(p); err == nil && bytes.Equal(pin, sum[:]) {
			return true
		}
	}
	return false
}

// learn takes the root certificate that a card brought, where its fingerprint is
// pinned, and keeps it.
func (t *Trust) learn(der []byte) {
	if !isPinned(der) {
		return
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.roots {
		if r.cert.Equal(cert) {
			return
		}
	}
	t.roots = append(t.roots, &root{cert: cert})
}

// issuer finds the trusted root that signed cert; nil where none is known that did.
func (t *Trust) issuer(cert *x509.Certificate) *root {
	t.mu.Lock()
	roots := slices.Clone(t.roots)
	t.mu.Unlock()
	for _, r := range roots {
		if issued(r.cert, cert) {
			return r
		}
	}
	return nil
}

// issued tells whether a root signed cert. It is x509's CheckSignatureFrom but for
// SHA-1, with which the old roots signed. Times are not looked at: RRN certificates
// and roots expire while the cards they signed stay valid, and a card that was
// signed anew has a certificate younger than its own first day.
func issued(root, cert *x509.Certificate) bool {
	return bytes.Equal(root.RawSubject, cert.RawIssuer) && root.IsCA &&
		root.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}

// signed finds the kept RRN certificate that signed message; nil where none did.
func (t *Trust) signed(message, signature []byte) *signer {
	t.mu.Lock()
	signers := slices.Clone(t.signers)
	t.mu.Unlock()
	for _, s := range slices.Backward(signers) {
		if verifies(s.cert.PublicKey, message, signature) {
			t.keep(s)
			return s
		}
	}
	return nil
}

// knowsSigners tells whether any RRN certificate is kept.
func (t *Trust) knowsSigners() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.signers) > 0
}

// keep makes s the latest used of the kept RRN certificates.
func (t *Trust) keep(s *signer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signers = slices.DeleteFunc(t.signers, func(o *signer) bool { return o.cert.Equal(s.cert) })
	if len(t.signers) == maxSigners {
		t.signers = slices.Delete(t.signers, 0, 1)
	}
	t.signers = append(t.signers, s)
}

// judge tells whether cert is an RRN certificate under r, the trusted root that issued
// it, and keeps it where it is. Without a root there is no signer.
func (t *Trust) judge(cert *x509.Certificate, r *root) (*signer, Check) {
	if r == nil {
		return nil, Invalid
	}
	s := &signer{cert: cert, root: r}
	if !isRRN(cert, r.test) || t.revoked(r.cert, cert) || t.revoked(r.cert, r.cert) {
		return s, Invalid
	}
	t.keep(s)
	return s, s.chain()
}

// chain is the Check of a signer that was judged good.
func (s *signer) chain() Check {
	if s.root.test {
		return Test
	}
	return Valid
}

// LoadCRLs reads a folder of revocation lists in place of those read before. What
// was learned of RRN certificates is forgotten, and judged anew.
func (t *Trust) LoadCRLs(dir string) error {
	lists, err := readCRLs(dir)
	if err != nil {
		return fmt.Errorf("loading revocation lists: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.crls, t.signers = lists, nil
	return nil
}

// revoked tells whether a list that issuer signed names cert. Lists past their next
// update count: what was revoked stays revoked.
func (t *Trust) revoked(issuer, cert *x509.Certificate) bool {
	t.mu.Lock()
	lists := slices.Clone(t.crls)
	for _, s := range t.supplied {
		lists = append(lists, s.list)
	}
	t.mu.Unlock()
	for _, l := range lists {
		if !bytes.Equal(l.RawIssuer, issuer.RawSubject) || !names(l, cert.SerialNumber) {
			continue
		}
		if issuer.CheckSignature(l.SignatureAlgorithm, l.RawTBSRevocationList, l.Signature) == nil {
			return true
		}
	}
	return false
}

func names(l *x509.RevocationList, serial *big.Int) bool {
	const removed = 8 // removeFromCRL: RFC 5280 §5.3.1
	for _, e := range l.RevokedCertificateEntries {
		if e.ReasonCode != removed && e.SerialNumber.Cmp(serial) == 0 {
			return true
		}
	}
	return false
}
