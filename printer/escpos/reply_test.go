package escpos

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"balie/printer"
)

// heard is what a parser makes of bytes, in short.
func heard(full bool, bytes ...byte) string {
	p := parser{full: full}
	var list []string
	for _, b := range bytes {
		if r, ok := p.feed(b); ok {
			list = append(list, fmt.Sprintf("%s:%X", kindName(r.kind), r.data))
		}
	}
	return strings.Join(list, " ")
}

func kindName(k replyKind) string {
	return [...]string{"", "xon", "xoff", "rt", "asb", "byte", "block", "info", "full", "count", "noise"}[k]
}

func TestReplies(t *testing.T) {
	for name, c := range map[string]struct {
		full  bool
		bytes []byte
		want  string
	}{
		"real time":               {false, []byte{0x12, 0x7E}, "rt:12 rt:7E"},
		"automatic":               {false, []byte{0x14, 0, 0, 0x0F}, "asb:1400000F"},
		"XOFF inside automatic":   {false, []byte{0x14, 0x13, 0, 0, 0x11, 0}, "xoff: xon: asb:14000000"},
		"process id":              {false, []byte("\x37\x22ABCD\x00"), "block:2241424344"},
		"XOFF inside process id":  {false, []byte("\x37\x22AB\x13CD\x00"), "xoff: block:2241424344"},
		"symbol size":             {false, []byte("\x37\x36120\x1F120\x1F1\x1F0\x00"), "block:363132301F3132301F311F30"},
		"cleared":                 {false, []byte{0x37, 0x25, 0}, "block:25"},
		"printer id":              {false, []byte("\x5FEPSON\x00\x12"), "info:4550534F4E rt:12"},
		"paper":                   {false, []byte{0x00, 0x03}, "byte:00 byte:03"},
		"full status":             {true, []byte{0x10, 0x0F, 0x24, 0x02, 0x40, 0x80}, "full:24024080"},
		"full status elsewhere":   {false, []byte{0x10, 0x0F, 0x24, 0x02}, "asb:100F2402"},
		"cut counter":             {true, []byte("785cuts"), "count:37383563757473"},
		"XOFF inside a counter":   {true, []byte("51\x132r\x11et"), "xoff: xon: count:353132726574"},
		"counter behind a status": {true, []byte("\x10\x0F\x20\x00\x00\x000ret"), "full:20000000 count:30726574"},
		"counter cut short":       {true, []byte("51\x10\x0F\x00\x00\x00\x00"), "noise: full:00000000"},
		"counter that counts not": {true, []byte("5x5cuts"), "noise: count:3563757473"},
		"status cut short":        {true, []byte("\x10\x0F\x207ret"), "noise: count:37726574"},
		"noise":                   {false, []byte{0xFF, 0x80, 0x12}, "noise: noise: rt:12"},
		"automatic cut short":     {false, []byte{0x14, 0, 0x12}, "rt:12"},
		"block cut short":         {false, []byte{0x37, 0x22, 0x12}, "rt:12"},
		"block cut short by more": {false, []byte{0x37, 0x22, 0x14, 0, 0, 0}, "noise: asb:14000000"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := heard(c.full, c.bytes...); got != c.want {
				t.Errorf("heard %s, expected %s", got, c.want)
			}
		})
	}
}

// FuzzReplies: after any noise at all, what a printer says is understood again
// within a block's length, and nothing grows without end.
func FuzzReplies(f *testing.F) {
	f.Add([]byte{0x37, 'a', 'b'}, false)
	f.Add([]byte{0x10, 0x0F, 0xFF}, true)
	f.Add([]byte("123456789012345678cu"), true)
	f.Fuzz(func(t *testing.T, noise []byte, full bool) {
		p := parser{full: full}
		for _, b := range noise {
			if r, _ := p.feed(b); len(r.data) > maxBlock+1 || len(p.pending) > maxBlock+1 {
				t.Fatal("it grows")
			}
		}
		for range 3 { // the first two may end what the noise began
			p.feed(0x12)
			p.feed(0)
		}
		if r, ok := p.feed(0x12); !ok || r.kind != replyRealTime {
			t.Errorf("after % X: %v %t", noise, r, ok)
		}
	})
}

// TestFaults reads every bit that has a meaning, alone.
func TestFaults(t *testing.T) {
	healthy := map[string][]byte{"real time": {0x12, 0x12, 0x12, 0x12}, "automatic": {0x10, 0, 0, 0}, "full": {0, 0, 0, 0}}
	bits := map[string][]faultBit{"real time": realTimeBits(), "automatic": asbBits(), "full": fullBits()}
	for name, answer := range healthy {
		if s := status(bits[name], answer); len(s.Faults) != 0 {
			t.Errorf("%s: healthy printer has %v", name, s.Faults)
		}
		for _, b := range bits[name] {
			broken := slices.Clone(answer)
			broken[b.index] |= b.mask
			if s := status(bits[name], broken); !slices.Equal(s.Faults, []printer.Fault{b.fault}) {
				t.Errorf("%s: byte %d bit %02X gives %v, expected %s", name, b.index+1, b.mask, s.Faults, b.fault)
			}
		}
	}
}

// TestSettle: of what several bits say, only causes are told.
func TestSettle(t *testing.T) {
	for want, faults := range map[string][]printer.Fault{
		"[]":                         nil,
		"[offline]":                  {printer.Offline},
		"[paper-end]":                {printer.Offline, printer.PaperNearEnd, printer.PaperEnd},
		"[cover-open]":               {printer.Offline, printer.CoverOpen, printer.PaperEnd, printer.PaperNearEnd},
		"[offline paper-near-end]":   {printer.Offline, printer.PaperNearEnd},
		"[offline ticket-in-mouth]":  {printer.Offline, printer.TicketInside},
		"[cutter head-hot]":          {printer.CutterError, printer.Offline, printer.HeadHot},
		"[paper-end unrecoverable]":  {printer.PaperEnd, printer.Unrecovered},
		"[cover-open unrecoverable]": {printer.CoverOpen, printer.Unrecovered, printer.PaperEnd},
	} {
		if got := fmt.Sprint(settle(printer.Status{Faults: slices.Clone(faults)}).Faults); got != want {
			t.Errorf("%v became %s, expected %s", faults, got, want)
		}
	}
}

// TestAnyAnswerIsAStatus: no four bytes make it fail, and Ready never stands
// beside a fault that stops a printer.
func TestAnyAnswerIsAStatus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answer := rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "answer")
		for _, bits := range [][]faultBit{realTimeBits(), asbBits(), fullBits()} {
			if s := status(bits, answer); s.Ready() && (s.Has(printer.PaperEnd) || s.Has(printer.CoverOpen) || s.Has(printer.Offline)) {
				t.Errorf("ready with %v", s.Faults)
			}
		}
	})
}
