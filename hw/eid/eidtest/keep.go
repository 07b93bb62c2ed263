package eidtest

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// Keep writes the two roots with their private keys as PEM, so that a desk's
// cards stay trusted from one day to the next; [RestorePKI] reads it. Whoever has
// it can mint cards that the desk trusts, and no one else does.
func (p *PKI) Keep() ([]byte, error) {
	var out []byte
	for _, root := range []*issuer{p.rsaRoot, p.ecRoot} {
		key, err := x509.MarshalPKCS8PrivateKey(root.key)
		if err != nil {
			return nil, fmt.Errorf("writing a root key: %w", err)
		}
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.cert.Raw})...)
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	}
	return out, nil
}

// RestorePKI makes a PKI with the roots that [PKI.Keep] wrote. The certificates
// below them are made anew.
func RestorePKI(text []byte) (*PKI, error) {
	rsaRoot, rest, err := restoreRoot(text)
	if err != nil {
		return nil, fmt.Errorf("reading the RSA root: %w", err)
	}
	ecRoot, rest, err := restoreRoot(rest)
	if err != nil {
		return nil, fmt.Errorf("reading the EC root: %w", err)
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("reading the roots: more than two of them")
	}
	if rsaRoot.cert.PublicKeyAlgorithm != x509.RSA || ecRoot.cert.PublicKeyAlgorithm != x509.ECDSA {
		return nil, errors.New("reading the roots: not an RSA and then an EC one")
	}
	rsaRoot.algo, ecRoot.algo = x509.SHA256WithRSA, x509.ECDSAWithSHA384
	return below(elliptic.P384(), rsaRoot, ecRoot), nil
}

// restoreRoot reads one certificate and its key, and gives what follows.
func restoreRoot(text []byte) (*issuer, []byte, error) {
	certBlock, rest := pem.Decode(text)
	if certBlock == nil || certBlock.Type != "CERTIFICATE" {
		return nil, nil, errors.New("no certificate")
	}
	keyBlock, rest := pem.Decode(rest)
	if keyBlock == nil || keyBlock.Type != "PRIVATE KEY" {
		return nil, nil, errors.New("no private key")
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, nil, err
	}
	key, signs := parsed.(crypto.Signer)
	if !signs {
		return nil, nil, errors.New("a key that cannot sign")
	}
	if public, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(key.Public()) {
		return nil, nil, errors.New("the key is another certificate's")
	}
	if time.Now().After(cert.NotAfter) {
		return nil, nil, fmt.Errorf("it ended on %s", cert.NotAfter.Format(time.DateOnly))
	}
	return &issuer{cert: cert, key: key}, rest, nil
}
