package page

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// SVG is a picture of the pages that scales. It names Arial and falls back to any
// sans serif; every line is stretched to the width it is reckoned to have.
func (s Sheets) SVG() ([]byte, error) {
	width, height := s.size()
	d := drawing{scale: s.Scale}
	fmt.Fprintf(&d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">`+"\n", width, height, width, height)
	fmt.Fprintf(&d, `<path fill="#d8d8dc" d="M0 0h%dv%dh-%dz"/>`+"\n", width, height, width)
	y := between
	for _, p := range s.Pages {
		fmt.Fprintf(&d, `<g transform="translate(%d %d)" font-family="Arial,'Liberation Sans',sans-serif" xml:space="preserve">`+"\n", between, y)
		fmt.Fprintf(&d, `<path fill="#fff" d="M0 0h%dv%dh-%dz"/>`+"\n", p.Width, p.Height, p.Width)
		for _, item := range p.Items {
			if err := d.draw(item); err != nil {
				return nil, err
			}
		}
		d.WriteString("</g>\n")
		y += p.Height + between
	}
	d.WriteString("</svg>\n")
	return d.Bytes(), nil
}

type drawing struct {
	bytes.Buffer
	scale int
}

func (d *drawing) draw(item Item) error {
	modules, err := dark(item)
	if err != nil {
		return err
	}
	switch it := item.(type) {
	case Text:
		d.text(it)
	case Symbol:
		d.modules(modules, it.X, it.Y, it.Module, it.Module)
	case Bars:
		d.modules(modules, it.X, it.Y, it.Module, it.High)
		d.text(it.label())
	case Picture:
		d.picture(it)
	case Rule:
		fmt.Fprintf(d, `<path d="M%d %dh%dv%dh-%dz"/>`+"\n", it.X, it.Y, it.W, it.H, it.W)
	}
	return nil
}

func (d *drawing) text(t Text) {
	weight := ""
	if t.Bold {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(d, `<text x="%d" y="%d" font-size="%d" textLength="%d" lengthAdjust="spacingAndGlyphs"%s>`,
		t.Begins(d.scale), t.Y+t.Size*4/5, t.Size, Width(t.Text, t.Size, d.scale), weight)
	// A bytes.Buffer takes everything.
	_ = xml.EscapeText(d, []byte(t.Text))
	d.WriteString("</text>\n")
}

func (d *drawing) modules(dark [][]bool, x0, y0, wide, high int) {
	d.WriteString(`<path shape-rendering="crispEdges" d="`)
	for y, row := range dark {
		for x, on := range row {
			if on {
				fmt.Fprintf(d, "M%d %dh%dv%dh-%dz", x0+x*wide, y0+y*high, wide, high, wide)
			}
		}
	}
	d.WriteString("\"/>\n")
}

func (d *drawing) picture(p Picture) {
	d.WriteString(`<path shape-rendering="crispEdges" d="`)
	for y, row := range p.Rows {
		for x := range p.Width {
			if row[x/8]&(0x80>>(x%8)) != 0 {
				fmt.Fprintf(d, "M%d %dh1v1h-1z", p.X+x, p.Y+y)
			}
		}
	}
	d.WriteString("\"/>\n")
}
