package paper

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// SVG is a picture of the strip that scales. It names Go Mono and falls back to
// any font of one width; every span is stretched to the width it has on paper.
func (s Strip) SVG() ([]byte, error) {
	list, width, height, err := s.arrange()
	if err != nil {
		return nil, err
	}
	d := drawing{cell: s.cell()}
	fmt.Fprintf(&d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">`+"\n", width, height, width, height)
	fmt.Fprintf(&d, `<path fill="#fdfcf8" d="%s"/>`+"\n", outline(width, height))
	d.WriteString(`<g fill="#222226" font-family="'Go Mono','DejaVu Sans Mono',monospace" xml:space="preserve">` + "\n")
	for _, p := range list {
		d.draw(p)
	}
	d.WriteString("</g>\n</svg>\n")
	return d.Bytes(), nil
}

// outline is the edge of the paper as a path, teeth above and below.
func outline(width, height int) string {
	var path strings.Builder
	path.WriteString("M0 0")
	for x := tooth; x <= width; x += tooth {
		fmt.Fprintf(&path, "L%d %d", x, edge(x))
	}
	fmt.Fprintf(&path, "L%d %d", width, height)
	for x := width - width%tooth; x >= 0; x -= tooth {
		fmt.Fprintf(&path, "L%d %d", x, height-edge(x))
	}
	return path.String() + "Z"
}

type drawing struct {
	bytes.Buffer
	cell int
}

func (d *drawing) draw(p placed) {
	switch it := p.item.(type) {
	case Line:
		d.line(it, p)
	case Symbol:
		d.modules(p, it.Module, it.Module)
	case Bars:
		d.modules(p, barModule, barsHigh)
		label := Plain(it.Data)
		d.line(label, placed{x: p.x + (p.w-label.Columns()*d.cell)/2, y: p.y + barsHigh})
	case Raster:
		d.raster(it, p)
	case Cut:
		fmt.Fprintf(d, `<path d="M%d %dh%d" stroke="#222226" stroke-dasharray="8 8"/>`+"\n", p.x, p.y+p.h/2, p.w)
	}
}

func (d *drawing) line(l Line, p placed) {
	x, bottom := p.x, p.y+l.high()*cellHigh
	for _, span := range l.Spans {
		wide, high := span.Style.Scale()
		width := len([]rune(span.Text)) * wide * d.cell
		if strings.TrimSpace(span.Text) != "" || span.Style.Invert {
			d.span(span, x, bottom, width, wide, high)
		}
		x += width
	}
}

func (d *drawing) span(span Span, x, bottom, width, wide, high int) {
	fill := ""
	if span.Style.Invert {
		fmt.Fprintf(d, `<path d="M%d %dh%dv%dh-%dz"/>`+"\n", x, bottom-high*cellHigh, width, high*cellHigh, width)
		fill = ` fill="#fff"`
	}
	weight := ""
	if span.Style.Bold {
		weight = ` font-weight="bold"`
	}
	if span.Style.Underline {
		weight += ` text-decoration="underline"`
	}
	fmt.Fprintf(d, `<text transform="translate(%d %d) scale(%d %d)" font-size="20" textLength="%d" lengthAdjust="spacingAndGlyphs"%s%s>`,
		x, bottom-(cellHigh-baseline)*high, wide, high, width/wide, weight, fill)
	// A bytes.Buffer takes everything.
	_ = xml.EscapeText(d, []byte(span.Text))
	d.WriteString("</text>\n")
}

// modules draws runs of dark modules, a row of them at a time.
func (d *drawing) modules(p placed, wide, high int) {
	d.WriteString(`<path shape-rendering="crispEdges" d="`)
	for y, row := range p.dark {
		d.runs(len(row), func(x int) bool { return row[x] }, p.x, p.y+y*high, wide, high)
	}
	d.WriteString("\"/>\n")
}

func (d *drawing) raster(r Raster, p placed) {
	d.WriteString(`<path shape-rendering="crispEdges" d="`)
	for y, row := range r.Rows {
		d.runs(r.Width, func(x int) bool { return row[x/8]&(0x80>>(x%8)) != 0 }, p.x, p.y+y, 1, 1)
	}
	d.WriteString("\"/>\n")
}

func (d *drawing) runs(n int, dark func(int) bool, x0, y, wide, high int) {
	for x := 0; x < n; x++ {
		first := x
		for x < n && dark(x) {
			x++
		}
		if x > first {
			fmt.Fprintf(d, "M%d %dh%dv%dh-%dz", x0+first*wide, y, (x-first)*wide, high, (x-first)*wide)
		}
	}
}
