package card

import "fmt"

// Command is a command APDU of the short form: ISO/IEC 7816-4 §5.1.
type Command struct {
	CLA, INS, P1, P2 byte
	Data             []byte // at most 255 bytes
	Le               int    // most bytes expected back, at most 256; 0 is none
}

// Encode writes the command as T=0 carries it: ISO/IEC 7816-3 §12.2. A command
// that has Data loses its Le, because T=0 has one byte for both: the card says
// 61xx, and GET RESPONSE asks for the answer. It adds to dst.
func (c Command) Encode(dst []byte) ([]byte, error) {
	switch {
	case len(c.Data) > 255:
		return dst, fmt.Errorf("encoding command %02X: %d bytes of data, and a short APDU has 255", c.INS, len(c.Data))
	case c.Le < 0 || c.Le > 256:
		return dst, fmt.Errorf("encoding command %02X: %d bytes expected, and a short APDU gives 256", c.INS, c.Le)
	}
	dst = append(dst, c.CLA, c.INS, c.P1, c.P2)
	if len(c.Data) > 0 {
		dst = append(dst, byte(len(c.Data)))
		return append(dst, c.Data...), nil
	}
	if c.Le > 0 {
		dst = append(dst, byte(c.Le)) // 256 is 00
	}
	return dst, nil
}

// Response is a response APDU, taken apart.
type Response struct {
	Data   []byte
	Status Status
}

// ParseResponse takes a response APDU apart; Data shares its memory. The error
// wraps [ErrComm]: a card always sends a status word.
func ParseResponse(raw []byte) (Response, error) {
	if len(raw) < 2 {
		return Response{}, fmt.Errorf("response of %d bytes: %w", len(raw), ErrComm)
	}
	if len(raw) > 256+2 {
		return Response{}, fmt.Errorf("response of %d bytes, longer than a short one: %w", len(raw), ErrComm)
	}
	n := len(raw) - 2
	return Response{Data: raw[:n:n], Status: Status(raw[n])<<8 | Status(raw[n+1])}, nil
}
