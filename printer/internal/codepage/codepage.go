// Package codepage writes text in the one code page that a printer's profile
// names, and spells what that page lacks.
package codepage

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Page is the code page of a ticket: one for the whole of it, because a page
// that a clone lacks turns a euro into a Greek letter.
type Page struct{ *charmap.Charmap }

// Named gives the page of that name. The error lists the names there are.
func Named(name string) (Page, error) {
	pages := map[string]*charmap.Charmap{
		"windows-1252": charmap.Windows1252,
		"iso-8859-1":   charmap.ISO8859_1,
		"iso-8859-15":  charmap.ISO8859_15,
		"cp858":        charmap.CodePage858,
		"cp850":        charmap.CodePage850,
		"cp437":        charmap.CodePage437,
	}
	m, known := pages[name]
	if !known {
		return Page{}, fmt.Errorf("code page %q: expected windows-1252, iso-8859-15, iso-8859-1, cp858, cp850 or cp437", name)
	}
	return Page{m}, nil
}

// Byte gives the byte of a character. Control characters have none, though
// the tables of some pages would give one.
func (p Page) Byte(r rune) (byte, bool) {
	b, ok := p.EncodeRune(r)
	return b, ok && b >= 0x20 && b != 0x7F && !(b >= 0x80 && b < 0xA0 && unicode.IsControl(r))
}

// Fold replaces the characters that the page lacks by the nearest it has: first
// a spelling, then the letter without its accent, a question mark at the very last.
func (p Page) Fold(text string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(text) {
		out.WriteString(p.foldRune(r))
	}
	return out.String()
}

func (p Page) foldRune(r rune) string {
	if _, ok := p.Byte(r); ok {
		return string(r)
	}
	if s, ok := spellings[r]; ok {
		return s
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(string(r)))
	for _, r := range bare {
		if _, ok := p.Byte(r); !ok {
			return "?"
		}
	}
	return bare
}

// spellings are how characters are written in ASCII that are more than a letter
// with its accent left out. Nothing changes them.
var spellings = map[rune]string{
	'€': "EUR", 'œ': "oe", 'Œ': "OE", 'æ': "ae", 'Æ': "AE", 'ß': "ss", 'ẞ': "SS",
	'ø': "o", 'Ø': "O", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D",
	'þ': "th", 'Þ': "Th", 'ı': "i", 'ŋ': "n", 'Ŋ': "N", 'ħ': "h", 'Ħ': "H",
	'‘': "'", '’': "'", '‚': "'", '‛': "'", '′': "'", 'ʼ': "'", '‹': "'", '›': "'",
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '″': `"`, '«': `"`, '»': `"`,
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-",
	'•': "*", '·': "*", '×': "x", '→': "->", '←': "<-", '✓': "v",
}
