package escpos

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// page is the code page of a ticket: one for the whole of it, because a page
// that a clone lacks turns a euro into a Greek letter.
type page struct{ *charmap.Charmap }

func (p *Profile) page() (page, error) {
	pages := map[string]*charmap.Charmap{
		"windows-1252": charmap.Windows1252,
		"iso-8859-15":  charmap.ISO8859_15,
		"cp858":        charmap.CodePage858,
		"cp850":        charmap.CodePage850,
		"cp437":        charmap.CodePage437,
	}
	m, known := pages[p.Text.Page]
	if !known {
		return page{}, fmt.Errorf("text.page is %q: expected windows-1252, iso-8859-15, cp858, cp850 or cp437", p.Text.Page)
	}
	return page{m}, nil
}

// byteOf gives the byte of a character. Control characters have none, though
// the tables of some pages would give one.
func (p page) byteOf(r rune) (byte, bool) {
	b, ok := p.EncodeRune(r)
	return b, ok && b >= 0x20 && b != 0x7F && !(b >= 0x80 && b < 0xA0 && unicode.IsControl(r))
}

// fold replaces the characters that the page lacks by the nearest it has: first
// a spelling, then the letter without its accent, a question mark at the very last.
func (p page) fold(text string) string {
	var out strings.Builder
	for _, r := range norm.NFC.String(text) {
		out.WriteString(p.foldRune(r))
	}
	return out.String()
}

func (p page) foldRune(r rune) string {
	if _, ok := p.byteOf(r); ok {
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
		if _, ok := p.byteOf(r); !ok {
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
