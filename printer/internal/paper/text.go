package paper

import (
	"fmt"
	"strings"
)

// Lines gives the text of every printed line, aligned as on paper and without
// blanks at the end. What is not text is a line in brackets: "[QR https://…]".
func (s Strip) Lines() []string {
	var lines []string
	for _, item := range s.Items {
		switch it := item.(type) {
		case Line:
			lines = append(lines, s.place(it.Text(), it.Columns(), it.Align))
		case Symbol:
			lines = append(lines, s.bracket("QR "+it.Data, it.Align))
		case Bars:
			lines = append(lines, s.bracket("barcode "+it.Data, it.Align))
		case Raster:
			lines = append(lines, s.bracket(it.name(), it.Align))
		case Cut:
			lines = append(lines, cutLine(s.Columns, it.Partial))
		}
	}
	return lines
}

// Text is the strip as text, a line feed after each line.
func (s Strip) Text() string {
	var b strings.Builder
	for _, line := range s.Lines() {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// Symbols gives the content of the QR codes, in order.
func (s Strip) Symbols() []string {
	var data []string
	for _, item := range s.Items {
		if q, ok := item.(Symbol); ok {
			data = append(data, q.Data)
		}
	}
	return data
}

func (r Raster) name() string {
	if r.Alt != "" {
		return "picture: " + r.Alt
	}
	return fmt.Sprintf("picture %d x %d", r.Width, len(r.Rows))
}

func (s Strip) bracket(text string, align Align) string {
	text = "[" + text + "]"
	return s.place(text, len([]rune(text)), align)
}

func (s Strip) place(text string, columns int, align Align) string {
	room := max(s.Columns-columns, 0)
	switch align {
	case Center:
		text = strings.Repeat(" ", room/2) + text
	case Right:
		text = strings.Repeat(" ", room) + text
	}
	return strings.TrimRight(text, " ")
}

func cutLine(columns int, partial bool) string {
	if partial {
		return strings.TrimRight(strings.Repeat("- ", columns/2), " ")
	}
	return strings.Repeat("=", columns)
}
