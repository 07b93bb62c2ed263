package paper

import (
	"fmt"

	"github.com/boombuler/barcode/code128"
	"github.com/skip2/go-qrcode"
)

// Modules gives the dark modules of a QR code by row, without a quiet zone.
func (q Symbol) Modules() ([][]bool, error) {
	level := map[byte]qrcode.RecoveryLevel{
		'L': qrcode.Low, 'M': qrcode.Medium, 'Q': qrcode.High, 'H': qrcode.Highest,
	}
	l, known := level[q.Level]
	if !known {
		l = qrcode.Medium
	}
	code, err := qrcode.New(q.Data, l)
	if err != nil {
		// The library's own error is not passed on: it may quote the data.
		return nil, fmt.Errorf("making a QR code of %d bytes: too much for one code", len(q.Data))
	}
	code.DisableBorder = true
	return code.Bitmap(), nil
}

// bytesM is how many bytes a QR code of each version holds at error correction M
// (ISO/IEC 18004, table 7).
var bytesM = [40]int{
	14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
	711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331,
}

// Size is how many modules wide the code is at most: data of digits or capitals
// alone may take less. Where a printer makes the code itself that is all that must
// be known, at a thousandth of what drawing it takes.
func (q Symbol) Size() (int, error) {
	if q.Level != 'M' {
		modules, err := q.Modules()
		return len(modules), err
	}
	for version, most := range bytesM {
		if len(q.Data) <= most {
			return 21 + 4*version, nil
		}
	}
	return 0, fmt.Errorf("making a QR code of %d bytes: too much for one code", len(q.Data))
}

// Modules gives the dark modules of a barcode, left to right.
func (b Bars) Modules() ([]bool, error) {
	code, err := code128.Encode(b.Data)
	if err != nil {
		return nil, fmt.Errorf("making a barcode of %d bytes: a character that Code 128 lacks", len(b.Data))
	}
	dark := make([]bool, code.Bounds().Dx())
	for x := range dark {
		r, _, _, _ := code.At(x, 0).RGBA()
		dark[x] = r == 0
	}
	return dark, nil
}

// Trim is the raster without white rows below and, where it stands at the left,
// without white bytes at the right of all rows; above says how many white rows
// were cut from the top.
func (r Raster) Trim() (trimmed Raster, above int) {
	first, last, wide := len(r.Rows), -1, 0
	for y, row := range r.Rows {
		for x, b := range row {
			if b != 0 {
				first, last, wide = min(first, y), y, max(wide, x+1)
			}
		}
	}
	if last < 0 {
		return Raster{Align: r.Align, Alt: r.Alt}, len(r.Rows)
	}
	if r.Align != Left {
		wide = (r.Width + 7) / 8
	}
	trimmed = Raster{Align: r.Align, Alt: r.Alt, Width: min(r.Width, wide*8)}
	for _, row := range r.Rows[first : last+1] {
		short := make([]byte, wide)
		copy(short, row)
		trimmed.Rows = append(trimmed.Rows, short)
	}
	return trimmed, first
}

// Raster draws the QR code with module dots per module.
func (q Symbol) Raster(module int) (Raster, error) {
	modules, err := q.Modules()
	if err != nil {
		return Raster{}, err
	}
	width := len(modules) * module
	r := Raster{Align: q.Align, Width: width, Alt: "QR code"}
	for _, dark := range modules {
		row := make([]byte, (width+7)/8)
		for x, on := range dark {
			for d := x * module; on && d < (x+1)*module; d++ {
				row[d/8] |= 0x80 >> (d % 8)
			}
		}
		for range module {
			r.Rows = append(r.Rows, row)
		}
	}
	return r, nil
}
