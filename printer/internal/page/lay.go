package page

import (
	"errors"
	"fmt"

	"balie/printer"
	"balie/printer/internal/layout"
	"balie/printer/internal/paper"
)

// Format is what there is to print on.
type Format struct {
	Width  int // in dots
	Height int // in dots; 0 is as long as the document is
	Margin int
	// Size is the height of running text. Where the document does not fit on one
	// page it is made smaller, down to Smallest, before a second page is begun.
	Size, Smallest int
	Scale          int  // width of the font in thousandths of Helvetica Bold
	Module         int  // dots of a QR code's module
	Beside         bool // QR codes stand at the right of the text, not below it
	// Fold replaces what the printer's font lacks; nil folds nothing.
	Fold func(string) string
}

// errTooSmall says that something is larger than a page.
var errTooSmall = errors.New("too large for the page")

// Lay gives the pages of doc. The error names a block that cannot be printed and
// nothing of what is in it.
func Lay(doc printer.Document, f Format) ([]Page, error) {
	if f.Height == 0 {
		return lay(doc, f, f.Size)
	}
	for size := f.Size; size > f.Smallest; size -= 2 {
		pages, err := lay(doc, f, size)
		if err != nil && !errors.Is(err, errTooSmall) {
			return nil, err
		}
		if err == nil && len(pages) == parts(doc) {
			return pages, nil
		}
	}
	return lay(doc, f, f.Smallest)
}

// parts is how many pages there must be: cuts part them.
func parts(doc printer.Document) int {
	n := 1
	for _, b := range doc.Blocks {
		if _, cut := b.(printer.Cut); cut {
			n++
		}
	}
	return n
}

func lay(doc printer.Document, f Format, size int) ([]Page, error) {
	l := sheet{Format: f, size: size, y: f.Margin, right: f.Width - f.Margin}
	for i := 0; i < len(doc.Blocks); i++ {
		var err error
		if n := fields(doc.Blocks[i:]); n > 0 {
			err = l.fields(doc.Blocks[i : i+n])
			i += n - 1
		} else {
			err = l.block(doc.Blocks[i:])
		}
		if err != nil {
			return nil, fmt.Errorf("laying out block %d: %w", i+1, err)
		}
	}
	l.end()
	return l.pages, nil
}

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

// sheet is a document being laid out.
type sheet struct {
	Format
	size   int
	pages  []Page
	items  []Item
	y      int // of the next line
	right  int // edge of the text
	below  int // where the text is as wide as the page again, under a code beside it
	beside bool
}

// end closes the page, as long as what is on it where it has no height of its own.
func (l *sheet) end() {
	height := l.Height
	if height == 0 {
		height = max(l.y, l.below) + l.Margin
	}
	l.pages = append(l.pages, Page{Width: l.Width, Height: height, Items: l.items})
	l.items, l.y, l.right, l.below, l.beside = nil, l.Margin, l.Width-l.Margin, 0, false
}

// room makes sure that so many dots are left on the page, or begins another.
func (l *sheet) room(dots int) error {
	if l.Height == 0 || l.y+dots <= l.Height-l.Margin {
		return nil
	}
	if dots > l.Height-2*l.Margin {
		return errTooSmall
	}
	l.end()
	return nil
}

func (l *sheet) add(items ...Item) { l.items = append(l.items, items...) }

func (l *sheet) clean(text string) string { return layout.Clean(text, l.Fold) }

// pitch is how far one line stands below another.
func pitch(size int) int { return size + size/8 }

// lines wraps text and adds it.
func (l *sheet) lines(text string, size int, bold bool, align paper.Align) error {
	lines := wrap(l.clean(text), func(s string) bool { return Width(s, size, l.Scale) <= l.right-l.Margin })
	for _, line := range lines {
		if err := l.room(size); err != nil {
			return err
		}
		l.add(Text{X: l.Margin, Y: l.y, W: l.right - l.Margin, Size: size, Bold: bold, Align: align, Text: line})
		l.y += pitch(size)
	}
	return nil
}
