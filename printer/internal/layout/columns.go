package layout

import (
	"fmt"
	"strings"

	"balie/printer"
	"balie/printer/internal/paper"
)

const (
	tab = 8 // columns between a printer's tab stops after a reset
	gap = 3 // blanks between columns of codes where there are no tab stops
)

// fields counts how many blocks from the first on are fields: their values
// begin in the same column.
func fields(blocks []printer.Block) int {
	for i, b := range blocks {
		if _, ok := b.(printer.Field); !ok {
			return i
		}
	}
	return len(blocks)
}

func (l *layout) fields(blocks []printer.Block) {
	longest := 0
	for _, b := range blocks {
		longest = max(longest, len([]rune(l.clean(b.(printer.Field).Label))))
	}
	at := longest + 2
	for _, b := range blocks {
		l.field(b.(printer.Field), at)
	}
}

// field sets the value at column at, or on lines of its own where a label or a
// word of the value leaves it no room there.
func (l *layout) field(f printer.Field, at int) {
	label, value := l.clean(f.Label), l.clean(f.Value)
	bold := paper.Style{Bold: true}
	if at > l.Columns/2 || longestWord(value) > l.Columns-at {
		l.lines(label, l.Columns, paper.Left, paper.Style{})
		l.lines(value, l.Columns, paper.Left, bold)
		return
	}
	for i, line := range wrap(value, l.Columns-at) {
		if i > 0 {
			label = ""
		}
		pad := strings.Repeat(" ", at-len([]rune(label)))
		l.add(paper.Line{Spans: []paper.Span{{Text: label + pad}, {Text: line, Style: bold}}})
	}
}

// codes sets numbered codes in columns, counted line by line as on a code card,
// and one below the other where one is wider than the paper.
func (l *layout) codes(b printer.Codes) {
	cells, widest := l.cells(b.Codes)
	if widest > l.Columns {
		for _, cell := range cells {
			l.lines(cell, l.Columns, paper.Left, paper.Style{})
		}
		return
	}
	columns := max(min(b.Columns, (l.Columns+1)/(widest+1)), 1)
	step := l.step(columns, widest)
	for first := 0; first < len(cells); first += columns {
		var line strings.Builder
		for i, cell := range cells[first:min(first+columns, len(cells))] {
			line.WriteString(strings.Repeat(" ", i*step-len([]rune(line.String()))))
			line.WriteString(cell)
		}
		l.add(paper.Plain(line.String()))
	}
}

// step is how many characters a column of codes takes: as few bytes of white as
// the printer allows, and narrow enough for the paper.
func (l *layout) step(columns, widest int) int {
	step := widest + gap
	if l.Tabs {
		step = (widest/tab + 1) * tab
	}
	if step*(columns-1)+widest <= l.Columns {
		return step
	}
	return l.Columns / columns
}

func (l *layout) cells(codes []string) (cells []string, widest int) {
	digits := len(fmt.Sprint(len(codes)))
	for i, code := range codes {
		cell := fmt.Sprintf("%*d %s", digits, i+1, l.clean(code))
		cells = append(cells, cell)
		widest = max(widest, len([]rune(cell)))
	}
	return cells, widest
}
