package portal

import (
	"testing"
	"time"
)

// TestHolderChallenge: what is written is read again.
func TestHolderChallenge(t *testing.T) {
	c := &Client{}
	h := c.NewHolderChallenge("K1")
	got, err := ParseHolderChallenge(h.Bytes())
	if err != nil || got.Kiosk != "K1" || got.Random != h.Random || got.At.Sub(h.At).Abs() > time.Second {
		t.Errorf("%+v became %+v, %v", h, got, err)
	}
	if string(c.NewHolderChallenge("K1").Bytes()) == string(h.Bytes()) {
		t.Error("two are the same")
	}
}

// FuzzParseHolderChallenge: nothing makes it fall over, and there is one way to write
// a challenge.
func FuzzParseHolderChallenge(f *testing.F) {
	f.Add((&Client{}).NewHolderChallenge("K1").Bytes())
	f.Add([]byte("14:balie/holder/1,2:K1,20:2026-03-02T09:00:00Z,32:000102030405060708090a0b0c0d0e0f,"))
	f.Add([]byte("255:,0:,"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if h, err := ParseHolderChallenge(raw); err == nil && string(h.Bytes()) != string(raw) {
			t.Errorf("%q is read as %+v", raw, h)
		}
	})
}
