package eidtest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
)

// face draws a person who never was: a grey JPEG of 140 by 200 pixels, or 150 by
// 195 as since 2021, of 2.6 to 3.1 kB where that can be met. The same seed draws
// the same face, and a PKI draws the last ones only once.
func (p *PKI) face(seed string, a Applet) ([]byte, error) {
	key := string(a) + " " + seed
	p.mu.Lock()
	drawn := p.faces[key]
	p.mu.Unlock()
	if drawn != nil {
		return bytes.Clone(drawn), nil
	}
	drawn, err := draw(seed, a)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.faces) >= mostMinted {
		clear(p.faces)
	}
	p.faces[key] = drawn
	return bytes.Clone(drawn), nil
}

func draw(seed string, a Applet) ([]byte, error) {
	size := image.Pt(140, 200)
	if a == Applet18 {
		size = image.Pt(150, 195)
	}
	picture := paint(size, sha256.Sum256([]byte("face "+seed)))
	var out []byte
	for quality := 90; quality >= 10; quality -= 2 {
		var buf bytes.Buffer
		if err := jpeg.Encode(&buf, picture, &jpeg.Options{Quality: quality}); err != nil {
			return nil, fmt.Errorf("drawing the photo: %w", err)
		}
		out = buf.Bytes()
		if len(out) <= 3100 {
			break
		}
	}
	return out, nil
}

// paint paints hair, a head, eyes, a mouth and shoulders on a light ground, with
// some grain.
func paint(size image.Point, traits [32]byte) *image.Gray {
	img := image.NewGray(image.Rectangle{Max: size})
	at := func(i int, from, span float64) float64 { return from + span*float64(traits[i])/255 }
	cx, cy := float64(size.X)/2, float64(size.Y)*0.43
	rx, ry := at(0, 34, 8), at(1, 44, 10)
	skin, hair, cloth := at(2, 120, 90), at(3, 20, 150), at(4, 30, 120)
	brow, mouth := cy-at(5, 2, 8), cy+ry*0.5
	for y := range size.Y {
		for x := range size.X {
			px, py := float64(x), float64(y)
			v := 232 - py/12
			if inside(px, py, cx, float64(size.Y)+10, rx*1.75, 72) {
				v = cloth
			}
			if inside(px, py, cx, cy-6, rx+at(6, 3, 9), ry+at(7, 2, 8)) && py < cy+at(8, -6, 40) {
				v = hair
			}
			if inside(px, py, cx, cy, rx, ry) && py > cy-ry*at(9, 0.55, 0.25) {
				v = skin - math.Abs(px-cx)*0.7
			}
			if inside(px, py, cx-rx*0.4, brow, 5, 3) || inside(px, py, cx+rx*0.4, brow, 5, 3) {
				v = 40
			}
			if inside(px, py, cx, mouth, rx*at(10, 0.25, 0.2), 2.2) {
				v = skin * 0.6
			}
			grain := float64((x*7+y*13+int(traits[11])*x*y)%11) - 5
			img.SetGray(x, y, color.Gray{Y: uint8(max(0, min(255, v+grain*0.8)))})
		}
	}
	return img
}

func inside(x, y, cx, cy, rx, ry float64) bool {
	dx, dy := (x-cx)/rx, (y-cy)/ry
	return dx*dx+dy*dy <= 1
}
