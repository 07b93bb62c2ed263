package paper

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// PNG is a picture of the strip, one pixel per dot, with the edges of the paper;
// beside them it is transparent.
func (s Strip) PNG() ([]byte, error) {
	img, err := s.Image()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("encoding picture of paper: %w", err)
	}
	return out.Bytes(), nil
}

// Image is the picture of [Strip.PNG], not encoded.
func (s Strip) Image() (*image.RGBA, error) {
	list, width, height, err := s.arrange()
	if err != nil {
		return nil, err
	}
	c := canvas{
		RGBA: blank(width, height), cell: s.cell(),
		ink: image.NewUniform(color.RGBA{0x22, 0x22, 0x26, 0xFF}), faces: map[faceKey]font.Face{},
	}
	for _, p := range list {
		if err := c.draw(p); err != nil {
			return nil, err
		}
	}
	return c.RGBA, nil
}

// blank is empty paper with cut edges above and below.
func blank(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	white := image.NewUniform(color.RGBA{0xFD, 0xFC, 0xF8, 0xFF})
	for x := range width {
		column := image.Rect(x, edge(x), x+1, height-edge(x))
		draw.Draw(img, column, white, image.Point{}, draw.Src)
	}
	return img
}

type canvas struct {
	*image.RGBA
	cell  int
	ink   *image.Uniform
	faces map[faceKey]font.Face
}

type faceKey struct {
	high int
	bold bool
}

func (c *canvas) draw(p placed) error {
	switch it := p.item.(type) {
	case Line:
		return c.line(it, p)
	case Symbol:
		c.modules(p, it.Module, it.Module)
	case Bars:
		c.modules(p, barModule, barsHigh)
		label := Plain(it.Data)
		under := placed{x: p.x + (p.w-label.Columns()*c.cell)/2, y: p.y + barsHigh, h: cellHigh}
		return c.line(label, under)
	case Raster:
		c.raster(it, p)
	case Cut:
		for x := p.x; x < p.x+p.w; x += 16 {
			c.fill(image.Rect(x, p.y+p.h/2, x+8, p.y+p.h/2+1))
		}
	}
	return nil
}

func (c *canvas) fill(r image.Rectangle) { draw.Draw(c.RGBA, r, c.ink, image.Point{}, draw.Src) }

func (c *canvas) modules(p placed, wide, high int) {
	for y, row := range p.dark {
		for x, dark := range row {
			if dark {
				c.fill(image.Rect(p.x+x*wide, p.y+y*high, p.x+(x+1)*wide, p.y+(y+1)*high))
			}
		}
	}
}

func (c *canvas) raster(r Raster, p placed) {
	for y, row := range r.Rows {
		for x := range r.Width {
			if row[x/8]&(0x80>>(x%8)) != 0 {
				c.fill(image.Rect(p.x+x, p.y+y, p.x+x+1, p.y+y+1))
			}
		}
	}
}

func (c *canvas) line(l Line, p placed) error {
	x, bottom := p.x, p.y+l.high()*cellHigh
	for _, span := range l.Spans {
		wide, high := span.Style.Scale()
		face, err := c.face(faceKey{high, span.Style.Bold})
		if err != nil {
			return err
		}
		for _, r := range span.Text {
			box := image.Rect(x, bottom-high*cellHigh, x+wide*c.cell, bottom)
			c.char(r, face, box, high, span.Style)
			x = box.Max.X
		}
	}
	return nil
}

// char draws a character into its box. The face has the height of the box; the
// width is stretched where the two multiples differ.
func (c *canvas) char(r rune, face font.Face, box image.Rectangle, high int, style Style) {
	ink := image.Image(c.ink)
	if style.Invert {
		c.fill(box)
		ink = image.White
	}
	natural := image.Rect(0, 0, high*c.cell, box.Dy())
	mask := image.NewAlpha(natural)
	d := font.Drawer{Dst: mask, Src: image.Opaque, Face: face, Dot: fixed.P(0, baseline*high)}
	d.DrawString(string(r))
	if box.Dx() != natural.Dx() {
		wide := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
		draw.BiLinear.Scale(wide, wide.Bounds(), mask, natural, draw.Src, nil)
		mask = wide
	}
	draw.DrawMask(c.RGBA, box, ink, image.Point{}, mask, image.Point{}, draw.Over)
	if style.Underline {
		c.fill(image.Rect(box.Min.X, box.Max.Y-2*high, box.Max.X, box.Max.Y-high))
	}
}

// face gives Go Mono (Bigelow & Holmes; BSD licence, in golang.org/x/image),
// whose characters are 0.6 em wide: 12 dots at 20.
func (c *canvas) face(k faceKey) (font.Face, error) {
	if f, ok := c.faces[k]; ok {
		return f, nil
	}
	data := gomono.TTF
	if k.bold {
		data = gomonobold.TTF
	}
	parsed, err := opentype.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading font: %w", err)
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 20 * float64(k.high), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("sizing font: %w", err)
	}
	c.faces[k] = f
	return f, nil
}
