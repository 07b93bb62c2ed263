package evolis

import (
	"bytes"
	"strings"
	"testing"

	"balie/printer/internal/paper"
)

// TestNoSeparatorInCodes: a computer that cuts the stream at CR, ESC or a semicolon
// finds none within the rows of a QR code, in modules of six dots or more.
func TestNoSeparatorInCodes(t *testing.T) {
	for module := 6; module <= 9; module++ {
		for n := 1; n < 80; n += 13 {
			r, err := paper.Symbol{Data: strings.Repeat("x", n), Level: 'M'}.Raster(module)
			if err != nil {
				t.Fatal(err)
			}
			file, err := bitmap(r)
			if err != nil {
				t.Fatal(err)
			}
			if at := bytes.IndexAny(file[62:], "\r\x1B;\x11\x13"); at >= 0 {
				t.Errorf("%d dots a module, %d bytes: %02X in a row", module, n, file[62+at])
			}
		}
	}
}

// TestTooLarge: what a printer that lost its line could not be freed of is refused.
func TestTooLarge(t *testing.T) {
	if _, err := bitmap(block(width, height)); err == nil {
		t.Error("a whole card of dots was taken")
	}
}
