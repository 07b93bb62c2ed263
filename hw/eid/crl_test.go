package eid_test

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// list is a revocation list of the country's root, as old as it is.
func list(t *testing.T, a eidtest.Applet, age time.Duration, revoked bool) eid.CRL {
	t.Helper()
	der, err := pki(t).RevokeRRN(a, started.Add(-age), revoked)
	if err != nil {
		t.Fatal(err)
	}
	return eid.CRL{List: der, Root: pki(t).Roots()[1]}
}

// TestSupplied: a list that is brought counts from then on, also for a certificate
// that was kept; an older one, and a stranger's, change nothing.
func TestSupplied(t *testing.T) {
	tr := trust(t)
	c := mint(t, an(eidtest.Applet18))
	chain := func(when string, want eid.Check) {
		t.Helper()
		if got := read(t, c, tr, eid.Want{}).Checks.Chain; got != want {
			t.Errorf("%s: chain is %v", when, got)
		}
	}
	chain("without a list", eid.Test)
	before := list(t, eidtest.Applet18, time.Hour, false)
	if kept, err := tr.Supply([]eid.CRL{before}); err != nil || len(kept) != 1 {
		t.Fatal(len(kept), err)
	}
	chain("with an empty list", eid.Test)
	after := list(t, eidtest.Applet18, 0, true)
	if kept, err := tr.Supply([]eid.CRL{after}); err != nil || len(kept) != 1 || string(kept[0].List) != string(after.List) {
		t.Fatal(len(kept), err)
	}
	chain("revoked", eid.Invalid)
	if _, err := tr.Supply([]eid.CRL{before}); err != nil {
		t.Fatal(err)
	}
	chain("with the older list again", eid.Invalid)
}

// TestSuppliedByStrangers: what no trusted root signed is refused, and what else was
// brought with it is not.
func TestSuppliedByStrangers(t *testing.T) {
	stranger, err := eidtest.NewPKI()
	if err != nil {
		t.Fatal(err)
	}
	der, err := stranger.RevokeRRN(eidtest.Applet18, started, true)
	if err != nil {
		t.Fatal(err)
	}
	tr := trust(t)
	good := list(t, eidtest.Applet18, 0, true)
	kept, err := tr.Supply([]eid.CRL{{List: der, Root: stranger.Roots()[1]}, {List: der, Root: good.Root}, {List: []byte("no list")}, good})
	if !errors.Is(err, eid.ErrCRL) || len(kept) != 1 {
		t.Errorf("%d were kept, %v", len(kept), err)
	}
}

// TestReadCRLs: a list goes with the root beside it that signed it.
func TestReadCRLs(t *testing.T) {
	dir := t.TempDir()
	want := list(t, eidtest.Applet18, 0, true)
	for name, data := range map[string][]byte{
		"b.crl": want.List, "a.crt": pki(t).Roots()[0],
		"b.crt": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: want.Root}), "note.txt": nil,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := eid.ReadCRLs(dir)
	if err != nil || len(got) != 1 || string(got[0].List) != string(want.List) || string(got[0].Root) != string(want.Root) {
		t.Errorf("%d lists, %v", len(got), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "c.crt"), []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := eid.ReadCRLs(dir); err == nil {
		t.Error("what is no certificate was taken")
	}
}

// TestHolderCertificate: two exchanges tell which certificate the holder has, of each
// applet, and a portal that has its authority's list knows when it was revoked.
func TestHolderCertificate(t *testing.T) {
	for _, a := range []eidtest.Applet{eidtest.Applet11, eidtest.Applet17, eidtest.Applet17EC, eidtest.Applet18} {
		c := mint(t, an(a))
		without := read(t, c, trust(t), eid.Want{})
		r := read(t, c, trust(t), eid.Want{Holder: true})
		if r.Exchanges != without.Exchanges+2 {
			t.Errorf("%s: it takes %d exchanges more", a, r.Exchanges-without.Exchanges)
		}
		dir := t.TempDir()
		tr, err := eid.NewTrust(eid.TrustOptions{CRLs: dir})
		if err != nil || tr.RevokedSerial(r.Proof.Holder) || len(r.Proof.Holder.Issuer) == 0 {
			t.Fatalf("%s: %+v, %v", a, r.Proof.Holder, err)
		}
		der, err := pki(t).RevokeHolder(c)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "citizens.crl"), der, 0o600)
		}
		if err == nil {
			err = tr.LoadCRLs(dir)
		}
		if err != nil || !tr.RevokedSerial(r.Proof.Holder) {
			t.Errorf("%s: it is not revoked, %v", a, err)
		}
	}
	d := an(eidtest.Applet18)
	d.Flaws.Gone = []eidtest.Path{eidtest.FileAuthentication}
	if r := read(t, mint(t, d), trust(t), eid.Want{Holder: true}); r.Proof.Holder.Issuer != nil || !r.Proof.Holder.Serial.Empty() {
		t.Errorf("without one it is %+v", r.Proof.Holder)
	}
}
