package barcode

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// feed takes bytes in and gives what came of them.
func feed(c Config, b []byte) (codes []Scan, dropped []error) {
	l := newLine(c)
	for _, c := range b {
		switch o := l.take(c); {
		case o.err != nil:
			dropped = append(dropped, o.err)
		case !o.scan.Code.Empty():
			codes = append(codes, o.scan)
		}
	}
	return codes, dropped
}

// FuzzLine: whatever comes over the wire, a code is text within its bounds that was on
// the wire in one piece, and a good code after it is read.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"BALIE-1\r", "\x00\xFFA\r\nB\r\n", "]C0123\n", "\xC3\xA9\r", "a\x1Db\r", strings.Repeat("x", 70) + "\r", "\r\n\r\n"} {
		for kind := range byte(8) {
			f.Add([]byte(s), kind)
		}
	}
	f.Fuzz(func(t *testing.T, wire []byte, kind byte) {
		c := Config{Ending: []Ending{Any, CR, LF, CRLF}[kind%4], Identifiers: kind&4 != 0, Longest: 64}
		ending := map[Ending]string{Any: "\r", CR: "\r", LF: "\n", CRLF: "\r\n"}[c.Ending]
		codes, _ := feed(c, append(bytes.Clone(wire), (ending+"]C0GOOD"+ending)...))
		if len(codes) == 0 || !strings.HasSuffix(codes[len(codes)-1].Code.Reveal(), "GOOD") {
			t.Fatalf("the code after it was lost: %q", wire)
		}
		var plain []byte // without what is on the wire and in no code
		for _, b := range wire {
			if !bytes.Contains([]byte{nul, stx, etx, xon, xoff}, []byte{b}) {
				plain = append(plain, b)
			}
		}
		for _, scan := range codes[:len(codes)-1] {
			code := scan.Code.Reveal()
			if len(code) == 0 || len(code) > c.Longest || !utf8.ValidString(code) || strings.ContainsAny(code, "\r\n\x00\x1B") {
				t.Fatalf("%q gave %q", wire, code)
			}
			if !bytes.Contains(plain, []byte(code)) {
				t.Fatalf("%q gave %q, which is not in it", wire, code)
			}
		}
	})
}

// TestAnyText: text of any kind comes as it is, whatever way the bytes are cut.
func TestAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Config{Longest: 64, Identifiers: rapid.Bool().Draw(t, "identifiers")}
		code := rapid.StringMatching(`[!-~ éßø€]{1,15}`).Draw(t, "code")
		prefix := ""
		if c.Identifiers {
			prefix = "]Q1"
		}
		codes, dropped := feed(c, []byte(prefix+code+"\r\n"))
		if len(dropped) > 0 || len(codes) != 1 || codes[0].Code.Reveal() != code {
			t.Fatalf("%q gave %d codes, %v", code, len(codes), dropped)
		}
	})
}

// TestForgets: of a code that was given on, dropped or cut short nothing stays in the
// line's memory.
func TestForgets(t *testing.T) {
	for _, wire := range []string{"SECRET\r", "SECRET\x1B\r", "SECRET" + strings.Repeat("x", 100) + "\r"} {
		l := newLine(Config{Longest: 64})
		for _, b := range []byte(wire) {
			l.take(b)
		}
		if held := l.held[:cap(l.held)]; !bytes.Equal(held, make([]byte, len(held))) {
			t.Errorf("after %q it holds %q", wire, held)
		}
	}
	l := newLine(Config{Longest: 64})
	l.take('S')
	if o := l.unended(); !errors.Is(o.err, ErrNoEnding) || l.held[:1][0] != 0 {
		t.Errorf("%v, and it holds %q", o.err, l.held[:1])
	}
}
