// Package paper is a strip of receipt paper as a value: lines of cells, QR
// codes, bar codes, rasters and cuts, top to bottom, and pictures of it.
//
// Two very different parties fill it: the layout of a Document, for a preview
// and for the encoders, and the virtual printer, from the bytes that reached
// it. It knows neither Documents nor the command set of any printer.
package paper

// Strip is what comes out of a printer between two cuts, or several of those
// where Items hold a [Cut].
type Strip struct {
	Columns int // characters of normal width on a line
	Dots    int // printable width
	Items   []Item
}

// Item is one of the types below.
type Item interface{ item() }

// Align is where on the line something stands.
type Align int

// The alignments.
const (
	Left Align = iota
	Center
	Right
)

// Style is how characters look. Wide and High are multiples, 1 to 8; 0 is 1.
type Style struct {
	Wide, High int
	Bold       bool
	Underline  bool
	Invert     bool
}

// Span is text in one style.
type Span struct {
	Text  string
	Style Style
}

// Line is one printed line. No spans is an empty line.
type Line struct {
	Align Align
	Spans []Span
}

// Symbol is a QR code.
type Symbol struct {
	Align  Align
	Data   string
	Module int  // dots per module; 0 leaves the choice to whoever draws or encodes
	Level  byte // 'L', 'M', 'Q' or 'H'
}

// Bars is a Code 128 barcode.
type Bars struct {
	Align Align
	Data  string
}

// Raster is a picture, one bit per dot: rows of (Width+7)/8 bytes, most
// significant bit leftmost, 1 is black.
type Raster struct {
	Align Align
	Width int
	Rows  [][]byte
	Alt   string
}

// Feed is unprinted paper, in dots.
type Feed struct{ Dots int }

// Cut is where the paper was cut.
type Cut struct{ Partial bool }

func (Line) item()   {}
func (Symbol) item() {}
func (Bars) item()   {}
func (Raster) item() {}
func (Feed) item()   {}
func (Cut) item()    {}

// Plain is a left-aligned line of text in the normal style.
func Plain(text string) Line { return Line{Spans: []Span{{Text: text}}} }

// Scale gives the multiples of a style, at least 1 and at most 8 each.
func (s Style) Scale() (wide, high int) {
	return min(max(s.Wide, 1), 8), min(max(s.High, 1), 8)
}

// Columns is the width of a line in characters of normal width.
func (l Line) Columns() int {
	n := 0
	for _, s := range l.Spans {
		wide, _ := s.Style.Scale()
		n += wide * len([]rune(s.Text))
	}
	return n
}

// Text is the text of a line without its style.
func (l Line) Text() string {
	var text string
	for _, s := range l.Spans {
		text += s.Text
	}
	return text
}

// high is the tallest multiple on the line.
func (l Line) high() int {
	tallest := 1
	for _, s := range l.Spans {
		_, h := s.Style.Scale()
		tallest = max(tallest, h)
	}
	return tallest
}
