package eidtest_test

import (
	"sync"
	"testing"

	"balie/hw/eid/eidtest"
)

// country and quickCountry are made once for all tests: their keys take a while.
var (
	country      = sync.OnceValues(eidtest.NewPKI)
	quickCountry = sync.OnceValues(eidtest.NewQuickPKI)
)

// newPKI is the country whose keys are those of real cards.
func newPKI(t testing.TB) *eidtest.PKI {
	t.Helper()
	return made(t, country)
}

// quickPKI is for tests that do not look at keys.
func quickPKI(t testing.TB) *eidtest.PKI {
	t.Helper()
	return made(t, quickCountry)
}

func made(t testing.TB, f func() (*eidtest.PKI, error)) *eidtest.PKI {
	t.Helper()
	pki, err := f()
	if err != nil {
		t.Fatal(err)
	}
	return pki
}

func mint(t *testing.T, pki *eidtest.PKI, d eidtest.Description) *eidtest.Card {
	t.Helper()
	c, err := pki.Mint(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
