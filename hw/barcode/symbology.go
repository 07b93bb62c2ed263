package barcode

// Symbology is the kind of a code, by the letter of its AIM identifier (ISO/IEC 15424).
type Symbology byte

// The kinds that have a name here. Others are told by their letter.
const (
	Unsaid      Symbology = 0
	Code39      Symbology = 'A'
	Code128     Symbology = 'C' // GS1-128 too
	DataMatrix  Symbology = 'd'
	EAN         Symbology = 'E' // UPC too
	Codabar     Symbology = 'F'
	Code93      Symbology = 'G'
	Interleaved Symbology = 'I' // 2 of 5
	PDF417      Symbology = 'L'
	QR          Symbology = 'Q'
	Aztec       Symbology = 'z'
)

// String is the name.
func (s Symbology) String() string {
	switch s {
	case Unsaid:
		return "unsaid"
	case Code39:
		return "Code 39"
	case Code128:
		return "Code 128"
	case DataMatrix:
		return "Data Matrix"
	case EAN:
		return "EAN/UPC"
	case Codabar:
		return "Codabar"
	case Code93:
		return "Code 93"
	case Interleaved:
		return "Interleaved 2 of 5"
	case PDF417:
		return "PDF417"
	case QR:
		return "QR"
	case Aztec:
		return "Aztec"
	}
	return "AIM " + string(rune(s))
}

// cutIdentifier takes the identifier off: "]", the letter of the symbology, and one
// character that says how it was read.
func cutIdentifier(text []byte) (Symbology, []byte, bool) {
	if len(text) < 3 || text[0] != ']' || !isLetter(text[1]) || !isLetter(text[2]) && !isDigit(text[2]) {
		return Unsaid, nil, false
	}
	return Symbology(text[1]), text[3:], true
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
