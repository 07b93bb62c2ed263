package card_test

import (
	"encoding/asn1"
	"errors"
	"testing"

	"balie/hw/card"
	"pgregory.net/rapid"
)

func TestDERLength(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int // 0: an error
	}{
		{"\x30\x00", 2}, {"\x30\x05", 7}, {"\x30\x7F", 129}, {"\x30\x81\x80", 131}, {"\x30\x82\x01\x00", 260},
		{"\x30\x82\xFF\xFF", 65539},
		{"", 0}, {"\x30", 0}, {"\x30\x80\x00\x00", 0}, {"\x30\x81", 0}, {"\x30\x81\x7F", 0}, {"\x30\x82\x00\xFF", 0},
		{"\x30\x82\x01", 0}, {"\x3F\x30\x00", 0}, {"\x30\x83\x01\x00\x00", 0}, {"\x30\x85\x01\x00\x00\x00\x00", 0},
	} {
		got, err := card.DERLength([]byte(c.in))
		if got != c.want || (err != nil) != (c.want == 0) || err != nil && !errors.Is(err, card.ErrDER) {
			t.Errorf("%X: %d, %v; not %d", c.in, got, err, c.want)
		}
	}
}

// TestDERLengthAgrees with encoding/asn1, whatever the size and the padding.
func TestDERLengthAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		der, err := asn1.Marshal(rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		padded := append(der[:len(der):len(der)], make([]byte, rapid.IntRange(0, 50).Draw(t, "padding"))...)
		if got, err := card.DERLength(padded); err != nil || got != len(der) {
			t.Fatalf("got %d, %v; not %d", got, err, len(der))
		}
	})
}

func FuzzDERLength(f *testing.F) {
	f.Add([]byte{0x30, 0x82, 0x01, 0x02, 0x00})
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := card.DERLength(data)
		if err != nil {
			return
		}
		var v asn1.RawValue
		if rest, err := asn1.Unmarshal(data, &v); err == nil && len(data)-len(rest) != n {
			t.Errorf("%X: %d, and encoding/asn1 says %d", data, n, len(data)-len(rest))
		}
	})
}
