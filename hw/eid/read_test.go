package eid_test

import (
	"bytes"
	"context"
	"testing"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// TestEveryKindOfCard reads each kind of document on each applet, whole. TestThroughPCSCD
// does so once for each applet with the keys of real cards.
func TestEveryKindOfCard(t *testing.T) {
	for _, a := range eidtest.Applets() {
		tr := quickTrust(t)
		for _, kind := range eidtest.Types() {
			t.Run(string(a)+"/"+kind.Number, func(t *testing.T) {
				d := an(a)
				d.Type = kind.Number
				c := quickMint(t, d)
				instantly(t, func(t *testing.T) { checkWhole(t, c, read(t, c, tr, everything())) })
			})
		}
	}
}

func read(t *testing.T, c *eidtest.Card, tr *eid.Trust, w eid.Want) eid.Record {
	t.Helper()
	r, err := eid.Read(context.Background(), c, tr, w, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func checkWhole(t *testing.T, c *eidtest.Card, r eid.Record) {
	t.Helper()
	d := c.Description()
	if want := allGood(d.Applet); r.Checks != want {
		t.Errorf("checks are %v, not %v", r.Checks, want)
	}
	if len(r.Identity.Warnings) > 0 {
		t.Errorf("warnings: %q", r.Identity.Warnings)
	}
	for _, f := range []struct{ what, got, want string }{
		{"family name", r.Identity.FamilyName.Reveal(), d.Family},
		{"given names", r.Identity.GivenNames.Reveal(), d.Given},
		{"initial", r.Identity.Initial.Reveal(), d.Initial},
		{"national number", r.Identity.NationalNumber.Reveal(), d.NationalNumber},
		{"birth date", r.Identity.BirthDate.Reveal(), d.Birth},
		{"sex", r.Identity.Sex, d.Sex},
		{"street", r.Address.Street.Reveal(), d.Street},
		{"postal code", r.Address.PostalCode.Reveal(), d.PostalCode},
		{"town", r.Address.Municipality.Reveal(), d.Town},
		{"applet", r.Applet, string(d.Applet)[:3]},
	} {
		if f.got != f.want {
			t.Errorf("%s is %q, not %q", f.what, f.got, f.want)
		}
	}
	if !bytes.Equal(r.Photo, c.File(eidtest.FilePhoto)) {
		t.Error("the photo is not that of the card")
	}
	if r.Certificates == nil || r.Certificates.CA == nil || r.Certificates.RRN == nil || r.Certificates.Root == nil {
		t.Error("certificates are missing")
	}
	if !r.Proof.TestTrusted {
		t.Error("the proof does not say that the root is a test root")
	}
}

// TestBudget holds the number of exchanges and bytes that a read may take.
func TestBudget(t *testing.T) {
	all := eid.Want{Address: true, Photo: true, NoCardData: true}
	certs := all
	certs.Certificates = true
	for _, c := range []struct {
		name             string
		applet           eidtest.Applet
		known            bool // the RRN certificate
		want             eid.Want
		exchanges, bytes int // at most
	}{
		{"verified", eidtest.Applet18, true, eid.Want{NoCardData: true}, 4, 900},
		{"genuine", eidtest.Applet18, true, eid.Want{NoCardData: true, Genuine: true}, 8, 900},
		{"all, 1.1", eidtest.Applet11, false, all, 28, 5000},
		{"all, 1.8", eidtest.Applet18, false, all, 30, 5000},
		{"all and certificates, 1.1", eidtest.Applet11, false, certs, 50, 8700},
		{"all and certificates, 1.8", eidtest.Applet18, false, certs, 50, 8700},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr, v := trust(t), mint(t, an(c.applet))
			if c.known {
				read(t, v, tr, eid.Want{})
			}
			v.SetFaults(eidtest.Faults{})
			r := read(t, v, tr, c.want)
			if r.Exchanges > c.exchanges || r.Bytes > c.bytes {
				t.Errorf("%d exchanges and %d bytes, more than %d and %d", r.Exchanges, r.Bytes, c.exchanges, c.bytes)
			}
			if r.Exchanges != v.Exchanges() {
				t.Errorf("%d exchanges counted, and the card saw %d", r.Exchanges, v.Exchanges())
			}
			if !r.Checks.Verified() {
				t.Errorf("not verified: %v", r.Checks)
			}
			t.Logf("%d exchanges, %d bytes", r.Exchanges, r.Bytes)
		})
	}
}

// TestNameAfterTwoExchanges holds how soon someone can be greeted.
func TestNameAfterTwoExchanges(t *testing.T) {
	c := mint(t, an(eidtest.Applet18))
	calls, at := 0, 0
	_, err := eid.Read(context.Background(), c, trust(t), eid.Want{}, func(i eid.Identity) {
		calls, at = calls+1, c.Exchanges()
		if i.FamilyName.Reveal() != "Peeters" {
			t.Error("the wrong name was seen")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls != 1 || at != 2 {
		t.Errorf("seen %d times, after %d exchanges; not once, after 2", calls, at)
	}
}
