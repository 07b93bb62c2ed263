package printertest

import (
	"golang.org/x/text/encoding/charmap"

	"balie/printer/internal/paper"
)

// machine is what a printer remembers between commands, and the paper that hangs
// from it.
type machine struct {
	columns int
	items   []paper.Item // printed since the last cut
	spans   []paper.Span // of the line that has begun
	align   paper.Align
	style   paper.Style
	page    byte // n of ESC t
	spacing int  // dots of a line feed

	model, module, level byte // of QR codes
	stored               []byte

	barHeight, barModule, barText byte
}

func newMachine(o Options) machine {
	m := machine{columns: o.Columns}
	m.initialize()
	return m
}

// initialize is ESC @: all but the paper is as at power on.
func (m *machine) initialize() {
	m.spans, m.align, m.style, m.page, m.spacing = nil, paper.Left, paper.Style{}, 0, 30
	m.model, m.module, m.level, m.stored = 50, 3, 48, nil
	m.barHeight, m.barModule, m.barText = 162, 3, 0
}

func (m *machine) dropLine() { m.spans = nil }

func (m *machine) lineLength() int {
	n := 0
	for _, s := range m.spans {
		n += len([]rune(s.Text))
	}
	return n
}

// column is where the next character stands, in normal columns.
func (m *machine) column() int { return paper.Line{Spans: m.spans}.Columns() }

func (m *machine) lineStart() bool { return len(m.spans) == 0 }

// print puts a character on the line, on the next one where this is full.
func (m *machine) print(r rune) {
	wide, _ := m.style.Scale()
	if m.column()+wide > m.columns {
		m.feed()
	}
	if n := len(m.spans); n > 0 && m.spans[n-1].Style == m.style {
		m.spans[n-1].Text += string(r)
		return
	}
	m.spans = append(m.spans, paper.Span{Text: string(r), Style: m.style})
}

// feed prints the line and goes to the next.
func (m *machine) feed() {
	m.items = append(m.items, paper.Line{Align: m.align, Spans: m.spans})
	m.spans = nil
}

// tab goes to the next of the stops that a printer has every 8 columns.
func (m *machine) tab() {
	next := (m.column()/8 + 1) * 8
	if next >= m.columns {
		return
	}
	for m.column() < next {
		m.print(' ')
	}
}

// char gives the character of a byte in the code page that ESC t chose. The
// numbers are Epson's (ESC/POS command reference, ESC t).
func (m *machine) char(b byte) (rune, bool) {
	if b < 0x80 {
		return rune(b), true
	}
	var page *charmap.Charmap
	switch m.page {
	case 0:
		page = charmap.CodePage437
	case 1: // Katakana, with lines to draw boxes
		r, known := map[byte]rune{0x90: '┴', 0x91: '┬', 0x95: '─', 0x96: '│'}[b]
		return r, known
	case 2:
		page = charmap.CodePage850
	case 15:
		page = charmap.ISO8859_7
	case 16:
		page = charmap.Windows1252
	case 19:
		page = charmap.CodePage858
	case 40:
		page = charmap.ISO8859_15
	default:
		return '?', false
	}
	return page.DecodeByte(b), true
}
