package eidtest_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"image/jpeg"
	"slices"
	"testing"

	"balie/hw/eid/eidtest"
)

// TestEveryKindOnEveryAppletVerifies mints the whole table and checks the
// signatures by the rules of eid-viewer, with code that shares nothing with the
// minting.
func TestEveryKindOnEveryAppletVerifies(t *testing.T) {
	pki := quickPKI(t)
	for _, applet := range eidtest.Applets() {
		for _, kind := range eidtest.Types() {
			t.Run(string(applet)+" "+kind.Name, func(t *testing.T) {
				c := mint(t, pki, eidtest.Description{ID: "x", Given: "Jan", Family: "Test", Birth: "2017-03-05", Type: kind.Name, Applet: applet})
				if !verifies(t, pki, c) {
					t.Error("the card does not verify")
				}
				if got := field(c.File(eidtest.FileIdentity), 0x0F); string(got) != kind.Number {
					t.Errorf("document type is %q, not %q", got, kind.Number)
				}
			})
		}
	}
}

func TestFlawsAreFound(t *testing.T) {
	pki := newPKI(t)
	flip := func(file eidtest.Path) eidtest.Flaws {
		return eidtest.Flaws{Flip: []eidtest.Flip{{File: file, Bit: 203}}}
	}
	for name, flaws := range map[string]eidtest.Flaws{
		"identity signature": {IdentitySignature: true},
		"address signature":  {AddressSignature: true},
		"photo":              {Photo: true},
		"foreign root":       {ForeignRoot: true},
		"flip in identity":   flip(eidtest.FileIdentity),
		"flip in address":    flip(eidtest.FileAddress),
		"flip in photo":      flip(eidtest.FilePhoto),
		"flip in RRN":        flip(eidtest.FileRRN),
		"short address":      {Sizes: []eidtest.Size{{File: eidtest.FileAddress, Bytes: 3}}},
		"empty identity":     {Sizes: []eidtest.Size{{File: eidtest.FileIdentity}}},
		"padded identity":    {Sizes: []eidtest.Size{{File: eidtest.FileIdentity, Bytes: 900}}},
		"no photo":           {Gone: []eidtest.Path{eidtest.FilePhoto}},
	} {
		for _, applet := range eidtest.Applets() {
			t.Run(name+" "+string(applet), func(t *testing.T) {
				c := mint(t, pki, eidtest.Description{ID: "x", Given: "Jan", Family: "Test", Applet: applet, Flaws: flaws})
				if verifies(t, pki, c) {
					t.Error("the flaw is not there")
				}
			})
		}
	}
}

// verifies checks identity, address, photo and the RRN certificate.
func verifies(t *testing.T, pki *eidtest.PKI, c *eidtest.Card) bool {
	t.Helper()
	rrn, err := x509.ParseCertificate(element(c.File(eidtest.FileRRN)))
	if err != nil {
		return false
	}
	identity, signature := c.File(eidtest.FileIdentity), c.File(eidtest.FileIdentitySignature)
	message := slices.Concat(bytes.TrimRight(c.File(eidtest.FileAddress), "\x00"), signature)
	sha1 := c.Description().Applet == eidtest.Applet11
	return issued(pki, rrn) && signed(rrn, sha1, identity, signature) &&
		signed(rrn, sha1, message, c.File(eidtest.FileAddressSignature)) && pictured(identity, c.File(eidtest.FilePhoto))
}

func issued(pki *eidtest.PKI, rrn *x509.Certificate) bool {
	for rest := pki.RootPEM(); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return false
		}
		root, err := x509.ParseCertificate(block.Bytes)
		if err == nil && root.CheckSignature(rrn.SignatureAlgorithm, rrn.RawTBSCertificate, rrn.Signature) == nil {
			return true
		}
	}
}

func signed(rrn *x509.Certificate, old bool, message, signature []byte) bool {
	switch key := rrn.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() { // of the quick country
			sum := sha256.Sum256(message)
			return ecdsa.VerifyASN1(key, sum[:], element(signature))
		}
		sum := sha512.Sum384(message)
		return ecdsa.VerifyASN1(key, sum[:], element(signature))
	case *rsa.PublicKey:
		if old {
			sum := sha1.Sum(message)
			return rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], signature) == nil
		}
		sum := sha256.Sum256(message)
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
	}
	return false
}

func pictured(identity, photo []byte) bool {
	if _, err := jpeg.Decode(bytes.NewReader(photo)); err != nil {
		return false
	}
	hash := field(identity, 0x11)
	a, b, d := sha1.Sum(photo), sha256.Sum256(photo), sha512.Sum384(photo)
	return bytes.Equal(hash, a[:]) || bytes.Equal(hash, b[:]) || bytes.Equal(hash, d[:])
}

// element is the first DER element of a padded file.
func element(file []byte) []byte {
	var raw asn1.RawValue
	if _, err := asn1.Unmarshal(file, &raw); err != nil {
		return nil
	}
	return raw.FullBytes
}

// field is one element of a TLV file.
func field(file []byte, want byte) []byte {
	for len(file) > 2 {
		tag, n, at := file[0], 0, 1
		for at < len(file)-1 && file[at] == 0xFF {
			n, at = n+0xFF, at+1
		}
		n += int(file[at])
		at++
		if at+n > len(file) {
			return nil
		}
		if tag == want {
			return file[at : at+n]
		}
		file = file[at+n:]
	}
	return nil
}

func TestPhotoIsLikeARealOne(t *testing.T) {
	pki := quickPKI(t)
	for _, d := range eidtest.Tray() {
		photo := mint(t, pki, d).File(eidtest.FilePhoto)
		picture, err := jpeg.Decode(bytes.NewReader(photo))
		if err != nil {
			t.Fatal(err)
		}
		want := [2]int{140, 200}
		if d.Applet == eidtest.Applet18 {
			want = [2]int{150, 195}
		}
		if size := picture.Bounds().Size(); [2]int{size.X, size.Y} != want {
			t.Errorf("%s: %v, not %v", d.ID, size, want)
		}
		if len(photo) < 2400 || len(photo) > 3100 {
			t.Errorf("%s: %d bytes, not about 2.6 to 3.1 kB", d.ID, len(photo))
		}
	}
}
