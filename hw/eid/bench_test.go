package eid_test

import (
	"context"
	"testing"

	"balie/hw/card/cardtest"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

// replay is a card that gives the same answers again and again, at no cost.
type replay struct {
	cardtest.Playback
	list []cardtest.Exchange
	at   int
}

func (r *replay) Begin(context.Context) error { return nil }
func (r *replay) End() error                  { return nil }

func (r *replay) Transmit(context.Context, []byte) ([]byte, error) {
	e := r.list[r.at%len(r.list)]
	r.at++
	return e.Response, e.Err
}

// record reads a card of applet 1.8 whose RRN certificate is known, and gives what
// went over the wire.
func record(b *testing.B, tr *eid.Trust, w eid.Want) *replay {
	b.Helper()
	c := mint(b, an(eidtest.Applet18))
	if _, err := eid.Read(b.Context(), c, tr, eid.Want{}, nil); err != nil {
		b.Fatal(err)
	}
	wire := &cardtest.Recorder{Card: c}
	if _, err := eid.Read(b.Context(), wire, tr, w, nil); err != nil {
		b.Fatal(err)
	}
	return &replay{Playback: cardtest.Playback{Reply: c.ATR()}, list: wire.Exchanges}
}

// BenchmarkRead is the reader's own time, with a card that takes none. "check-in" is
// dominated by one P-384 verification.
func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name string
		want eid.Want
	}{{"check-in", eid.Want{}}, {"all", eid.Want{Address: true, Photo: true}}} {
		b.Run(c.name, func(b *testing.B) {
			tr := trust(b)
			v := record(b, tr, c.want)
			b.ReportAllocs()
			for b.Loop() {
				v.at = 0
				r, err := eid.Read(b.Context(), v, tr, c.want, nil)
				if err != nil || !r.Checks.Verified() {
					b.Fatal(r.Checks, err)
				}
			}
			b.ReportMetric(float64(len(v.list)), "exchanges")
		})
	}
}
