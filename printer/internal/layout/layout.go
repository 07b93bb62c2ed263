// Package layout puts a Document on paper of a given width: it breaks lines at
// words, sizes headings, sets fields and codes in columns. It knows no command
// of any printer; the encoders and the preview follow what it says, so that both
// show the same paper.
package layout

import (
	"fmt"

	"balie/printer"
	"balie/printer/internal/paper"
)

// Width is what there is to print on.
type Width struct {
	Columns int
	Dots    int
	// Tabs says that the printer has tab stops every 8 columns: columns of codes
	// begin there, which costs a byte each on the wire.
	Tabs bool
	// Fold replaces what the printer's characters lack. Nil folds nothing but
	// control characters, which never come through.
	Fold func(string) string
}

// Lay gives the strip of doc. The error names a block that cannot be printed and
// nothing of what is in it.
func Lay(doc printer.Document, w Width) (paper.Strip, error) {
	if w.Columns < 16 {
		return paper.Strip{}, fmt.Errorf("laying out for %d columns: at least 16 are needed", w.Columns)
	}
	l := layout{Width: w}
	for i := 0; i < len(doc.Blocks); i++ {
		if n := fields(doc.Blocks[i:]); n > 0 {
			l.fields(doc.Blocks[i : i+n])
			i += n - 1
			continue
		}
		if err := l.block(doc.Blocks[i]); err != nil {
			return paper.Strip{}, fmt.Errorf("laying out block %d: %w", i+1, err)
		}
	}
	return paper.Strip{Columns: w.Columns, Dots: w.Dots, Items: l.items}, nil
}

type layout struct {
	Width
	items []paper.Item
}

func (l *layout) add(items ...paper.Item) { l.items = append(l.items, items...) }

func (l *layout) block(block printer.Block) error {
	switch b := block.(type) {
	case printer.Heading:
		l.heading(b)
	case printer.Paragraph:
		l.paragraph(b)
	case printer.Codes:
		l.codes(b)
	case printer.QR:
		return l.qr(b)
	case printer.Barcode:
		return l.barcode(b)
	case printer.Rule:
		l.add(rule(l.Columns))
	case printer.Space:
		l.add(paper.Line{})
	case printer.Image:
		return l.image(b)
	case printer.Blank:
		l.blank(b)
	case printer.Choice:
		l.choice(b)
	case printer.Signature:
		l.add(paper.Line{}, paper.Line{}, paper.Line{}, rule(l.Columns))
		l.lines(b.Label, l.Columns, paper.Left, paper.Style{})
	case printer.Cut:
		l.add(paper.Cut{})
	default:
		return fmt.Errorf("a %T cannot be printed on a roll", block)
	}
	return nil
}

func (l *layout) paragraph(b printer.Paragraph) {
	align := paper.Left
	if b.Center {
		align = paper.Center
	}
	l.lines(b.Text, l.Columns, align, paper.Style{Bold: b.Strong})
}

// lines wraps text into columns of normal width and adds it.
func (l *layout) lines(text string, columns int, align paper.Align, style paper.Style) {
	wide, _ := style.Scale()
	for _, line := range wrap(l.clean(text), columns/wide) {
		l.add(paper.Line{Align: align, Spans: []paper.Span{{Text: line, Style: style}}})
	}
}

func (l *layout) qr(b printer.QR) error {
	if err := CheckQR(b); err != nil {
		return err
	}
	// A scanner wants white around a code: an empty line is more than 4 modules.
	if n := len(l.items); n > 0 && !isBlank(l.items[n-1]) {
		l.add(paper.Line{})
	}
	l.add(paper.Symbol{Align: paper.Center, Data: b.Data, Level: 'M'}, paper.Line{})
	if b.Caption != "" {
		l.lines(b.Caption, l.Columns, paper.Center, paper.Style{})
	}
	return nil
}

func isBlank(item paper.Item) bool {
	line, ok := item.(paper.Line)
	return ok && len(line.Spans) == 0
}

func (l *layout) barcode(b printer.Barcode) error {
	if err := CheckBarcode(b); err != nil {
		return err
	}
	l.add(paper.Bars{Align: paper.Center, Data: b.Data})
	return nil
}

func (l *layout) image(b printer.Image) error {
	if err := CheckImage(b, l.Dots); err != nil {
		return err
	}
	l.add(paper.Raster{Align: paper.Center, Width: b.Width, Rows: b.Rows, Alt: l.clean(b.Alt)})
	return nil
}

// CheckQR refuses a QR code that cannot be printed.
func CheckQR(b printer.QR) error {
	if err := plain(b.Data); err != nil {
		return fmt.Errorf("QR code: %w", err)
	}
	return nil
}

// CheckBarcode refuses a barcode that cannot be printed.
func CheckBarcode(b printer.Barcode) error {
	if err := plain(b.Data); err != nil {
		return fmt.Errorf("barcode: %w", err)
	}
	for _, r := range b.Data {
		if r > '~' {
			return fmt.Errorf("barcode: only ASCII can be printed")
		}
	}
	return nil
}

// CheckImage refuses an image that is no rectangle or wider than so many dots.
func CheckImage(b printer.Image, dots int) error {
	if b.Width < 1 || b.Width > dots {
		return fmt.Errorf("image of %d dots on paper of %d", b.Width, dots)
	}
	for _, row := range b.Rows {
		if len(row) != (b.Width+7)/8 {
			return fmt.Errorf("image row of %d bytes for %d dots", len(row), b.Width)
		}
	}
	return nil
}

// plain refuses data that a printer could take for a real-time command, which
// is obeyed even in the middle of a code's data.
func plain(data string) error {
	if data == "" {
		return fmt.Errorf("no data")
	}
	for i := range len(data) {
		if data[i] < 0x20 || data[i] == 0x7F {
			return fmt.Errorf("a control character at byte %d", i+1)
		}
	}
	return nil
}
