package layout

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func (l *layout) clean(text string) string { return Clean(text, l.Fold) }

// Clean makes text safe to print: a letter and its accent are one character,
// white space of any kind is one blank, control and formatting characters are
// gone, and fold, where there is one, has replaced what the printer lacks.
func Clean(text string, fold func(string) string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, "?"))
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
	if fold != nil {
		text = fold(text)
	}
	return strings.Join(strings.Fields(text), " ")
}

// wrap breaks text at blanks into lines of at most columns characters. A word
// that is longer is broken where the line ends. Text without a word is no line.
func wrap(text string, columns int) []string {
	var lines []string
	line := []rune(nil)
	for _, word := range strings.Fields(text) {
		w := []rune(word)
		if len(line) > 0 && len(line)+1+len(w) <= columns {
			line = append(append(line, ' '), w...)
			continue
		}
		if len(line) > 0 {
			lines = append(lines, string(line))
		}
		for len(w) > columns {
			lines = append(lines, string(w[:columns]))
			w = w[columns:]
		}
		line = w
	}
	if len(line) > 0 {
		lines = append(lines, string(line))
	}
	return lines
}

func longestWord(text string) int {
	longest := 0
	for _, word := range strings.Fields(text) {
		longest = max(longest, len([]rune(word)))
	}
	return longest
}
