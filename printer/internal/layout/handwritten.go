package layout

import (
	"strings"

	"balie/printer"
	"balie/printer/internal/paper"
)

// blank is a label and a line to write on, beside it where half the paper is left.
func (l *layout) blank(b printer.Blank) {
	label := l.clean(b.Label)
	lines := max(b.Lines, 1)
	if at := len([]rune(label)) + 1; at <= l.Columns/2 {
		l.add(paper.Plain(label + " " + strings.Repeat("_", l.Columns-at)))
		lines--
	} else {
		l.lines(label, l.Columns, paper.Left, paper.Style{})
	}
	for range lines {
		l.add(paper.Line{}, paper.Plain(strings.Repeat("_", l.Columns)))
	}
}

// choice is a box, and its text indented behind it.
func (l *layout) choice(b printer.Choice) {
	const box = "[ ] "
	indent := box
	for _, line := range wrap(l.clean(b.Text), l.Columns-len(box)) {
		l.add(paper.Plain(indent + line))
		indent = strings.Repeat(" ", len(box))
	}
}
