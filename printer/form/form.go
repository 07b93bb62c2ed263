// Package form makes a sheet of A4 of a Document, as PDF: letters, confirmations
// and forms that are filled in and signed by hand. The fonts are in the file, the
// text in it can be searched, copied and read aloud in its language.
package form

import (
	"bytes"
	"fmt"
	"time"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"

	"balie/printer"
	"balie/printer/internal/layout"
)

// Measures in millimetres and, of fonts, in points.
const (
	paperWide, paperHigh = 210, 297
	margin               = 22
	wide                 = paperWide - 2*margin
	body                 = 11.0
	millimetre           = 25.4 / 72 // of a point
)

// PDF gives doc as a file that says that it was made at that moment. Two files of
// one document show the same and may differ in a byte: the library orders the
// glyphs of a font by chance. The error names a block that cannot be printed and
// nothing of what is in it.
func PDF(doc printer.Document, at time.Time) ([]byte, error) {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", "")}
	s.AddUTF8FontFromBytes("Go", "", goregular.TTF)
	s.AddUTF8FontFromBytes("Go", "B", gobold.TTF)
	s.AddUTF8FontFromBytes("GoMono", "", gomono.TTF)
	s.describe(doc, at)
	s.SetMargins(margin, margin, margin)
	s.SetAutoPageBreak(false, margin)
	s.SetCellMargin(0)
	s.AliasNbPages("{pages}")
	s.SetFooterFunc(func() {
		s.font("", 8)
		s.SetXY(margin, paperHigh-14)
		s.CellFormat(wide, 4, fmt.Sprintf("%d / {pages}", s.PageNo()), "", 0, "R", false, 0, "")
	})
	s.AddPage()
	if err := s.blocks(doc.Blocks); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := s.Output(&out); err != nil {
		return nil, fmt.Errorf("writing PDF: %w", err)
	}
	return out.Bytes(), nil
}

// describe sets what a reader asks for beside the pages: title, language, date.
func (s *sheet) describe(doc printer.Document, at time.Time) {
	s.SetTitle(layout.Clean(doc.Title, nil), true)
	s.SetLang(doc.Language)
	s.SetCreator("Balie", true)
	s.SetProducer("Balie", true)
	s.SetCreationDate(at.UTC())
	s.SetModificationDate(at.UTC())
}

// sheet is a document being set.
type sheet struct{ *fpdf.Fpdf }

func (s *sheet) font(style string, points float64) { s.SetFont("Go", style, points) }

// leading is the distance of lines in a size.
func leading(points float64) float64 { return points * millimetre * 1.35 }

// room makes sure that so much is left on the page, or begins another.
func (s *sheet) room(high float64) {
	if s.GetY()+high > paperHigh-margin {
		s.AddPage()
	}
}

func (s *sheet) blocks(blocks []printer.Block) error {
	for i := 0; i < len(blocks); i++ {
		if n := fields(blocks[i:]); n > 0 {
			s.fields(blocks[i : i+n])
			i += n - 1
			continue
		}
		if err := s.block(blocks[i]); err != nil {
			return fmt.Errorf("setting block %d: %w", i+1, err)
		}
	}
	return nil
}

// fields counts how many blocks from the first on are fields.
func fields(blocks []printer.Block) int {
	for i, b := range blocks {
		if _, ok := b.(printer.Field); !ok {
			return i
		}
	}
	return len(blocks)
}

func (s *sheet) block(block printer.Block) error {
	switch b := block.(type) {
	case printer.Heading:
		s.heading(b)
	case printer.Paragraph:
		s.paragraph(b)
	case printer.Codes:
		s.codes(b)
	case printer.QR:
		return s.qr(b)
	case printer.Barcode:
		return s.barcode(b)
	case printer.Image:
		return s.image(b)
	case printer.Rule:
		s.Line(margin, s.GetY()+2, margin+wide, s.GetY()+2)
		s.Ln(4)
	case printer.Space:
		s.Ln(leading(body))
	case printer.Blank:
		s.blank(b)
	case printer.Choice:
		s.choice(b)
	case printer.Signature:
		s.signature(b)
	case printer.Cut:
		s.AddPage()
	default:
		return fmt.Errorf("a %T cannot be printed on A4", b)
	}
	return nil
}
