package pcsc_test

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"testing"

	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
)

// TestTrayIsReadAndJudged reads every card of the tray the way a booth does: put
// in, noticed, connected to, read, checked; two at a time.
func TestTrayIsReadAndJudged(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		r := pcsc.NewWith(b.service(), pcsc.Options{})
		w := watch(t, r)
		w.expect(t, both(b)...)
		for pair := range slices.Chunk(eidtest.Tray(), 2) {
			for reader, d := range pair {
				c, err := cards().Mint(d)
				must(t, err)
				b.insert(t, reader, c)
			}
			for range pair {
				at := w.next(t)
				reader := slices.Index(b.names(), at.Reader)
				if at.Kind != pcsc.CardInserted || reader < 0 || reader >= len(pair) {
					t.Fatalf("%+v came", at)
				}
				record, err := readCard(t.Context(), t, r, at.Reader)
				must(t, err)
				judge(t, pair[reader], record)
			}
			for reader := range pair {
				b.pull(t, reader)
			}
			for range pair {
				if at := w.next(t); at.Kind != pcsc.CardRemoved {
					t.Fatalf("%+v came", at)
				}
			}
		}
	})
}

// readCard connects and reads everything.
func readCard(ctx context.Context, t *testing.T, r *pcsc.Readers, reader string) (eid.Record, error) {
	t.Helper()
	k, err := r.Connect(ctx, reader)
	if err != nil {
		return eid.Record{}, err
	}
	defer func() { must(t, k.Close()) }()
	return eid.Read(ctx, k, trust(t), eid.Want{Address: true, Photo: true, Genuine: true}, nil)
}

func trust(t *testing.T) *eid.Trust {
	t.Helper()
	var roots []*x509.Certificate
	for _, der := range cards().Roots() {
		root, err := x509.ParseCertificate(der)
		must(t, err)
		roots = append(roots, root)
	}
	tr, err := eid.NewTrust(eid.TrustOptions{TestRoots: roots})
	must(t, err)
	return tr
}

// judge compares what was read with what was minted.
func judge(t *testing.T, d eidtest.Description, got eid.Record) {
	t.Helper()
	i := got.Identity
	if i.GivenNames.Reveal() != d.Given || i.FamilyName.Reveal() != d.Family || i.NationalNumber.Reveal() != d.NationalNumber || i.BirthDate.Reveal() != d.Birth || i.Sex != d.Sex {
		t.Errorf("%s: the identity is not the one that was minted", d.ID)
	}
	want := eid.Checks{
		IdentitySignature: eid.Valid, AddressSignature: eid.Valid, PhotoHash: eid.Valid, ChipNumber: eid.Valid,
		Chain: eid.Test, Genuine: eid.Absent, Validity: eid.Valid,
	}
	if d.Applet == eidtest.Applet18 {
		want.Genuine = eid.Valid
	}
	if d.Flaws.Expired {
		want.Validity = eid.Invalid
	}
	if d.Flaws.IdentitySignature {
		want.IdentitySignature = eid.Invalid
	}
	if got.Checks != want {
		t.Errorf("%s: checks %+v, not %+v", d.ID, got.Checks, want)
	}
}

// TestPulledAtEveryExchange takes the card out at each exchange of a whole read:
// each time the read ends with card.ErrRemoved, or it had all it wanted.
func TestPulledAtEveryExchange(t *testing.T) {
	c, err := cards().Mint(eidtest.Tray()[0])
	must(t, err)
	whole, err := eid.Read(t.Context(), c, trust(t), eid.Want{Address: true, Photo: true, Genuine: true}, nil)
	must(t, err)
	if !whole.Checks.Verified() {
		t.Fatalf("checks %+v", whole.Checks)
	}
	last := c.Exchanges()
	b := newFakeBench(t)
	r := pcsc.NewWith(b.service(), pcsc.Options{})
	for at := 1; at <= last; at++ {
		c.SetFaults(eidtest.Faults{PullAt: at})
		b.insert(t, 0, c)
		if _, err := readCard(t.Context(), t, r, b.names()[0]); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("pulled at exchange %d of %d: %v", at, last, err)
		}
	}
}
