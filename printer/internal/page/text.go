package page

import (
	"fmt"
	"slices"
	"strings"

	"balie/printer/internal/paper"
)

// row is what begins on one line of the page.
type row struct {
	x, y int
	text string
}

// Lines is what can be read on the page, line by line from the top, roughly where
// it stands; a QR code is "[QR data]". The font is so many thousandths as wide as
// Helvetica Bold.
func (p Page) Lines(scale int) []string {
	var rows []row
	smallest := p.Width
	for _, item := range p.Items {
		r, size := p.row(item, scale)
		rows = append(rows, r)
		smallest = min(smallest, size)
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if a.y != b.y {
			return a.y - b.y
		}
		return a.x - b.x
	})
	left := p.Width
	for _, r := range rows {
		left = min(left, r.x)
	}
	column := max(smallest*scale/2000, 1)
	var lines []string
	for i := 0; i < len(rows); {
		var line strings.Builder
		for y := rows[i].y; i < len(rows) && rows[i].y == y; i++ {
			at := (rows[i].x - left) / column
			if n := len([]rune(line.String())); n > 0 {
				at = max(at-n, 1)
			}
			line.WriteString(strings.Repeat(" ", at) + rows[i].text)
		}
		lines = append(lines, line.String())
	}
	return lines
}

func (p Page) row(item Item, scale int) (r row, size int) {
	switch it := item.(type) {
	case Text:
		return row{it.Begins(scale), it.Y, it.Text}, it.Size
	case Symbol:
		return row{it.X, it.Y, "[QR " + it.Data + "]"}, p.Width
	case Bars:
		return row{it.X, it.Y, "[barcode " + it.Data + "]"}, p.Width
	case Picture:
		name := it.Alt
		if name == "" {
			name = fmt.Sprintf("%d x %d", it.Width, len(it.Rows))
		}
		return row{it.X, it.Y, "[picture: " + name + "]"}, p.Width
	case Rule:
		return row{it.X, it.Y, strings.Repeat("-", 24)}, p.Width
	}
	return row{}, p.Width
}

// Sheets is what comes of one document: labels or cards, top to bottom.
type Sheets struct {
	Pages []Page
	Scale int // width of the font in thousandths of Helvetica Bold
}

// Lines is what can be read on all pages, with a line of = between two.
func (s Sheets) Lines() []string {
	var lines []string
	for i, p := range s.Pages {
		if i > 0 {
			lines = append(lines, strings.Repeat("=", 24))
		}
		lines = append(lines, p.Lines(s.Scale)...)
	}
	return lines
}

// Text is the lines, a line feed after each.
func (s Sheets) Text() string {
	lines := s.Lines()
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// Symbols gives the content of the QR codes, in order.
func (s Sheets) Symbols() []string {
	var data []string
	for _, p := range s.Pages {
		for _, item := range p.Items {
			if q, ok := item.(Symbol); ok {
				data = append(data, q.Data)
			}
		}
	}
	return data
}

// between is how far pages stand apart in a picture, and from its edge.
const between = 24

// size is the size of a picture of all pages, one below the other.
func (s Sheets) size() (width, height int) {
	height = between
	for _, p := range s.Pages {
		width = max(width, p.Width+2*between)
		height += p.Height + between
	}
	return width, height
}

// dark are the modules of a code, by row.
func dark(item Item) ([][]bool, error) {
	switch it := item.(type) {
	case Symbol:
		return it.Modules()
	case Bars:
		row, err := it.Bars.Modules()
		return [][]bool{row}, err
	}
	return nil, nil
}

// label is the text below a barcode.
func (b Bars) label() Text {
	const size = 20
	return Text{X: b.X, Y: b.Y + b.High + 4, Size: size, Text: b.Data, Align: paper.Left}
}
