package eid_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// filled is a card whose identity file has an element that ends at byte 256, and more
// elements after that, or none.
func filled(t *testing.T, a eidtest.Applet, more bool) *eidtest.Card {
	t.Helper()
	d := an(a)
	d.Family, d.Given, d.Town = "P", "A", "L"
	d.Tags = []eidtest.Tag{{Tag: 0x71}}
	short := len(mint(t, d).File(eidtest.FileIdentity))
	d.Tags[0].Text = strings.Repeat("x", 256-short)
	if more {
		d.Tags = append(d.Tags, eidtest.Tag{Tag: 0x72, Text: "more"})
	}
	c := mint(t, d)
	if n := len(c.File(eidtest.FileIdentity)); (n > 256) != more || n < 256 {
		t.Fatalf("the file has %d bytes", n)
	}
	return c
}

// TestIdentityThatFillsAChunk: that the elements end with the first 256 bytes does not
// say that the file does; nor does it cost anything where it does.
func TestIdentityThatFillsAChunk(t *testing.T) {
	for _, a := range eidtest.Applets() {
		for _, more := range []bool{false, true} {
			c, tr := filled(t, a, more), trust(t)
			for _, trusted := range []string{"first", "with the RRN certificate known"} {
				c.SetFaults(eidtest.Faults{})
				named := 0
				var r eid.Record
				instantly(t, func(t *testing.T) {
					var err error
					r, err = eid.Read(t.Context(), c, tr, everything(), func(eid.Identity) { named = c.Exchanges() })
					if err != nil {
						t.Fatal(err)
					}
				})
				if want := allGood(a); r.Checks != want || !bytes.Equal(r.Proof.Identity.Reveal(), c.File(eidtest.FileIdentity)) {
					t.Errorf("%s, more %v, %s: %v", a, more, trusted, r.Checks)
				}
				if named != 2 {
					t.Errorf("%s, more %v: the name is there after %d exchanges", a, more, named)
				}
			}
		}
	}
}

// TestPaddedIdentityIsReadWhole: what is signed is the whole file, padding included.
func TestPaddedIdentityIsReadWhole(t *testing.T) {
	for _, size := range []int{255, 256, 257, 300, 512, 700} {
		d := an(eidtest.Applet11)
		d.Flaws.Sizes = []eidtest.Size{{File: eidtest.FileIdentity, Bytes: size}}
		c := mint(t, d)
		r := read(t, c, trust(t), eid.Want{})
		if got := r.Proof.Identity.Reveal(); !bytes.Equal(got, c.File(eidtest.FileIdentity)) {
			t.Errorf("of %d bytes, %d were read", size, len(got))
		}
	}
}

// TestPaddedSignatures: the address is signed together with the whole identity
// signature file, however much of that is padding.
func TestPaddedSignatures(t *testing.T) {
	for _, a := range eidtest.Applets() {
		for _, size := range []int{200, 256, 300, 600} {
			d := an(a)
			d.SignatureSize = size
			c, tr := mint(t, d), trust(t)
			for _, trusted := range []string{"first", "with the RRN certificate known"} {
				instantly(t, func(t *testing.T) {
					r, err := eid.Read(t.Context(), c, tr, everything(), nil)
					if err != nil {
						t.Fatal(err)
					}
					if r.Checks != allGood(a) {
						t.Errorf("%s, %d bytes, %s: %v", a, size, trusted, r.Checks)
					}
				})
			}
		}
	}
}

// TestLongSignatures: what a card is judged does not hang on which was read before it.
func TestLongSignatures(t *testing.T) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := authority(t, rootKey)
	for _, bits := range []int{3072, 4096} {
		c := signedAnew(t, root, rootKey, bits)
		tr, err := eid.NewTrust(eid.TrustOptions{TestRoots: []*x509.Certificate{root}})
		if err != nil {
			t.Fatal(err)
		}
		for _, trusted := range []string{"first", "with the RRN certificate known"} {
			if r := read(t, c, tr, everything()); r.Checks != allGood(eidtest.Applet17) {
				t.Errorf("RSA %d, %s: %v", bits, trusted, r.Checks)
			}
		}
	}
}

// signedAnew is a 1.7 card that an RRN certificate with a longer key signed.
func signedAnew(t *testing.T, root *x509.Certificate, rootKey *ecdsa.PrivateKey, bits int) *eidtest.Card {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	rrn, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
		Subject:  pkix.Name{CommonName: "RRN", Organization: []string{"RRN"}, Country: []string{"BE"}},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, root, key.Public(), rootKey)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(message []byte) []byte {
		sum := sha256.Sum256(message)
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	old := mint(t, an(eidtest.Applet17))
	i := eidtest.Image{ATR: old.ATR(), Data: old.Data(), Files: map[eidtest.Path][]byte{
		eidtest.FileIdentity: old.File(eidtest.FileIdentity), eidtest.FileAddress: old.File(eidtest.FileAddress), eidtest.FilePhoto: old.File(eidtest.FilePhoto),
		eidtest.FileRRN: rrn, eidtest.FileRoot: root.Raw,
	}}
	signature := sign(i.Files[eidtest.FileIdentity])
	i.Files[eidtest.FileIdentitySignature] = signature
	i.Files[eidtest.FileAddressSignature] = sign(slices.Concat(bytes.TrimRight(i.Files[eidtest.FileAddress], "\x00"), signature))
	c, err := i.Card("anew")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
