// Package page puts a Document on a page of dots, in a font whose letters have
// widths of their own: a label, a wristband, a card. It is what package layout is
// for receipt paper, for printers that are told where each thing stands.
//
// The encoders fill it from a Document; the virtual printers from the bytes that
// reached them; it gives text and pictures of itself.
package page

import "balie/printer/internal/paper"

// Page is one label or card.
type Page struct {
	Width, Height int // in dots
	Items         []Item
}

// Item is one of the types below; X and Y are its upper left corner.
type Item interface{ item() }

// Text is one line. It stands in a box of width W as Align says; where W is 0 it
// begins at X.
type Text struct {
	X, Y, W int
	Size    int // height of the font's cell
	Bold    bool
	Align   paper.Align
	Text    string
}

// Symbol is a QR code with Module dots per module.
type Symbol struct {
	X, Y int
	paper.Symbol
}

// Bars is a barcode, Module dots per narrow bar.
type Bars struct {
	X, Y         int
	Module, High int
	paper.Bars
}

// Picture is a raster.
type Picture struct {
	X, Y int
	paper.Raster
}

// Rule is a black bar.
type Rule struct{ X, Y, W, H int }

func (Text) item()    {}
func (Symbol) item()  {}
func (Bars) item()    {}
func (Picture) item() {}
func (Rule) item()    {}

// Begins is where the text itself begins, in a font so many thousandths as wide
// as Helvetica Bold.
func (t Text) Begins(scale int) int {
	room := max(t.W-Width(t.Text, t.Size, scale), 0)
	switch t.Align {
	case paper.Center:
		return t.X + room/2
	case paper.Right:
		return t.X + room
	}
	return t.X
}
