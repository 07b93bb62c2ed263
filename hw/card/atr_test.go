package card_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"balie/hw/card"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestParseATR has the Belgian cards of OpenSC card-belpic.c, and others.
func TestParseATR(t *testing.T) {
	for _, c := range []struct {
		name, in   string
		f, d       int
		protocols  []int
		historical string
	}{
		{"beID 1.0 beta", "3B989440FFA503010101AD1310", 512, 8, []int{0}, "a503010101ad1310"},
		{"beID 1.0", "3B9894400AA503010101AD1310", 512, 8, []int{0}, "a503010101ad1310"},
		{"beID 1.1 and 1.7", "3B9813400AA503010101AD1311", 372, 4, []int{0}, "a503010101ad1311"},
		{"beID 1.8", "3B7F96000080318065B085040120120FFF829000", 512, 32, nil, "80318065b085040120120fff829000"},
		{"bare", "3B00", 372, 1, nil, ""},
		{"T=1", "3B800181", 372, 1, []int{1}, ""},
		{"inverse", "3F00", 372, 1, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := card.ParseATR(unhex(t, c.in))
			if err != nil {
				t.Fatal(err)
			}
			if a.F != c.f || a.D != c.d || !slices.Equal(a.Protocols, c.protocols) || hex.EncodeToString(a.Historical) != c.historical {
				t.Errorf("got %+v", a)
			}
			if a.Inverse != (c.in[:2] == "3F") {
				t.Error("convention is wrong")
			}
		})
	}
}

func TestParseATRRefuses(t *testing.T) {
	for _, in := range []string{
		"", "3B", "3C00", "3B0000" + "00", "3B98", "3B989440FFA503010101AD13", // cut short
		"3B8001", "3B800182", // check byte missing, wrong
		"3B" + "80808080808080808080808080808080808080808080808080808080808080808080", // too long
	} {
		if a, err := card.ParseATR(unhex(t, in)); !errors.Is(err, card.ErrATR) {
			t.Errorf("%q gave %+v, %v", in, a, err)
		}
	}
}

func FuzzParseATR(f *testing.F) {
	for _, s := range []string{"3B9813400AA503010101AD1311", "3B7F96000080318065B085040120120FFF829000", "3B800181"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := card.ParseATR(raw)
		if err == nil && (len(a.Historical) != int(raw[1]&0x0F) || a.F <= 0 || a.D <= 0) {
			t.Errorf("%X gave %+v", raw, a)
		}
	})
}
