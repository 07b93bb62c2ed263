package eidtest_test

import (
	"testing"

	"balie/hw/eid/eidtest"
)

func newPKI(t *testing.T) *eidtest.PKI {
	t.Helper()
	pki, err := eidtest.NewPKI()
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
