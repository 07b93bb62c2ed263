package eid_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// eachExchange reads the cards of all applets whole, once for each exchange that a
// good read takes, with a fault there.
func eachExchange(t *testing.T, applets []eidtest.Applet, want eid.Want, fault func(at int) eidtest.Faults, check func(*testing.T, *eidtest.Card, eid.Record, error)) {
	for _, a := range applets {
		t.Run(string(a), func(t *testing.T) {
			c := quickMint(t, an(a))
			fresh := func() *eid.Trust { return quickTrust(t) }
			instantly(t, func(t *testing.T) {
				total := read(t, c, fresh(), want).Exchanges
				if total < 14 {
					t.Fatalf("a read is only %d exchanges", total)
				}
				for at := 1; at <= total; at++ {
					c.Insert()
					if err := c.Reset(t.Context()); err != nil {
						t.Fatal(err)
					}
					c.SetFaults(fault(at))
					r, err := eid.Read(t.Context(), c, fresh(), want, nil)
					check(t, c, r, err)
					if t.Failed() {
						t.Fatalf("at exchange %d of %d", at, total)
					}
				}
			})
		})
	}
}

func TestPulledAtEveryExchange(t *testing.T) {
	eachExchange(t, eidtest.Applets(), everything(), func(at int) eidtest.Faults { return eidtest.Faults{PullAt: at} },
		func(t *testing.T, c *eidtest.Card, r eid.Record, err error) {
			if !errors.Is(err, card.ErrRemoved) {
				t.Errorf("got %v", err)
			}
			if r.Exchanges != c.Exchanges() {
				t.Errorf("went on after the card was gone: %d exchanges, %d seen", r.Exchanges, c.Exchanges())
			}
		})
}

func TestLinkFailsAtEveryExchange(t *testing.T) {
	for name, fault := range map[string]func(int) eidtest.Faults{
		"lost":  func(at int) eidtest.Faults { return eidtest.Faults{CommAt: at} },
		"reset": func(at int) eidtest.Faults { return eidtest.Faults{ResetAt: at} },
	} {
		t.Run(name, func(t *testing.T) {
			eachExchange(t, eidtest.Applets(), everything(), fault, func(t *testing.T, c *eidtest.Card, r eid.Record, err error) {
				if err != nil {
					t.Error(err)
				}
				if want := allGood(c.Description().Applet); r.Checks != want {
					t.Errorf("checks are %v, not %v", r.Checks, want)
				}
			})
		})
	}
}

func TestGarbageAtEveryExchange(t *testing.T) {
	eachExchange(t, eidtest.Applets(), everything(), func(at int) eidtest.Faults { return eidtest.Faults{Garbage: at} }, honest)
}

// statuses are each status word of ISO/IEC 7816-4 table 5, and some that nobody defined.
func statuses() []eidtest.SW {
	return []eidtest.SW{
		0x9000, 0x6100, 0x6110, 0x6200, 0x6282, 0x6300, 0x63C0, 0x63C2, 0x6400, 0x6500, 0x6581, 0x6600, 0x6700, 0x6800, 0x6900, 0x6982,
		0x6983, 0x6985, 0x6A00, 0x6A80, 0x6A82, 0x6A86, 0x6A88, 0x6B00, 0x6C00, 0x6C10, 0x6D00, 0x6E00, 0x6F00, 0x9123, 0x0000, 0xFFFF,
	}
}

// TestEveryStatusAtEveryExchange has each of them in place of each answer.
func TestEveryStatusAtEveryExchange(t *testing.T) {
	for _, sw := range statuses() {
		t.Run(sw.String(), func(t *testing.T) {
			fault := func(at int) eidtest.Faults { return eidtest.Faults{Status: []eidtest.StatusAt{{At: at, SW: sw}}} }
			eachExchange(t, eidtest.Applets(), everything(), fault, honest)
		})
	}
}

// honest holds a read of a card that played foul, once, to two things: an error is one
// that callers know, and nothing is called valid that is not as on the card.
// What was not asked for is not looked at.
func honest(t *testing.T, c *eidtest.Card, r eid.Record, err error) {
	t.Helper()
	if err != nil {
		typed(t, err)
		return
	}
	d := c.Description()
	if r.Checks.IdentitySignature == eid.Valid && !bytes.Equal(r.Proof.Identity.Reveal(), c.File(eidtest.FileIdentity)) {
		t.Error("an identity that is not the card's is valid")
	}
	if r.Checks.AddressSignature == eid.Valid && r.Address.Street.Reveal() != d.Street {
		t.Error("an address that is not the card's is valid")
	}
	if r.Checks.PhotoHash == eid.Valid && !bytes.Equal(r.Photo, c.File(eidtest.FilePhoto)) {
		t.Error("a photo that is not the card's is valid")
	}
	if r.Checks.Genuine != eid.NotAsked && (r.Checks.Genuine == eid.Absent) != (genuine(d.Applet) == eid.Absent) {
		t.Errorf("genuine is %v on %s", r.Checks.Genuine, d.Applet)
	}
}

func typed(t *testing.T, err error) {
	t.Helper()
	for _, known := range []error{eid.ErrNotBelgian, eid.ErrInactive, eid.ErrUnreadable, card.ErrRemoved, card.ErrComm, card.ErrReset} {
		if errors.Is(err, known) {
			return
		}
	}
	t.Errorf("an error that nobody knows: %v", err)
}

// TestLinkFailsTooOften ends a read of a link that fails again and again.
func TestLinkFailsTooOften(t *testing.T) {
	instantly(t, func(t *testing.T) {
		broken := &deaf{Card: mint(t, an(eidtest.Applet18))}
		if _, err := eid.Read(t.Context(), broken, trust(t), eid.Want{}, nil); !errors.Is(err, card.ErrComm) {
			t.Errorf("got %v", err)
		}
		if broken.resets != 3 {
			t.Errorf("%d resets, not 3", broken.resets)
		}
	})
}

// deaf is a card whose answers never arrive.
type deaf struct {
	*eidtest.Card
	resets int
}

func (d *deaf) Transmit(context.Context, []byte) ([]byte, error) {
	return nil, fmt.Errorf("in test: %w", card.ErrComm)
}

func (d *deaf) Reset(ctx context.Context) error {
	d.resets++
	return d.Card.Reset(ctx)
}

// TestEndedContext ends a read at once.
func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := mint(t, an(eidtest.Applet18))
	if _, err := eid.Read(ctx, c, trust(t), eid.Want{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if c.Exchanges() != 0 {
		t.Error("the card was spoken to")
	}
}
