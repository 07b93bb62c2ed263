package eid_test

import (
	"testing"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// shapes are the sizes that a file is made: empty, short, and padded with zeros, once
// to the end of a chunk.
func shapes() []int { return []int{0, 1, 2, 40, 255, 256, 257, 1400, 3500} }

// TestFilesOfEveryShape reads cards of which one file is empty, cut, padded or not
// there, each file in turn: never is anything believed that is not on the card.
func TestFilesOfEveryShape(t *testing.T) {
	for _, a := range eidtest.Applets() {
		for _, file := range []eidtest.Path{
			eidtest.FileIdentity, eidtest.FileIdentitySignature, eidtest.FileAddress, eidtest.FileAddressSignature, eidtest.FilePhoto,
			eidtest.FileAuthentication, eidtest.FileSignature, eidtest.FileCA, eidtest.FileRoot, eidtest.FileRRN, eidtest.FilePublicKey,
		} {
			t.Run(string(a)+"/"+file.String(), func(t *testing.T) {
				gone := an(a)
				gone.Flaws.Gone = []eidtest.Path{file}
				list := []eidtest.Description{gone}
				for _, size := range shapes() {
					d := an(a)
					d.Flaws.Sizes = []eidtest.Size{{File: file, Bytes: size}}
					list = append(list, d)
				}
				for _, d := range list {
					c, tr := quickMint(t, d), quickTrust(t)
					instantly(t, func(t *testing.T) {
						r, err := eid.Read(t.Context(), c, tr, everything(), nil)
						honest(t, c, r, err)
					})
					if t.Failed() {
						t.Fatalf("%+v", d.Flaws)
					}
				}
			})
		}
	}
}

// TestPaddedCertificates: certificates are as good with any padding, and none of it
// is sent.
func TestPaddedCertificates(t *testing.T) {
	plain := an(eidtest.Applet18)
	padded := plain
	for _, file := range []eidtest.Path{eidtest.FileAuthentication, eidtest.FileSignature, eidtest.FileCA, eidtest.FileRoot, eidtest.FileRRN, eidtest.FileAddress} {
		padded.Flaws.Sizes = append(padded.Flaws.Sizes, eidtest.Size{File: file, Bytes: 5000})
	}
	want, got := read(t, mint(t, plain), trust(t), everything()), read(t, mint(t, padded), trust(t), everything())
	if got.Checks != want.Checks || got.Exchanges != want.Exchanges || got.Bytes != want.Bytes {
		t.Errorf("%v, %d exchanges, %d bytes; without padding %v, %d, %d", got.Checks, got.Exchanges, got.Bytes, want.Checks, want.Exchanges, want.Bytes)
	}
}
