// Package preview shows what a Document looks like on receipt paper, without a
// printer: as text, as PNG and as SVG. It is for the bench, for tests and for the
// technician; what a printer really made of the bytes it got is seen by
// printertest.
package preview

import (
	"fmt"

	"balie/printer"
	"balie/printer/internal/layout"
	"balie/printer/internal/paper"
)

// Paper is the width of a roll. The zero Paper is 80 mm at 203 dpi: 48 columns, 576 dots.
type Paper struct {
	Columns int
	Dots    int
	Tabs    bool // columns of codes begin at tab stops
}

// Text is the document as text: one line per printed line, aligned as on paper,
// "[QR data]" for a QR code.
func Text(doc printer.Document, p Paper) (string, error) {
	strip, err := Strip(doc, p)
	if err != nil {
		return "", err
	}
	return strip.Text(), nil
}

// PNG is a picture of the paper, one pixel per dot.
func PNG(doc printer.Document, p Paper) ([]byte, error) {
	strip, err := Strip(doc, p)
	if err != nil {
		return nil, err
	}
	return strip.PNG()
}

// SVG is a picture of the paper that scales.
func SVG(doc printer.Document, p Paper) ([]byte, error) {
	strip, err := Strip(doc, p)
	if err != nil {
		return nil, err
	}
	return strip.SVG()
}

// Strip is the document on paper, to be looked at as text, PNG or SVG.
func Strip(doc printer.Document, p Paper) (paper.Strip, error) {
	if p.Columns == 0 {
		p.Columns = 48
	}
	if p.Dots == 0 {
		p.Dots = 12 * p.Columns
	}
	strip, err := layout.Lay(doc, layout.Width{Columns: p.Columns, Dots: p.Dots, Tabs: p.Tabs})
	if err != nil {
		return paper.Strip{}, fmt.Errorf("previewing: %w", err)
	}
	return strip, nil
}
