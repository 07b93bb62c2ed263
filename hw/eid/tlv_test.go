package eid

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseTLV(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		name, in string
		want     string // tag, colon, value, semicolon
		padded   bool
		bad      bool
	}{
		{name: "empty"},
		{name: "one", in: "\x07\x01A", want: "\x07:A;"},
		{name: "empty value", in: "\x14\x00\x07\x01A", want: "\x14:;\x07:A;"},
		{name: "version first", in: "\x00\x02\x00\x01\x07\x01A", want: "\x00:\x00\x01;\x07:A;"},
		{name: "padding", in: "\x07\x01A\x00\x00\x00", want: "\x07:A;", padded: true},
		{name: "one byte of padding", in: "\x07\x01A\x00", want: "\x07:A;", padded: true},
		{name: "padding only", in: "\x00\x00\x00\x00", padded: true},
		{name: "length of 255", in: "\x07\xFF\x00" + long[:255], want: "\x07:" + long[:255] + ";"},
		{name: "length of 300", in: "\x07\xFF\x2D" + long, want: "\x07:" + long + ";"},
		{name: "zeros within a value", in: "\x07\x03A\x00B\x08\x01C", want: "\x07:A\x00B;\x08:C;"},
		{name: "bytes after padding", in: "\x07\x01A\x00\x00\x01", want: "\x07:A;", bad: true, padded: true},
		{name: "value cut short", in: "\x07\x05AB", bad: true},
		{name: "no length", in: "\x07\x01A\x08", want: "\x07:A;", bad: true},
		{name: "length cut short", in: "\x07\xFF", bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, padded, err := parseTLV([]byte(c.in))
			if (err != nil) != c.bad || err != nil && !errors.Is(err, errTLV) {
				t.Errorf("error is %v", err)
			}
			var got strings.Builder
			for _, e := range list {
				got.WriteByte(e.tag)
				got.WriteString(":" + string(e.value) + ";")
			}
			if got.String() != c.want || padded != c.padded {
				t.Errorf("got %q, padded %v", got.String(), padded)
			}
		})
	}
}

// TestTLVRoundTrip writes elements and reads them back, with padding or without.
func TestTLVRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var file []byte
		tags := rapid.SliceOfN(rapid.ByteRange(1, 0xFF), 1, 20).Draw(t, "tags")
		values := make([][]byte, len(tags))
		for i, tag := range tags {
			values[i] = rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "value")
			file = append(file, tag)
			n := len(values[i])
			for ; n >= 255; n -= 255 {
				file = append(file, 0xFF)
			}
			file = append(append(file, byte(n)), values[i]...)
		}
		padding := rapid.IntRange(0, 9).Draw(t, "padding")
		list, padded, err := parseTLV(append(file, make([]byte, padding)...))
		if err != nil || len(list) != len(tags) || padded != (padding > 0) {
			t.Fatalf("%d elements, padded %v, %v", len(list), padded, err)
		}
		for i, e := range list {
			if e.tag != tags[i] || !bytes.Equal(e.value, values[i]) {
				t.Fatalf("element %d is %02X %X", i, e.tag, e.value)
			}
		}
	})
}

func FuzzTLV(f *testing.F) {
	f.Add([]byte("\x00\x02\x00\x01\x07\x07Peeters\x08\x02An\x00\x00"))
	f.Add([]byte("\x07\xFF\xFF\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, _, err := parseTLV(data)
		total := 0
		for _, e := range list {
			total += 2 + len(e.value)
		}
		if total > len(data) {
			t.Errorf("%d bytes of elements out of %d", total, len(data))
		}
		if err == nil && len(list) == 0 && !allZero(data) {
			t.Error("nothing was read, and nothing said")
		}
	})
}

func FuzzIdentity(f *testing.F) {
	f.Add([]byte("\x01\x0C592345678901\x06\x0B85073003427\x0C\x0B30 JUL 1985\x0D\x01V\x0F\x0206"))
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := decodeIdentity(data)
		if err != nil {
			return
		}
		if d := i.Birth(); d.String() != i.BirthDate.Reveal() {
			t.Errorf("birth date %q reads as %v", i.BirthDate.Reveal(), d)
		}
		for _, w := range i.Warnings {
			if n := i.NationalNumber.Reveal(); len(n) > 4 && strings.Contains(w, n) {
				t.Errorf("the number is in a warning: %q", w)
			}
		}
	})
}

func FuzzAddress(f *testing.F) {
	f.Add([]byte("\x01\x0CBergstraat 1\x02\x043000\x03\x06Leuven\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := decodeAddress(data); err != nil && !errors.Is(err, errTLV) {
			t.Error(err)
		}
	})
}
