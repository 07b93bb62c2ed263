package paper

// Measures in dots, as of a printer with a 12 x 24 font and lines of 30 dots.
const (
	cellHigh  = 24
	leading   = 6
	baseline  = 19 // of a cell, from its top
	margin    = 32 // of unprintable paper at each side
	head      = 36 // paper above the first line
	tail      = 48 // paper below the last
	tooth     = 6  // depth of the cutter's teeth
	module    = 6  // of a QR code that says nothing else
	barsHigh  = 80
	barModule = 2
)

// placed is an item and where it stands on the picture.
type placed struct {
	item       Item
	x, y, w, h int
	dark       [][]bool // of a code, by row of modules
}

// arrange says where everything stands, and how large the picture is.
func (s Strip) arrange() (list []placed, width, height int, err error) {
	y := head
	for _, item := range s.Items {
		p := placed{item: item, y: y}
		align := Left
		switch it := item.(type) {
		case Line:
			p.w, p.h, align = it.Columns()*s.cell(), it.high()*cellHigh+leading, it.Align
		case Symbol:
			if p.dark, err = it.Modules(); err != nil {
				return nil, 0, 0, err
			}
			it.Module = it.fit(len(p.dark), s.Dots)
			p.item, align = it, it.Align
			p.w = len(p.dark) * it.Module
			p.h = p.w
		case Bars:
			row, err := it.Modules()
			if err != nil {
				return nil, 0, 0, err
			}
			p.dark = [][]bool{row}
			p.w, p.h, align = len(row)*barModule, barsHigh+cellHigh+leading, it.Align
		case Raster:
			p.w, p.h, align = it.Width, len(it.Rows), it.Align
		case Feed:
			p.h = it.Dots
		case Cut:
			p.w, p.h = s.Dots, 2*cellHigh
		}
		p.x = margin + s.shift(p.w, align)
		y += p.h
		list = append(list, p)
	}
	return list, s.Dots + 2*margin, y + tail, nil
}

func (s Strip) shift(width int, align Align) int {
	room := max(s.Dots-width, 0)
	switch align {
	case Center:
		return room / 2
	case Right:
		return room
	}
	return 0
}

func (s Strip) cell() int { return s.Dots / max(s.Columns, 1) }

// fit is how many dots a module has: as many as it says, or else as many as usual
// and as leave white beside it.
func (q Symbol) fit(modules, dots int) int {
	if q.Module > 0 {
		return q.Module
	}
	return max(1, min(module, dots/(modules+8)))
}

// edge is how far the teeth of the cut reach in at column x.
func edge(x int) int {
	t := x % (2 * tooth)
	return min(t, 2*tooth-t)
}
