package page

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// PNG is a picture of the pages, one pixel per dot, on grey.
func (s Sheets) PNG() ([]byte, error) {
	width, height := s.size()
	c := canvas{RGBA: image.NewRGBA(image.Rect(0, 0, width, height)), scale: s.Scale, faces: map[faceKey]font.Face{}}
	c.fill(c.Bounds(), color.RGBA{0xD8, 0xD8, 0xDC, 0xFF})
	c.y = between
	for _, p := range s.Pages {
		c.fill(image.Rect(between, c.y, between+p.Width, c.y+p.Height), color.White)
		for _, item := range p.Items {
			if err := c.draw(item); err != nil {
				return nil, err
			}
		}
		c.y += p.Height + between
	}
	var out bytes.Buffer
	if err := png.Encode(&out, c.RGBA); err != nil {
		return nil, fmt.Errorf("encoding picture of page: %w", err)
	}
	return out.Bytes(), nil
}

type canvas struct {
	*image.RGBA
	y     int // of the page being drawn
	scale int
	faces map[faceKey]font.Face
}

type faceKey struct {
	size int
	bold bool
}

func (c *canvas) fill(r image.Rectangle, with color.Color) {
	draw.Draw(c.RGBA, r, image.NewUniform(with), image.Point{}, draw.Src)
}

// ink blackens a rectangle of the page.
func (c *canvas) ink(x, y, w, h int) {
	c.fill(image.Rect(between+x, c.y+y, between+x+w, c.y+y+h), color.Black)
}

func (c *canvas) draw(item Item) error {
	modules, err := dark(item)
	if err != nil {
		return err
	}
	switch it := item.(type) {
	case Text:
		return c.text(it)
	case Symbol:
		c.modules(modules, it.X, it.Y, it.Module, it.Module)
	case Bars:
		c.modules(modules, it.X, it.Y, it.Module, it.High)
		return c.text(it.label())
	case Picture:
		for y, row := range it.Rows {
			for x := range it.Width {
				if row[x/8]&(0x80>>(x%8)) != 0 {
					c.ink(it.X+x, it.Y+y, 1, 1)
				}
			}
		}
	case Rule:
		c.ink(it.X, it.Y, it.W, it.H)
	}
	return nil
}

func (c *canvas) modules(dark [][]bool, x0, y0, wide, high int) {
	for y, row := range dark {
		for x, on := range row {
			if on {
				c.ink(x0+x*wide, y0+y*high, wide, high)
			}
		}
	}
}

// text draws a line as wide as it is reckoned to be, whatever the width of the
// font at hand.
func (c *canvas) text(t Text) error {
	face, err := c.face(faceKey{t.Size, t.Bold})
	if err != nil {
		return err
	}
	natural := font.MeasureString(face, t.Text).Ceil()
	width := Width(t.Text, t.Size, c.scale)
	if natural == 0 || width == 0 {
		return nil
	}
	over := t.Size / 4 // accents of capitals stand above the cell
	mask := image.NewAlpha(image.Rect(0, 0, natural, t.Size*3/2))
	d := font.Drawer{Dst: mask, Src: image.Opaque, Face: face, Dot: fixed.P(0, over+t.Size*4/5)}
	d.DrawString(t.Text)
	scaled := image.NewAlpha(image.Rect(0, 0, width, mask.Bounds().Dy()))
	draw.BiLinear.Scale(scaled, scaled.Bounds(), mask, mask.Bounds(), draw.Src, nil)
	at := image.Pt(between+t.Begins(c.scale), c.y+t.Y-over)
	draw.DrawMask(c.RGBA, scaled.Bounds().Add(at), image.Black, image.Point{}, scaled, image.Point{}, draw.Over)
	return nil
}

// face gives the Go font (Bigelow & Holmes; BSD licence, in golang.org/x/image).
func (c *canvas) face(k faceKey) (font.Face, error) {
	if f, ok := c.faces[k]; ok {
		return f, nil
	}
	data := goregular.TTF
	if k.bold {
		data = gobold.TTF
	}
	parsed, err := opentype.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading font: %w", err)
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(k.size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("sizing font: %w", err)
	}
	c.faces[k] = f
	return f, nil
}
