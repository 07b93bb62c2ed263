package reference

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// certificateLife is how long a kiosk's certificate is good where Options say nothing.
const certificateLife = 90 * 24 * time.Hour

// early is how long before now a certificate begins, for clocks that are behind.
const early = time.Hour

// makeAuthority makes the root's certificate from its key alone. It is the same each
// time: an Ed25519 signature has no randomness (RFC 8032, section 5.1.6), so there is
// nothing to keep.
func (s *Secrets) makeAuthority() error {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Balie portal " + s.fingerprint()[:8]},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2076, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, s.Root(), s.root)
	if err != nil {
		return fmt.Errorf("making the root's certificate: %w", err)
	}
	if s.authority, err = x509.ParseCertificate(der); err != nil {
		return fmt.Errorf("making the root's certificate: %w", err)
	}
	return nil
}

// RootCertificate is the root as an authority of certificates, DER.
func (s Secrets) RootCertificate() []byte { return s.authority.Raw }

// issue signs a certificate of a public key.
func (s Secrets) issue(template *x509.Certificate, public crypto.PublicKey, now time.Time) ([]byte, error) {
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // never fails
	serial[0] &= 0x7f        // a positive number of at most 20 bytes: RFC 5280, section 4.1.2.2
	template.SerialNumber = new(big.Int).SetBytes(serial)
	template.NotBefore, template.KeyUsage = now.Add(-early), x509.KeyUsageDigitalSignature
	template.BasicConstraintsValid = true
	der, err := x509.CreateCertificate(rand.Reader, template, s.authority, public, s.root)
	if err != nil {
		return nil, fmt.Errorf("issuing a certificate: %w", err)
	}
	return der, nil
}

// kioskCertificate is a certificate of a kiosk's key.
func (s Secrets) kioskCertificate(kiosk string, public crypto.PublicKey, now time.Time, life time.Duration) (*x509.Certificate, error) {
	der, err := s.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: kiosk}, NotAfter: now.Add(life), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, public, now)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// TLS is for the address that kiosks come to: the portal shows a certificate under its
// own root for whatever name or address it is called by, and asks for the kiosk's,
// which [Server] judges, so that a kiosk is told why where it is refused.
func (s Secrets) TLS() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the portal's TLS key: %w", err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, ClientAuth: tls.RequestClientCert,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			now := time.Now()
			template := &x509.Certificate{NotAfter: now.Add(24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
			if hello.ServerName != "" {
				template.DNSNames = []string{hello.ServerName}
			} else if at, is := hello.Conn.LocalAddr().(*net.TCPAddr); is {
				template.IPAddresses = []net.IP{at.IP}
			}
			leaf, err := s.issue(template, key.Public(), now)
			if err != nil {
				return nil, err
			}
			return &tls.Certificate{Certificate: [][]byte{leaf, s.RootCertificate()}, PrivateKey: key}, nil
		},
	}, nil
}

// keyOf reads a request for a certificate (PKCS #10, DER): of a P-256 key, and signed
// by it.
func keyOf(der []byte) (public crypto.PublicKey, spki []byte, err error) {
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil || csr.CheckSignature() != nil {
		return nil, nil, errors.New("not a request that its key signed")
	}
	key, is := csr.PublicKey.(*ecdsa.PublicKey)
	if !is || key.Curve != elliptic.P256() {
		return nil, nil, errors.New("not a P-256 key")
	}
	return key, csr.RawSubjectPublicKeyInfo, nil
}
