package eid

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"crypto/x509"
	"math/big"

	"balie/hw/card"
)

// maxRSA is the longest RSA key, in bytes, that is worth the computing: a hostile
// card may bring any.
const maxRSA = 1024

// verifies tells whether signature, as it lies in its file, is that of message. The
// kind of key decides, never the applet: there are 1.7 cards that were signed anew
// with P-384 (Fedict/eid-mw, "applet 1.7 content addendum").
func verifies(key crypto.PublicKey, message, signature []byte) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return verifiesRSA(k, message, signature)
	case *ecdsa.PublicKey:
		return verifiesECDSA(k, message, signature)
	}
	return false
}

// verifiesRSA checks PKCS #1 v1.5 with SHA-256, or SHA-1 as applets to 1.7 have it.
func verifiesRSA(key *rsa.PublicKey, message, signature []byte) bool {
	n := key.Size()
	if n > maxRSA || len(signature) < n || !allZero(signature[n:]) {
		return false
	}
	long, short := sha256.Sum256(message), sha1.Sum(message)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, long[:], signature[:n]) == nil ||
		rsa.VerifyPKCS1v15(key, crypto.SHA1, short[:], signature[:n]) == nil
}

// verifiesECDSA checks a DER signature with zeros after it. The hash is as long as
// the key: SHA-384 for the P-384 that all known cards have.
func verifiesECDSA(key *ecdsa.PublicKey, message, signature []byte) bool {
	der, padding, ok := cutDER(signature)
	if !ok || !allZero(padding) {
		return false
	}
	return ecdsa.VerifyASN1(key, digestFor(key, message), der)
}

func digestFor(key *ecdsa.PublicKey, message []byte) []byte {
	switch bits := key.Curve.Params().BitSize; {
	case bits <= 256:
		sum := sha256.Sum256(message)
		return sum[:]
	case bits <= 384:
		sum := sha512.Sum384(message)
		return sum[:]
	}
	sum := sha512.Sum512(message)
	return sum[:]
}

// cutDER parts a DER value from what follows it.
func cutDER(data []byte) (value, rest []byte, ok bool) {
	n, err := card.DERLength(data)
	if err != nil || n > len(data) {
		return nil, nil, false
	}
	return data[:n:n], data[n:], true
}

// parseCertificate reads a certificate file: a certificate, and padding. Absent is
// nil, nil: the file is zeros, or empty.
func parseCertificate(data []byte) (*x509.Certificate, error) {
	if allZero(data) {
		return nil, nil
	}
	der, _, ok := cutDER(data)
	if !ok {
		return nil, ErrUnreadable
	}
	return x509.ParseCertificate(der)
}

// addressMessage is what the address signature is over: the address file without its
// padding, and the whole identity signature file with it.
func addressMessage(address, identitySignature []byte) []byte {
	message := bytes.Clone(bytes.TrimRight(address, "\x00"))
	return append(message, identitySignature...)
}

// hashMatches tells whether sum is the hash of data, by an algorithm of its length.
// Cards have had SHA-1, SHA-256 and SHA-384, and not always that of their applet
// (Fedict/eid-mw#128).
func hashMatches(sum, data []byte) bool {
	var got []byte
	switch len(sum) {
	case sha1.Size:
		h := sha1.Sum(data)
		got = h[:]
	case sha256.Size:
		h := sha256.Sum256(data)
		got = h[:]
	case sha512.Size384:
		h := sha512.Sum384(data)
		got = h[:]
	}
	return got != nil && subtle.ConstantTimeCompare(sum, got) == 1
}

// verifiesPlain checks r‖s over a value that is no longer than the key, as the chip
// answers INTERNAL AUTHENTICATE and signs.
func verifiesPlain(key *ecdsa.PublicKey, digest, answer []byte) bool {
	n := (key.Curve.Params().BitSize + 7) / 8
	if len(answer) != 2*n {
		return false
	}
	r, s := new(big.Int).SetBytes(answer[:n]), new(big.Int).SetBytes(answer[n:])
	return ecdsa.Verify(key, digest, r, s)
}
