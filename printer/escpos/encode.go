package escpos

import (
	"fmt"
	"slices"
	"strings"

	"balie/printer"
	"balie/printer/internal/codepage"
	"balie/printer/internal/layout"
	"balie/printer/internal/paper"
)

// Encode gives all the bytes of doc for a printer of that profile: reset, text,
// cut, and a reset that empties the symbol store where the document is secret.
// It is pure: the same document gives the same bytes. The error holds nothing
// of the document.
func Encode(doc printer.Document, p Profile) ([]byte, error) {
	body, err := encode(doc, p)
	if err != nil {
		return nil, err
	}
	all := append([]byte(reset), body.bytes...)
	if doc.Secret {
		all = append(all, reset...)
	}
	return all, nil
}

// stream is bytes for a printer, and where in them no command is under way: only
// there may a question in real time go between.
type stream struct {
	bytes  []byte
	bounds []int // rising
}

// chunk gives how many of the bytes from at on go out at once: up to a bound where
// one is near, else as many as may go.
func (s stream) chunk(at, most int) int {
	i, found := slices.BinarySearch(s.bounds, at+most)
	if !found {
		i--
	}
	if i >= 0 && s.bounds[i] > at {
		return s.bounds[i] - at
	}
	return min(most, len(s.bytes)-at)
}

// between tells whether no command is under way at a place.
func (s stream) between(at int) bool {
	_, found := slices.BinarySearch(s.bounds, at)
	return at == 0 || found
}

// Preview is the document as it would look on paper, with what the printer's code
// page lacks spelled.
func Preview(doc printer.Document, p Profile) (paper.Strip, error) {
	pg, err := p.page()
	if err != nil {
		return paper.Strip{}, err
	}
	return layout.Lay(doc, layout.Width{Columns: p.Columns, Dots: p.Dots, Tabs: p.Tabs, Fold: pg.Fold})
}

// encode gives the bytes of doc that follow a reset.
func encode(doc printer.Document, p Profile) (stream, error) {
	pg, err := p.page()
	if err != nil {
		return stream{}, err
	}
	strip, err := Preview(doc, p)
	if err != nil {
		return stream{}, err
	}
	e := encoder{profile: p, page: pg}
	e.command(0x1B, 't', byte(p.Text.Select))
	for i, item := range strip.Items {
		if err := e.item(item); err != nil {
			return stream{}, fmt.Errorf("encoding item %d: %w", i+1, err)
		}
		e.bound()
	}
	e.begin(paper.Left, paper.Style{})
	e.command(p.Cut.End...)
	e.bound()
	return stream{e.out, e.bounds}, nil
}

// encoder writes commands and remembers what the printer was last told, so that
// nothing is said twice.
type encoder struct {
	profile Profile
	page    codepage.Page
	out     []byte
	bounds  []int
	align   paper.Align
	style   paper.Style
}

func (e *encoder) command(b ...byte) { e.out = append(e.out, b...) }

// bound notes that no command is under way here.
func (e *encoder) bound() {
	if n := len(e.bounds); n == 0 || e.bounds[n-1] != len(e.out) {
		e.bounds = append(e.bounds, len(e.out))
	}
}

func (e *encoder) item(item paper.Item) error {
	switch it := item.(type) {
	case paper.Line:
		e.line(it)
	case paper.Symbol:
		return e.symbol(it)
	case paper.Bars:
		return e.bars(it)
	case paper.Raster:
		e.raster(it)
	case paper.Cut:
		e.begin(paper.Left, paper.Style{})
		e.command(e.profile.Cut.Partial...)
	default:
		return fmt.Errorf("a %T has no command", item)
	}
	return nil
}

// begin brings alignment (ESC a) and style about; both only at a line's start.
func (e *encoder) begin(align paper.Align, style paper.Style) {
	if align != e.align {
		e.align = align
		e.command(0x1B, 'a', byte(align))
	}
	e.restyle(style)
}

// restyle sends what differs of size (GS !) and emphasis (ESC E).
func (e *encoder) restyle(style paper.Style) {
	wide, high := style.Scale()
	if w, h := e.style.Scale(); w != wide || h != high {
		e.command(0x1D, '!', byte((wide-1)<<4|(high-1)))
	}
	if style.Bold != e.style.Bold {
		e.command(0x1B, 'E', bit(style.Bold))
	}
	e.style = style
}

func bit(on bool) byte {
	if on {
		return 1
	}
	return 0
}

func (e *encoder) line(l paper.Line) {
	if len(l.Spans) > 0 {
		e.begin(l.Align, l.Spans[0].Style)
	}
	column := 0
	for _, span := range l.Spans {
		e.restyle(span.Style)
		column = e.text(span.Text, column, l.Align == paper.Left)
	}
	e.command('\n')
}

// text writes characters from a column on, and tabs for blanks that end at a
// tab stop where the profile has them.
func (e *encoder) text(text string, column int, tabs bool) int {
	wide, _ := e.style.Scale()
	tabs = tabs && e.profile.Tabs && wide == 1
	blanks := 0
	for _, r := range text {
		if r == ' ' {
			blanks++
			continue
		}
		e.blanks(blanks, column, tabs)
		column += blanks + 1
		blanks = 0
		b, ok := e.page.Byte(r)
		if !ok {
			b = '?'
		}
		e.out = append(e.out, b)
	}
	e.blanks(blanks, column, tabs)
	return column + blanks
}

func (e *encoder) blanks(n, column int, tabs bool) {
	const stop = 8
	end := column + n
	for tabs && n > 1 && (column/stop+1)*stop <= end && end%stop == 0 {
		e.out = append(e.out, '\t')
		column = (column/stop + 1) * stop
		n = end - column
	}
	e.out = append(e.out, strings.Repeat(" ", n)...)
}
