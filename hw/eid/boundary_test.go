package eid_test

import (
	"bytes"
	"strings"
	"testing"

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
