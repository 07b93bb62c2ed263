package eid

import (
	"bytes"
	"errors"
	"fmt"
)

// errTLV is what [parseTLV] says of bytes that no identity or address file holds.
var errTLV = errors.New("malformed file")

// element is one element of an identity or address file; value shares the memory
// of the file.
type element struct {
	tag   byte
	value []byte
}

// usual is how many elements an identity file has, about.
const usual = 24

// parseTLV takes a file apart: a tag of one byte, a length, so many bytes. Each FF
// of the length counts 255 and another length byte follows. Tag 00 is the version
// of the structure where it is first, and padding to the end of the file where it
// is not. ("ID_ADRESSE_File_applet1_8_v5", "content v5.4" §6.1 in Fedict/eid-mw.)
//
// padded tells that padding was met: what follows in the file holds nothing. The
// error wraps errTLV; the elements before it are given too.
func parseTLV(file []byte) (elements []element, padded bool, err error) {
	elements = make([]element, 0, usual)
	padded, err = walkTLV(file, func(e element) { elements = append(elements, e) })
	return elements, padded, err
}

// walkTLV is parseTLV that gives one element after the other.
func walkTLV(file []byte, found func(element)) (padded bool, err error) {
	count := 0
	for rest := file; len(rest) > 0; count++ {
		if rest[0] == 0 && (count > 0 || allZero(rest)) {
			if !allZero(rest) {
				return true, fmt.Errorf("%w: bytes after the padding", errTLV)
			}
			return true, nil
		}
		n, header, ok := tlvLength(rest[1:])
		if !ok || len(rest) < 1+header+n {
			return false, fmt.Errorf("%w: element %d is cut short", errTLV, count+1)
		}
		end := 1 + header + n
		found(element{tag: rest[0], value: rest[1+header : end : end]})
		rest = rest[end:]
	}
	return false, nil
}

// tlvLength reads a length and the number of bytes it takes.
func tlvLength(b []byte) (n, header int, ok bool) {
	for _, l := range b {
		header++
		n += int(l)
		if l != 0xFF {
			return n, header, true
		}
	}
	return 0, header, false
}

func allZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }
