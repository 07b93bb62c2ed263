package escpos

import (
	"fmt"

	"balie/printer/internal/paper"
)

// longest is how many bytes one command of ours has at most, so that a printer
// left in the middle of one is freed by as many NULs.
const longest = 1024

// symbol prints a QR code by GS ( k, cn 49: Epson, ESC/POS command reference,
// functions 165 (model), 167 (module), 169 (error correction), 180 (store), 181 (print).
func (e *encoder) symbol(q paper.Symbol) error {
	module := q.Module
	if module == 0 {
		module = e.profile.QR.Module
	}
	modules, err := q.Size()
	if err != nil {
		return err
	}
	module = min(module, e.profile.Dots/(modules+8))
	if module < 2 {
		return fmt.Errorf("QR code of %d modules is too wide for %d dots", modules, e.profile.Dots)
	}
	if !e.profile.QR.Native {
		r, err := q.Raster(module)
		if err != nil {
			return err
		}
		e.raster(r)
		return nil
	}
	n := len(q.Data) + 3
	if n+5 > longest {
		return fmt.Errorf("QR code of %d bytes: too much for one command", len(q.Data))
	}
	e.begin(q.Align, paper.Style{})
	mode := byte(e.profile.QR.PrintMode)
	e.command(0x1D, '(', 'k', 4, 0, 0x31, 65, 0x32, 0)
	e.command(0x1D, '(', 'k', 3, 0, 0x31, 67, byte(module))
	e.command(0x1D, '(', 'k', 3, 0, 0x31, 69, byte(e.profile.QR.Level[string(q.Level)]))
	e.command(append([]byte{0x1D, '(', 'k', byte(n), byte(n >> 8), 0x31, 80, mode}, q.Data...)...)
	e.command(0x1D, '(', 'k', 3, 0, 0x31, 81, mode)
	return nil
}

// bars prints a Code 128 barcode in code set B: GS h (height), GS w (module),
// GS H (readable text below), GS k 73.
func (e *encoder) bars(b paper.Bars) error {
	data := []byte("{B")
	for i := range len(b.Data) {
		if b.Data[i] == '{' {
			data = append(data, '{') // {{ is one brace
		}
		data = append(data, b.Data[i])
	}
	if len(data) > 255 {
		return fmt.Errorf("barcode of %d bytes: too much for one command", len(b.Data))
	}
	// Start, data, check: 11 modules each, and 13 for stop; 10 of quiet zone each side.
	modules := 11*(len(b.Data)+2) + 13 + 20
	module := min(3, e.profile.Dots/modules)
	if module < 2 {
		return fmt.Errorf("barcode of %d characters is too wide for %d dots", len(b.Data), e.profile.Dots)
	}
	e.begin(b.Align, paper.Style{})
	e.command(0x1D, 'h', 80)
	e.command(0x1D, 'w', byte(module))
	e.command(0x1D, 'H', 2)
	e.command(append([]byte{0x1D, 'k', 73, byte(len(data))}, data...)...)
	return nil
}

// raster prints a picture by GS v 0 in bands of one command each. White rows
// above it are a band one byte wide (ESC J would feed them in a unit that is a dot
// on some printers and half a dot on a TM-T88), those below and white bytes at
// the right are left out.
func (e *encoder) raster(r paper.Raster) {
	trimmed, above := r.Trim()
	e.begin(r.Align, paper.Style{})
	e.bands(make([][]byte, above), 1)
	e.bands(trimmed.Rows, (trimmed.Width+7)/8)
}

// bands prints rows of so many bytes; a shorter row is white at its right.
func (e *encoder) bands(rows [][]byte, wide int) {
	for len(rows) > 0 {
		n := min(len(rows), (longest-8)/wide)
		band := []byte{0x1D, 'v', '0', 0, byte(wide), byte(wide >> 8), byte(n), byte(n >> 8)}
		for _, row := range rows[:n] {
			band = append(append(band, row...), make([]byte, wide-len(row))...)
		}
		disarm(band[8:])
		e.command(band...)
		e.bound()
		rows = rows[n:]
	}
}

// disarm blackens one dot more wherever the dots of a picture would be a
// real-time command (DLE EOT, DLE ENQ, DLE DC4): a serial printer obeys those
// within any data (Epson, TM-L90 specification p. 102), and one of them switches
// it off.
func disarm(dots []byte) {
	for i := range len(dots) - 1 {
		if next := dots[i+1]; dots[i] == 0x10 && (next == 0x04 || next == 0x05 || next == 0x14) {
			dots[i] = 0x18
		}
	}
}
