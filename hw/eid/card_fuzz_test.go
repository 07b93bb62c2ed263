package eid

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"testing"

	"balie/hw/card"
	"balie/internal/secret"
)

// alice is the public sample of OpenSC card-belpic.c.
const alice = "\x53\x4C\x49\x4E\x33\x66\x00\x29\x6C\xFF\x27\x8E\x44\x19\x20\x25\xA5\x03\x01\x01\x01\x11\x00\x02\x00\x01\x01\x0F"

func TestParseCardData(t *testing.T) {
	d, err := parseCardData([]byte(alice))
	if err != nil || d.Version() != "1.1" || d.LifeCycle != 0x0F || string(d.ChipNumber) != alice[:16] {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := parseCardData([]byte(alice[:27])); !errors.Is(err, ErrUnreadable) {
		t.Errorf("27 bytes: %v", err)
	}
}

func FuzzCardData(f *testing.F) {
	f.Add([]byte(alice))
	f.Add([]byte(alice + "\x03\x03\x03"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := parseCardData(data)
		if (err == nil) != (len(data) >= cardDataLen) || err == nil && (len(d.ChipNumber) != 16 || d.Version() == "") {
			t.Errorf("%X is %+v, %v", data, d, err)
		}
	})
}

// FuzzSignature throws signature files at both kinds of key: none verifies, and none
// makes anything fall over. The overflow of eid-mw (signature_parsing.c) is among the
// seeds.
func FuzzSignature(f *testing.F) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		f.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"\x30\x85\xFF\xFF\xFF\xFF\xFF", "\x30\x01\x02", "\x30\x82\xFF\xFF", "\x30\x06\x02\x01\x01\x02\x01\x01\x00\x00", ""} {
		f.Add([]byte(seed))
	}
	f.Add(make([]byte, 128))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, key := range []any{short.Public(), ec.Public(), nil} {
			if verifies(key, []byte("message"), data) || signedBy(key, []byte("message"), data) {
				t.Errorf("%X verifies", data)
			}
		}
		if n := signature().length(data); n >= 0 && n != len(data) {
			t.Errorf("%X: %d bytes of a signature file are wanted", data, n)
		}
	})
}

// FuzzCertificate reads certificate files: never more than the file has.
func FuzzCertificate(f *testing.F) {
	f.Add(make([]byte, 300))
	f.Add([]byte("\x30\x82\x01\x00\x30"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cert, err := parseCertificate(data)
		if err == nil && cert != nil && len(cert.Raw) > len(data) {
			t.Errorf("a certificate of %d bytes in a file of %d", len(cert.Raw), len(data))
		}
		if n, err := card.DERLength(data); err == nil && cert != nil && len(cert.Raw) != n {
			t.Errorf("a certificate of %d bytes, read as %d", len(cert.Raw), n)
		}
	})
}

// FuzzProof judges proofs as a portal does that gets them from anyone.
func FuzzProof(f *testing.F) {
	tr, err := NewTrust(TrustOptions{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("\x07\x01A\x1A\x00"), []byte{1}, []byte{0x30, 0}, make([]byte, 48), make([]byte, 96), []byte{0x30, 0})
	f.Fuzz(func(t *testing.T, identity, signature, rrn, challenge, answer, key []byte) {
		p := Proof{Identity: secret.NewBytes(identity), Signature: signature, RRN: rrn, Root: rrn, Challenge: challenge, Answer: answer, PublicKey: key}
		_, checks, err := VerifyProof(p, tr)
		if err == nil && (checks.Verified() || checks.Chain != Invalid) {
			t.Errorf("verified without a root: %v", checks)
		}
	})
}

// TestNothingOfAKeyIsWorthIt: keys that are too long or of another kind never verify.
func TestNothingOfAKeyIsWorthIt(t *testing.T) {
	cert := x509.Certificate{PublicKey: "no key"}
	if verifies(cert.PublicKey, nil, make([]byte, 128)) {
		t.Error("a text verifies")
	}
	if _, _, err := signing(cert.PublicKey, nil); !errors.Is(err, ErrUnreadable) {
		t.Errorf("got %v", err)
	}
}

// FuzzCertificateID: what stands in for a certificate never makes anything fall over,
// and only what has an issuer has a serial number.
func FuzzCertificateID(f *testing.F) {
	f.Add([]byte("\x30\x82\x03\x83\x30\x82\x02\xEC\xA0\x03\x02\x01\x02\x02\x02\x10\x01\x30\x03\x06\x01\x2A\x30\x02\x31\x00"))
	f.Add([]byte("\x30\x84\xFF\xFF\xFF\xFF\x30\x80"))
	f.Add(make([]byte, 256))
	f.Fuzz(func(t *testing.T, data []byte) {
		id, ok := certificateID(data)
		if ok != (len(id.Issuer) > 0) || ok == id.Serial.Empty() {
			t.Errorf("%X is %+v, %v", data, id, ok)
		}
	})
}
