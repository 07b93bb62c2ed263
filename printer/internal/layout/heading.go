package layout

import (
	"strings"

	"balie/printer"
	"balie/printer/internal/paper"
)

// largest is how many times a heading of level 1 is enlarged where it fits: at
// 203 dpi, four times the normal font is 12 mm high.
const largest = 4

func (l *layout) heading(b printer.Heading) {
	text := l.clean(b.Text)
	switch {
	case b.Level <= 1:
		size := fit(text, l.Columns, largest)
		l.lines(text, l.Columns, paper.Center, paper.Style{Wide: size, High: size, Bold: true})
	case b.Level == 2:
		// A title too long for double size keeps its height.
		wide := 1
		if 2*len([]rune(text)) <= l.Columns {
			wide = 2
		}
		l.lines(text, l.Columns, paper.Center, paper.Style{Wide: wide, High: 2, Bold: true})
	default:
		l.lines(text, l.Columns, paper.Left, paper.Style{Bold: true})
	}
}

// fit is the largest size, 2 to most, at which text stands on one line, or 2.
func fit(text string, columns, most int) int {
	size := most
	for size > 2 && size*len([]rune(text)) > columns {
		size--
	}
	return size
}

func rule(columns int) paper.Line { return paper.Plain(strings.Repeat("-", columns)) }
