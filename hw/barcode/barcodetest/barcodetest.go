// Package barcodetest holds what tests of a barcode scanner need: a [Wand] that scans
// on a pseudo-terminal, a [Pipe] that does so within the program, and the [Suite] that
// both pass.
//
// It does not import testing, so that programs which play scanners can use it too.
package barcodetest

import "balie/hw/barcode"

// Encode is what a scanner that is set as c says sends for a code. A symbology that is
// Unsaid is sent as Code 128.
func Encode(c barcode.Config, kind barcode.Symbology, code string) []byte {
	ending := map[barcode.Ending]string{barcode.Any: "\r", barcode.CR: "\r", barcode.LF: "\n", barcode.CRLF: "\r\n"}
	prefix := ""
	if c.Identifiers {
		if kind == barcode.Unsaid {
			kind = barcode.Code128
		}
		prefix = "]" + string(rune(kind)) + "0"
	}
	return []byte(prefix + code + ending[c.Ending])
}
