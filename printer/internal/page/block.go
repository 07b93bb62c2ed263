package page

import (
	"fmt"
	"strings"

	"balie/printer"
	"balie/printer/internal/layout"
	"balie/printer/internal/paper"
)

const (
	barModule = 2
	barHigh   = 80
	thick     = 2 // of a rule
	quiet     = 4 // modules of white around a QR code
)

// block lays out the first of blocks; those behind it tell what stands beside it.
func (l *sheet) block(blocks []printer.Block) error {
	if err := l.aside(blocks); err != nil {
		return err
	}
	switch b := blocks[0].(type) {
	case printer.Heading:
		return l.heading(b)
	case printer.Paragraph:
		align := paper.Left
		if b.Center {
			align = paper.Center
		}
		return l.lines(b.Text, l.size, b.Strong, align)
	case printer.Codes:
		return l.codes(b)
	case printer.QR:
		return l.qr(b)
	case printer.Barcode:
		return l.barcode(b)
	case printer.Image:
		return l.image(b)
	case printer.Rule:
		if err := l.room(l.size / 2); err != nil {
			return err
		}
		l.add(Rule{X: l.Margin, Y: l.y + l.size/8, W: l.right - l.Margin, H: thick})
		l.y += l.size / 2
	case printer.Space:
		l.y += l.size / 2
	case printer.Blank:
		return l.blank(b)
	case printer.Choice:
		return l.lines("[ ] "+b.Text, l.size, false, paper.Left)
	case printer.Signature:
		l.y += 2 * l.size
		return l.blank(printer.Blank{Label: b.Label})
	case printer.Cut:
		l.end()
	default:
		return fmt.Errorf("a %T cannot be printed here", b)
	}
	return nil
}

func (l *sheet) heading(b printer.Heading) error {
	text := l.clean(b.Text)
	size, align := l.size*5/4, paper.Left
	switch {
	case b.Level <= 1:
		size, align = 3*l.size, paper.Center
	case b.Level == 2:
		size, align = l.size*3/2, paper.Center
	}
	for size > l.size && Width(text, size, l.Scale) > l.right-l.Margin {
		size -= 2
	}
	return l.lines(text, size, true, align)
}

// fields sets labels in one column and values in another, each on lines of its
// own where a label takes more than half the page.
func (l *sheet) fields(blocks []printer.Block) error {
	if err := l.aside(blocks); err != nil {
		return err
	}
	widest := 0
	for _, b := range blocks {
		widest = max(widest, Width(l.clean(b.(printer.Field).Label), l.size, l.Scale))
	}
	at := l.Margin + widest + l.size
	for _, b := range blocks {
		if err := l.field(b.(printer.Field), at); err != nil {
			return err
		}
	}
	return nil
}

func (l *sheet) field(f printer.Field, at int) error {
	if at > l.Margin+(l.right-l.Margin)*2/3 {
		if err := l.lines(f.Label, l.size, false, paper.Left); err != nil {
			return err
		}
		return l.lines(f.Value, l.size, true, paper.Left)
	}
	values := wrap(l.clean(f.Value), func(s string) bool { return Width(s, l.size, l.Scale) <= l.right-at })
	if err := l.room(max(len(values), 1) * pitch(l.size)); err != nil {
		return err
	}
	l.add(Text{X: l.Margin, Y: l.y, Size: l.size, Text: l.clean(f.Label)})
	for i, value := range values {
		l.add(Text{X: at, Y: l.y + i*pitch(l.size), Size: l.size, Bold: true, Text: value})
	}
	l.y += max(len(values), 1) * pitch(l.size)
	return nil
}

// codes sets numbered codes in columns, number 1 first, counted line by line.
func (l *sheet) codes(b printer.Codes) error {
	cells, widest := make([]string, len(b.Codes)), 1
	for i, code := range b.Codes {
		cells[i] = fmt.Sprintf("%d %s", i+1, l.clean(code))
		widest = max(widest, Width(cells[i], l.size, l.Scale))
	}
	wide := l.right - l.Margin
	columns := max(min(b.Columns, (wide+l.size)/(widest+l.size)), 1)
	rows := (len(cells) + columns - 1) / columns
	if err := l.room(rows * pitch(l.size)); err != nil {
		return err
	}
	for column := range columns {
		for row := 0; row*columns+column < len(cells); row++ {
			l.add(Text{
				X: l.Margin + column*(wide/columns), Y: l.y + row*pitch(l.size), W: wide / columns, Size: l.size,
				Text: cells[row*columns+column],
			})
		}
	}
	l.y += rows*pitch(l.size) + l.size/4
	return nil
}

