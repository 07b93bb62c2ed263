package card

import (
	"errors"
	"fmt"
)

// ErrDER is what [DERLength] says of bytes that no DER value opens with.
var ErrDER = errors.New("not DER")

// DERLength is the number of bytes of the DER value that data opens with, header
// included (ITU-T X.690 §8.1.3, §10.1). The value itself may lie beyond data: a
// card's file is longer than what was read of it, and padded after its end.
// Lengths beyond 65535 bytes, which no file of a card has, are refused, as are the
// indefinite form, lengths not written the shortest way and tags of several bytes.
func DERLength(data []byte) (int, error) {
	if len(data) < 2 {
		return 0, fmt.Errorf("%w: %d bytes", ErrDER, len(data))
	}
	switch first := data[1]; {
	case data[0]&0x1F == 0x1F:
		return 0, fmt.Errorf("%w: tag %02X", ErrDER, data[0])
	case first < 0x80:
		return 2 + int(first), nil
	case first == 0x81 && len(data) >= 3 && data[2] >= 0x80:
		return 3 + int(data[2]), nil
	case first == 0x82 && len(data) >= 4 && data[2] != 0:
		return 4 + int(data[2])<<8 + int(data[3]), nil
	}
	return 0, fmt.Errorf("%w: length byte %02X", ErrDER, data[1])
}
