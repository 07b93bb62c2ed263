package eid

import (
	"fmt"
	"strings"

	"balie/internal/secret"
)

// decodeAddress reads EF 4033. The error wraps errTLV.
func decodeAddress(file []byte) (Address, error) {
	elements, _, err := parseTLV(file)
	if err != nil {
		return Address{}, fmt.Errorf("decoding the address file: %w", err)
	}
	var a Address
	for _, e := range elements {
		clean, _ := cleanText(e.value)
		text := secret.NewText(strings.TrimSpace(clean))
		switch {
		case e.tag == 0x01 && a.Street.Empty():
			a.Street = text
		case e.tag == 0x02 && a.PostalCode.Empty():
			a.PostalCode = text
		case e.tag == 0x03 && a.Municipality.Empty():
			a.Municipality = text
		}
	}
	return a, nil
}
