package eid_test

import (
	"crypto/x509"
	"flag"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// country is one PKI for all tests: its keys take a while to make.
var country = sync.OnceValues(eidtest.NewPKI)

func pki(t testing.TB) *eidtest.PKI {
	t.Helper()
	p, err := country()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// quickCountry is one of keys that are soon checked, for what reads cards by the
// thousand.
var quickCountry = sync.OnceValues(eidtest.NewQuickPKI)

var realKeys = flag.Bool("real-keys", false, "read by the thousand with P-384 too, as real cards have it: minutes in place of seconds")

func quickPKI(t testing.TB) *eidtest.PKI {
	t.Helper()
	if *realKeys {
		return pki(t)
	}
	p, err := quickCountry()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// quickTrust is a fresh Trust in the roots of the quick PKI.
func quickTrust(t testing.TB) *eid.Trust {
	t.Helper()
	return trustIn(t, quickPKI(t), func() time.Time { return started })
}

func quickMint(t testing.TB, d eidtest.Description) *eidtest.Card {
	t.Helper()
	return mintIn(t, quickPKI(t), d)
}

// roots are the test roots, parsed.
func roots(t testing.TB, p *eidtest.PKI) []*x509.Certificate {
	t.Helper()
	list := parsedRoots(p)
	if len(list) != len(p.Roots()) {
		t.Fatal("a root cannot be parsed")
	}
	return list
}

func parsedRoots(p *eidtest.PKI) (list []*x509.Certificate) {
	for _, der := range p.Roots() {
		if cert, err := x509.ParseCertificate(der); err == nil {
			list = append(list, cert)
		}
	}
	return list
}

// trust is a fresh Trust in the test roots.
func trust(t testing.TB) *eid.Trust {
	t.Helper()
	return trustAt(t, func() time.Time { return started })
}

// started is now, also inside a synctest bubble, whose clock stands at 2000.
var started = time.Now()

func trustAt(t testing.TB, now func() time.Time) *eid.Trust {
	t.Helper()
	return trustIn(t, pki(t), now)
}

func trustIn(t testing.TB, p *eidtest.PKI, now func() time.Time) *eid.Trust {
	t.Helper()
	tr, err := eid.NewTrust(eid.TrustOptions{TestRoots: roots(t, p), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// an is a description that tests change.
func an(a eidtest.Applet) eidtest.Description {
	return eidtest.Description{
		ID: "an", Applet: a, Given: "An Maria", Family: "Peeters", Initial: "J", Birth: "1985-07-30", Sex: "F",
		NationalNumber: "85073003427",
		Street:         "Bergstraat 1", PostalCode: "3000", Town: "Leuven",
	}
}

func mint(t testing.TB, d eidtest.Description) *eidtest.Card {
	t.Helper()
	return mintIn(t, pki(t), d)
}

func mintIn(t testing.TB, p *eidtest.PKI, d eidtest.Description) *eidtest.Card {
	t.Helper()
	c, err := p.Mint(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// everything is all that can be asked.
func everything() eid.Want {
	return eid.Want{Address: true, Photo: true, Certificates: true, Genuine: true}
}

// instantly runs f with a clock that jumps over every wait.
func instantly(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// genuine is the Genuine check of a good card.
func genuine(a eidtest.Applet) eid.Check {
	if a == eidtest.Applet18 {
		return eid.Valid
	}
	return eid.Absent
}

// allGood are the checks of a good card after everything was asked.
func allGood(a eidtest.Applet) eid.Checks {
	return eid.Checks{
		IdentitySignature: eid.Valid, AddressSignature: eid.Valid, PhotoHash: eid.Valid, ChipNumber: eid.Valid,
		Chain: eid.Test, Genuine: genuine(a), Validity: eid.Valid,
	}
}
