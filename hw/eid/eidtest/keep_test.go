package eidtest_test

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"testing"

	"balie/hw/eid/eidtest"
)

func TestKeptPKISignsForTheSameRoots(t *testing.T) {
	first, err := eidtest.NewPKI()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := first.Keep()
	if err != nil {
		t.Fatal(err)
	}
	again, err := eidtest.RestorePKI(kept)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.RootPEM(), again.RootPEM()) {
		t.Error("other roots came back")
	}
	if bytes.Contains(again.RootPEM(), []byte("PRIVATE")) {
		t.Error("a private key among the roots to trust")
	}
	for i, a := range []eidtest.Applet{eidtest.Applet17, eidtest.Applet18} {
		c, err := again.Mint(eidtest.Description{ID: "an", Applet: a})
		if err != nil {
			t.Fatal(err)
		}
		root, err := x509.ParseCertificate(first.Roots()[i])
		if err != nil {
			t.Fatal(err)
		}
		var der asn1.RawValue // the file is longer than the certificate in it
		if _, err := asn1.Unmarshal(c.File(eidtest.FileRRN), &der); err != nil {
			t.Fatal(err)
		}
		rrn, err := x509.ParseCertificate(der.FullBytes)
		if err != nil {
			t.Fatal(err)
		}
		if err := rrn.CheckSignatureFrom(root); err != nil {
			t.Errorf("applet %s: %v", a, err)
		}
	}
}

func TestRestorePKITellsWhatIsWrong(t *testing.T) {
	p, err := eidtest.NewPKI()
	if err != nil {
		t.Fatal(err)
	}
	other, err := eidtest.NewPKI()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := p.Keep()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.Keep()
	if err != nil {
		t.Fatal(err)
	}
	half := bytes.Index(kept, []byte("-----BEGIN PRIVATE"))
	otherHalf := bytes.Index(foreign, []byte("-----BEGIN PRIVATE"))
	for name, text := range map[string][]byte{
		"nothing":             nil,
		"noise":               []byte("noise"),
		"no keys":             p.RootPEM(),
		"cut short":           kept[:len(kept)/2],
		"more":                append(bytes.Clone(kept), kept...),
		"somebody else's key": append(bytes.Clone(kept[:half]), foreign[otherHalf:]...),
	} {
		if _, err := eidtest.RestorePKI(text); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
