package form

import (
	"fmt"

	"balie/printer"
	"balie/printer/internal/layout"
)

// label is where the values of fields and the lines of blanks begin.
const label = 52

// text sets lines of one size from x on, wrapped into so much width.
func (s *sheet) text(text, style, align string, points, x, width float64) {
	s.font(style, points)
	high := leading(points)
	for _, line := range s.SplitText(layout.Clean(text, nil), width) {
		s.room(high)
		s.SetX(x)
		s.CellFormat(width, high, line, "", 2, align, false, 0, "")
	}
	s.SetX(margin)
}

func (s *sheet) heading(b printer.Heading) {
	points, align := 13.0, "L"
	switch {
	case b.Level <= 1:
		points, align = 34, "C"
	case b.Level == 2:
		points = 20
	}
	s.room(3 * leading(points))
	s.Ln(1)
	s.text(b.Text, "B", align, points, margin, wide)
	s.Ln(points * millimetre / 3)
}

func (s *sheet) paragraph(b printer.Paragraph) {
	style, align := "", "L"
	if b.Strong {
		style = "B"
	}
	if b.Center {
		align = "C"
	}
	s.text(b.Text, style, align, body, margin, wide)
	s.Ln(1.5)
}

func (s *sheet) fields(blocks []printer.Block) {
	for _, block := range blocks {
		f := block.(printer.Field)
		s.room(2 * leading(body))
		top := s.GetY()
		s.text(f.Label, "", "L", body, margin, label-4)
		below := s.GetY()
		if below < top {
			top = margin // the label went on to the next page
		}
		s.SetY(top)
		s.text(f.Value, "B", "L", body, margin+label, wide-label)
		s.SetY(max(below, s.GetY()) + 1)
	}
	s.Ln(1)
}

// codes sets numbered codes in columns, in a font whose letters are not taken for
// one another.
func (s *sheet) codes(b printer.Codes) {
	columns := max(b.Columns, 1)
	const high = 8
	for first := 0; first < len(b.Codes); first += columns {
		s.room(high)
		for i := first; i < min(first+columns, len(b.Codes)); i++ {
			s.SetFont("GoMono", "", 13)
			s.CellFormat(wide/float64(columns), high, fmt.Sprintf("%2d  %s", i+1, layout.Clean(b.Codes[i], nil)), "", 0, "L", false, 0, "")
		}
		s.Ln(high)
	}
	s.Ln(2)
}

// blank is a label, and beside it a line to write on.
func (s *sheet) blank(b printer.Blank) {
	const high = 10
	for i := range max(b.Lines, 1) {
		s.room(high)
		bottom := s.GetY() + high
		if i == 0 {
			s.SetY(bottom - leading(body))
			s.text(b.Label, "", "L", body, margin, label-4)
			bottom = max(bottom, s.GetY())
		}
		s.Line(margin+label, bottom-1, margin+wide, bottom-1)
		s.SetXY(margin, bottom)
	}
	s.Ln(1)
}

// choice is a box to tick and its text.
func (s *sheet) choice(b printer.Choice) {
	const box = 4
	s.room(2 * leading(body))
	s.Rect(margin+2, s.GetY()+(leading(body)-box)/2, box, box, "D")
	s.text(b.Text, "", "L", body, margin+2+2*box, wide-2-2*box)
	s.Ln(1.5)
}

// signature is a box to sign in, and above it who signs.
func (s *sheet) signature(b printer.Signature) {
	const width, high = 90, 26
	s.room(high + 2*leading(body))
	s.Ln(3)
	s.text(b.Label, "", "L", body, margin, wide)
	s.Rect(margin, s.GetY()+1, width, high, "D")
	s.SetXY(margin, s.GetY()+high+4)
}
