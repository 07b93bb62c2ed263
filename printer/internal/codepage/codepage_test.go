package codepage

import (
	"testing"
	"unicode/utf8"
)

// TestEveryRune: each character there is comes out as characters of the page, and
// those of the four languages as themselves.
func TestEveryRune(t *testing.T) {
	for _, name := range []string{"windows-1252", "iso-8859-15", "iso-8859-1", "cp858", "cp850", "cp437"} {
		pg, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for r := rune(0); r <= utf8.MaxRune; r++ {
			for _, folded := range pg.foldRune(r) {
				b, ok := pg.Byte(folded)
				if !ok || b < 0x20 || b == 0x7F {
					t.Fatalf("%s: %U became %q, byte %02X", name, r, folded, b)
				}
			}
		}
	}
}

// TestFolding: what a page lacks is spelled, and what it has is left alone.
func TestFolding(t *testing.T) {
	const text = "é ë ü ç ß œ € Œ ’ “ – …"
	for name, want := range map[string]string{
		"windows-1252": text,
		"iso-8859-15":  `é ë ü ç ß œ € Œ ' " - ...`,
		"iso-8859-1":   `é ë ü ç ß oe EUR OE ' " - ...`,
		"cp858":        `é ë ü ç ß oe € OE ' " - ...`,
		"cp850":        `é ë ü ç ß oe EUR OE ' " - ...`,
		"cp437":        `é ë ü ç ß oe EUR OE ' " - ...`,
	} {
		pg, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := pg.Fold(text); got != want {
			t.Errorf("%s: %s, expected %s", name, got, want)
		}
	}
}
