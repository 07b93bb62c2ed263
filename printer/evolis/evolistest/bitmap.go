package evolistest

import (
	"encoding/binary"
	"image"
	"image/color"
	"strconv"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"balie/printer/internal/page"
	"balie/printer/internal/paper"
)

// bitmap takes Dbmp: panel, x, y, 0, a BMP file of one bit per dot.
func (m *machine) bitmap(command []byte) string {
	head, _, ok := picture(append([]byte{0x1B}, command...))
	if !ok {
		m.stage.Strange("Dbmp with fewer than five parameters")
		return "ERR PARAM"
	}
	parts := strings.Split(string(command[:head-1]), ";")
	x, errX := strconv.Atoi(parts[2])
	y, errY := strconv.Atoi(parts[3])
	r, ok := decode(command[head-1:])
	if errX != nil || errY != nil || !ok || x+r.Width > 1016 || y+len(r.Rows) > 648 {
		m.stage.Strange("a picture that is none, or beside the card")
		return "ERR PARAM"
	}
	m.items = append(m.items, recognise(x, y, r))
	return "OK"
}

// decode reads a BMP file: black where the colour of a dot is dark.
func decode(file []byte) (paper.Raster, bool) {
	le := binary.LittleEndian
	if len(file) < 62 || string(file[:2]) != "BM" || int(le.Uint32(file[2:])) != len(file) || le.Uint16(file[28:]) != 1 || le.Uint32(file[30:]) != 0 {
		return paper.Raster{}, false
	}
	width, height, at := int(le.Uint32(file[18:])), int(le.Uint32(file[22:])), int(le.Uint32(file[10:]))
	stride := (width + 31) / 32 * 4
	if width < 1 || height < 1 || at+stride*height > len(file) {
		return paper.Raster{}, false
	}
	dark := [2]bool{file[54] < 128, file[58] < 128}
	r := paper.Raster{Width: width}
	for y := height - 1; y >= 0; y-- {
		row := make([]byte, (width+7)/8)
		for x := range width {
			if dark[file[at+y*stride+x/8]>>(7-x%8)&1] {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		r.Rows = append(r.Rows, row)
	}
	return r, true
}

// recognise reads a code from its dots, and takes a low and wide bar for a rule.
func recognise(x, y int, r paper.Raster) page.Item {
	if len(r.Rows) <= 4 && r.Width > 100 {
		return page.Rule{X: x, Y: y, W: r.Width, H: len(r.Rows)}
	}
	source := gozxing.NewLuminanceSourceFromImage(shown{r})
	bits, err := gozxing.NewBinaryBitmap(gozxing.NewGlobalHistgramBinarizer(source))
	if err != nil {
		return page.Picture{X: x, Y: y, Raster: r}
	}
	if code, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}); err == nil {
		return page.Symbol{X: x, Y: y, Symbol: paper.Symbol{Data: code.GetText(), Level: 'M', Module: module(r)}}
	}
	if code, err := oned.NewCode128Reader().Decode(bits, nil); err == nil {
		return page.Bars{X: x, Y: y, Module: 2, High: len(r.Rows), Bars: paper.Bars{Data: code.GetText()}}
	}
	return page.Picture{X: x, Y: y, Raster: r}
}

// module is how many dots a module of a QR code has: a seventh of the black run
// that it begins with.
func module(r paper.Raster) int {
	run := 0
	for run < r.Width && r.Rows[0][run/8]&(0x80>>(run%8)) != 0 {
		run++
	}
	return max(run/7, 1)
}

// quiet is the white around a code that its reader wants to see.
const quiet = 40

// shown is a raster as a picture, with white around it.
type shown struct{ paper.Raster }

// ColorModel is grey.
func (shown) ColorModel() color.Model { return color.GrayModel }

// Bounds are those of the raster and the white.
func (s shown) Bounds() image.Rectangle {
	return image.Rect(0, 0, s.Width+2*quiet, len(s.Rows)+2*quiet)
}

// At is black or white.
func (s shown) At(x, y int) color.Color {
	x, y = x-quiet, y-quiet
	if x >= 0 && y >= 0 && x < s.Width && y < len(s.Rows) && s.Rows[y][x/8]&(0x80>>(x%8)) != 0 {
		return color.Gray{}
	}
	return color.Gray{Y: 255}
}
