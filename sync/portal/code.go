package portal

import "strings"

// codeSymbols are those of Crockford's base 32: none that looks like another.
// (https://www.crockford.com/base32.html)
const codeSymbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// CodeLength is how many symbols a code of a card has: 30 bits.
const CodeLength = 6

// FoldCode reads a code of a card as people type it; see [FoldSymbols].
func FoldCode(typed string) (code string, ok bool) { return FoldSymbols(typed, CodeLength) }

// FoldSymbols reads n symbols as people type them: I and L are 1, O is 0, the case does
// not count, nor do spaces and dashes. ok is false where it cannot be so many.
func FoldSymbols(typed string, n int) (symbols string, ok bool) {
	if len(typed) > 40 {
		return "", false
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '–', '\u00A0':
			continue
		case 'I', 'L':
			r = '1'
		case 'O':
			r = '0'
		}
		if !strings.ContainsRune(codeSymbols, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == n
}

// Symbols writes random bytes as symbols, five bits of each.
func Symbols(random []byte) string {
	symbols := append([]byte{}, random...)
	WriteSymbols(symbols)
	return string(symbols)
}

// WriteSymbols is [Symbols] in place, for what is to be wiped.
func WriteSymbols(random []byte) {
	for i, r := range random {
		random[i] = codeSymbols[r%32]
	}
}
