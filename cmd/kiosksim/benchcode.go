package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// euroIn says how the euro of "€ 0,00" is in a stream: the sign, on a page that the
// printers have where the stream says so, or spelled.
func euroIn(stream []byte) string {
	at := bytes.Index(stream, []byte(" 0,00"))
	if at < 0 {
		at = bytes.Index(stream, []byte("\n0,00")) // the line broke before the amount
	}
	switch {
	case bytes.Contains(stream, []byte("€")):
		return "right, UTF-8"
	case at < 3 || bytes.HasSuffix(stream[:max(at, 0)], []byte("EUR")):
		return "spelled EUR"
	}
	euro, page := stream[at-1], -1
	if i := bytes.LastIndex(stream[:at], []byte("\x1Bt")); i >= 0 {
		page = int(stream[i+2])
	}
	if right := map[int]byte{16: 0x80, 19: 0xD5, 40: 0xA4}; right[page] == euro {
		return fmt.Sprintf("right, page %d", page)
	}
	return fmt.Sprintf("%02X on page %d", euro, page)
}

// codeIn says how the QR code is in a stream, and whether it gives url.
func codeIn(stream []byte, url string) string {
	native := bytes.Contains(stream, []byte("\x1D(k")) || bytes.Contains(stream, []byte("^BQ"))
	switch {
	case native && bytes.Contains(stream, []byte(url)):
		return "native"
	case native:
		return "native, wrong"
	}
	for _, picture := range pictures(stream) {
		bits, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			continue
		}
		if code, err := qrcode.NewQRCodeReader().Decode(bits, nil); err == nil && code.GetText() == url {
			return "picture"
		}
	}
	return "not read"
}

// pictures are the rasters of GS 8 L function 112 and the BMP files of Dbmp.
func pictures(stream []byte) (list []image.Image) {
	for at := 0; ; {
		i := bytes.Index(stream[at:], []byte("\x1D8L"))
		if i < 0 || at+i+17 > len(stream) {
			break
		}
		head := stream[at+i:]
		p := dots{wide: int(head[13]) | int(head[14])<<8, high: int(head[15]) | int(head[16])<<8}
		p.stride = (p.wide + 7) / 8
		if p.rows = head[17:]; len(p.rows) >= p.stride*p.high {
			list = append(list, p)
		}
		at += i + 17
	}
	if i := bytes.Index(stream, []byte("BM")); i >= 0 && bytes.HasPrefix(stream, []byte("\x1BPem")) {
		file := stream[i:]
		p := dots{wide: int(file[18]) | int(file[19])<<8, high: int(file[22]) | int(file[23])<<8}
		p.stride, p.rows = (p.wide+31)/32*4, file[62:]
		p.upward = true
		list = append(list, p)
	}
	return list
}

// dots is a picture of one bit per dot, with white around it.
type dots struct {
	rows               []byte
	wide, high, stride int
	upward             bool // the lowest row first
}

const white = 40

// ColorModel is grey.
func (dots) ColorModel() color.Model { return color.GrayModel }

// Bounds are those of the picture and the white.
func (d dots) Bounds() image.Rectangle { return image.Rect(0, 0, d.wide+2*white, d.high+2*white) }

// At is black or white.
func (d dots) At(x, y int) color.Color {
	x, y = x-white, y-white
	if x < 0 || y < 0 || x >= d.wide || y >= d.high {
		return color.Gray{Y: 255}
	}
	if d.upward {
		y = d.high - 1 - y
	}
	if d.rows[y*d.stride+x/8]&(0x80>>(x%8)) != 0 {
		return color.Gray{}
	}
	return color.Gray{Y: 255}
}
