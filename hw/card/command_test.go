package card_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"balie/hw/card"
)

func TestEncode(t *testing.T) {
	long := bytes.Repeat([]byte{7}, 255)
	for _, c := range []struct {
		name string
		in   card.Command
		want string
	}{
		{"case 1", card.Command{CLA: 0x80, INS: 0xE6}, "80e60000"},
		{"case 2", card.Command{INS: 0xB0, P1: 1, P2: 2, Le: 0x10}, "00b0010210"},
		{"case 2, 256", card.Command{INS: 0xB0, Le: 256}, "00b0000000"},
		{"case 3", card.Command{INS: 0xA4, P2: 0x0C, Data: []byte{0x3F, 0}}, "00a4000c023f00"},
		{"case 4 loses Le", card.Command{INS: 0x88, Data: []byte{1}, Le: 96}, "008800000101"},
		{"longest", card.Command{Data: long}, "00000000ff" + hex.EncodeToString(long)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.in.Encode(nil)
			if err != nil || hex.EncodeToString(got) != c.want {
				t.Errorf("got %x, %v; not %s", got, err, c.want)
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, c := range map[string]card.Command{
		"long data":   {Data: make([]byte, 256)},
		"long answer": {Le: 257},
		"negative":    {Le: -1},
	} {
		if got, err := c.Encode(nil); err == nil {
			t.Errorf("%s: gave %x", name, got)
		}
	}
}

func TestParseResponse(t *testing.T) {
	r, err := card.ParseResponse([]byte{1, 2, 0x61, 0x10})
	if err != nil || !bytes.Equal(r.Data, []byte{1, 2}) || r.Status != 0x6110 {
		t.Errorf("got %v, %v", r, err)
	}
	for _, n := range []int{0, 1, 259} {
		if _, err := card.ParseResponse(make([]byte, n)); !errors.Is(err, card.ErrComm) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}
