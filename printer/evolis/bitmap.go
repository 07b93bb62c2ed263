package evolis

import (
	"encoding/binary"
	"fmt"

	"balie/printer/internal/paper"
)

// largest is how many bytes a picture of ours can have: a QR code of 45 modules,
// twice as long as the booth's addresses, has 17 thousand.
const largest = 20_000

// bitmap is a raster as a BMP file: one bit per dot, white and black, the lowest
// row first, each filled up to four bytes (BITMAPFILEHEADER and BITMAPINFOHEADER
// of Windows, 14 and 40 bytes, two colours of four).
func bitmap(r paper.Raster) ([]byte, error) {
	const head, info, colours = 14, 40, 8
	stride := (r.Width + 31) / 32 * 4
	if stride*len(r.Rows) > largest-head-info-colours {
		return nil, fmt.Errorf("a picture of %d x %d dots: too much for one command", r.Width, len(r.Rows))
	}
	b := append(make([]byte, 0, head+info+colours+stride*len(r.Rows)), 'B', 'M')
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(head+info+colours+stride*len(r.Rows)))
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, head+info+colours)
	b = le.AppendUint32(b, info)
	b = le.AppendUint32(b, uint32(r.Width))
	b = le.AppendUint32(b, uint32(len(r.Rows)))
	b = le.AppendUint16(b, 1) // planes
	b = le.AppendUint16(b, 1) // bits per dot
	b = le.AppendUint32(b, 0) // not compressed
	b = le.AppendUint32(b, uint32(stride*len(r.Rows)))
	b = le.AppendUint32(b, 11811) // dots per metre: 300 dpi
	b = le.AppendUint32(b, 11811)
	b = le.AppendUint32(b, 2) // colours
	b = le.AppendUint32(b, 2)
	b = append(b, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0) // white, black
	for y := len(r.Rows) - 1; y >= 0; y-- {
		row := make([]byte, stride)
		copy(row, r.Rows[y])
		b = append(b, row...)
	}
	return b, nil
}
