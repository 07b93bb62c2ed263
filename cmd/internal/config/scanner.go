package config

import (
	"fmt"

	"balie/hw/barcode"
)

// Scanner reads the barcodes of letters, on a serial line.
type Scanner struct {
	Port        string `toml:"port"` // empty: there is none
	Baud        int    `toml:"baud"` // 0: 9600
	Ending      string `toml:"ending"`
	Identifiers bool   `toml:"identifiers"`
}

// Settings are the scanner's, as its driver takes them.
func (s Scanner) Settings() barcode.Config {
	return barcode.Config{Path: s.Port, Baud: s.Baud, Ending: barcode.Ending(s.Ending), Identifiers: s.Identifiers}
}

func (s Scanner) check() error {
	if s.Port == "" {
		return nil
	}
	if _, err := barcode.New(s.Settings()); err != nil {
		return fmt.Errorf("scanner: %w", err)
	}
	return nil
}
