package pcsc_test

import (
	"testing"

	"github.com/ebfe/scard"

	"balie/hw/card"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
)

// BenchmarkTransmit sets an exchange through a Card, in its goroutine and outside,
// against one through scard alone, with the same virtual card behind the same pcscd.
func BenchmarkTransmit(b *testing.B) {
	pki := cards()
	c, err := pki.Mint(eidtest.Description{ID: "x"})
	if err != nil {
		b.Fatal(err)
	}
	reader := eidtest.NewReader(daemon.Addresses()[0])
	if err := reader.Insert(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := reader.Pull(); err != nil {
			b.Error(err)
		}
	})
	k := connectSoon(b)
	b.Run("scard", func(b *testing.B) { bare(b) })
	b.Run("inside", func(b *testing.B) {
		b.ReportAllocs()
		err := k.Run(b.Context(), func(c card.Card) error {
			for b.Loop() {
				if _, err := c.Transmit(b.Context(), selectIdentity); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
	b.Run("pcsc", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := k.Transmit(b.Context(), selectIdentity); err != nil {
				b.Fatal(err)
			}
		}
	})
	if err := k.Close(); err != nil {
		b.Error(err)
	}
}

// connectSoon connects as soon as pcscd knows the card.
func connectSoon(b *testing.B) *pcsc.Card {
	b.Helper()
	r := pcsc.New(pcsc.Options{})
	var err error
	for range 10_000 {
		var k *pcsc.Card
		if k, err = r.Connect(b.Context(), daemon.Names()[0]); err == nil {
			return k
		}
	}
	b.Fatal(err)
	return nil
}

func bare(b *testing.B) {
	c, err := scard.EstablishContext()
	if err != nil {
		b.Fatal(err)
	}
	k, err := c.Connect(daemon.Names()[0], scard.ShareShared, scard.ProtocolT0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Transmit(selectIdentity); err != nil {
			b.Fatal(err)
		}
	}
	if err := k.Disconnect(scard.LeaveCard); err != nil {
		b.Error(err)
	}
	if err := c.Release(); err != nil {
		b.Error(err)
	}
}