// blank is a label and a line to write on.
func (l *sheet) blank(b printer.Blank) error {
	label := l.clean(b.Label)
	for range max(b.Lines, 1) {
		text := strings.TrimLeft(label+" ", " ")
		for Width(text+"_", l.size, l.Scale) <= l.right-l.Margin {
			text += "_"
		}
		if err := l.room(l.size); err != nil {
			return err
		}
		l.add(Text{X: l.Margin, Y: l.y, W: l.right - l.Margin, Size: l.size, Text: text})
		l.y += pitch(l.size) + l.size/2
		label = ""
	}
	return nil
}

// module is how many dots a module has, of a code so many modules wide.
func (l *sheet) module(modules, wide int) int {
	return max(min(l.Module, wide/(modules+2*quiet)), 1)
}

func (l *sheet) symbol(b printer.QR) (q paper.Symbol, dots int, err error) {
	if err := layout.CheckQR(b); err != nil {
		return q, 0, err
	}
	q = paper.Symbol{Data: b.Data, Level: 'M'}
	modules, err := q.Size()
	if err != nil {
		return q, 0, err
	}
	wide := l.Width - 2*l.Margin
	if l.Beside {
		wide /= 2
	}
	q.Module = l.module(modules, wide)
	return q, modules * q.Module, nil
}

// qr sets a code below what precedes it, unless it stands beside it already.
func (l *sheet) qr(b printer.QR) error {
	if l.Beside {
		return nil
	}
	q, dots, err := l.symbol(b)
	if err != nil {
		return err
	}
	white := quiet * q.Module
	high := dots + 2*white
	if b.Caption != "" {
		high += pitch(l.size)
	}
	if err := l.room(high); err != nil {
		return err
	}
	l.add(Symbol{X: (l.Width - dots) / 2, Y: l.y + white, Symbol: q})
	l.y += dots + 2*white
	return l.lines(b.Caption, l.size, false, paper.Center)
}

// aside sets the first code of a page at the right, from the first block on that
// is no heading, and makes the text narrower.
func (l *sheet) aside(blocks []printer.Block) error {
	if l.beside && l.y > l.below && l.below > 0 {
		l.right = l.Width - l.Margin
	}
	if _, heading := blocks[0].(printer.Heading); heading || !l.Beside || l.beside {
		return nil
	}
	for _, block := range blocks {
		switch b := block.(type) {
		case printer.Cut:
			return nil
		case printer.QR:
			return l.setAside(b)
		}
	}
	return nil
}

func (l *sheet) setAside(b printer.QR) error {
	q, dots, err := l.symbol(b)
	if err != nil {
		return err
	}
	white := quiet * q.Module
	if err := l.room(dots + white); err != nil {
		return err
	}
	l.beside = true
	l.add(Symbol{X: l.Width - l.Margin - dots, Y: l.y + white/2, Symbol: q})
	l.right = l.Width - l.Margin - dots - white
	l.below = l.y + dots + white
	caption := l.clean(b.Caption)
	size := l.size
	for _, word := range strings.Fields(caption) {
		for size > 10 && Width(word, size, l.Scale) > dots {
			size--
		}
	}
	for _, line := range wrap(caption, func(s string) bool { return Width(s, size, l.Scale) <= dots }) {
		l.add(Text{X: l.Width - l.Margin - dots, Y: l.below, W: dots, Size: size, Align: paper.Center, Text: line})
		l.below += pitch(size)
	}
	return nil
}

func (l *sheet) barcode(b printer.Barcode) error {
	if err := layout.CheckBarcode(b); err != nil {
		return err
	}
	bars := paper.Bars{Data: b.Data}
	modules, err := bars.Modules()
	if err != nil {
		return err
	}
	wide := len(modules) * barModule
	if wide+20*barModule > l.Width {
		return fmt.Errorf("barcode of %d characters is too wide for %d dots", len(b.Data), l.Width)
	}
	if err := l.room(barHigh + 2*l.size); err != nil {
		return err
	}
	l.add(Bars{X: (l.Width - wide) / 2, Y: l.y, Module: barModule, High: barHigh, Bars: bars})
	l.y += barHigh + 2*l.size
	return nil
}

func (l *sheet) image(b printer.Image) error {
	if err := layout.CheckImage(b, l.Width-2*l.Margin); err != nil {
		return err
	}
	if err := l.room(len(b.Rows)); err != nil {
		return err
	}
	l.add(Picture{X: (l.Width - b.Width) / 2, Y: l.y, Raster: paper.Raster{Width: b.Width, Rows: b.Rows, Alt: l.clean(b.Alt)}})
	l.y += len(b.Rows) + l.size/4
	return nil
}
