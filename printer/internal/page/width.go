package page

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// helvetica has the widths of Helvetica Bold from blank to tilde, in thousandths
// of the font's size (Adobe, Core 14 AFM files, Helvetica-Bold.afm). Arial Bold
// has the same, and the regular cut of either is nowhere wider.
var helvetica = [95]int{
	278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, // blank to /
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, // 0 to ?
	975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, // @ to O
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, // P to _
	333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, // ` to o
	611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, // p to ~
}

// other is the width of what is not in the table: that of an em dash.
const other = 1000

// Width is how wide text is in dots, in a font so many thousandths as wide as
// Helvetica Bold. A letter with an accent is as wide as without.
func Width(text string, size, scale int) int {
	sum := 0
	for _, r := range text {
		sum += width(r)
	}
	return (sum*size*scale + 999_999) / 1_000_000
}

func width(r rune) int {
	if r >= ' ' && r <= '~' {
		return helvetica[r-' ']
	}
	switch r {
	case '€', 'ß', 'ø', 'œ', 'æ', '«', '»', '–':
		if r == 'œ' || r == 'æ' {
			return 944
		}
		return 611
	}
	if base := []rune(norm.NFD.String(string(r)))[0]; base >= ' ' && base <= '~' {
		return helvetica[base-' ']
	}
	return other
}

// wrap breaks text at blanks into lines no wider than so many dots. A word that
// is wider is broken where the line ends.
func wrap(text string, fits func(string) bool) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && fits(line+" "+word) {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for !fits(word) {
			n := split(word, fits)
			lines = append(lines, word[:n])
			word = word[n:]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// split is how many bytes of a word fit: one character at least.
func split(word string, fits func(string) bool) int {
	n := 0
	for i := range word {
		if i > 0 && !fits(word[:i]) {
			break
		}
		n = i
	}
	if n == 0 {
		n = len([]byte(string([]rune(word)[:1])))
	}
	return n
}
