package card

import (
	"errors"
	"fmt"
)

// ATR is an answer to reset, taken apart: ISO/IEC 7816-3 §8.2.
type ATR struct {
	Inverse    bool   // TS is 3F
	F, D       int    // clock rate conversion and baud rate adjustment offered by TA1; 372 and 1 where absent
	Protocols  []int  // T of TD1, TD2, …; none means T=0
	Historical []byte // shares the memory of the raw ATR
}

// ErrATR is what [ParseATR] says of bytes that are no answer to reset.
var ErrATR = errors.New("not an answer to reset")

// ParseATR takes an answer to reset apart. TCK is checked where one must be there.
func ParseATR(raw []byte) (ATR, error) {
	if len(raw) < 2 || len(raw) > 33 || raw[0] != 0x3B && raw[0] != 0x3F {
		return ATR{}, fmt.Errorf("%w: %d bytes", ErrATR, len(raw))
	}
	atr := ATR{Inverse: raw[0] == 0x3F, F: 372, D: 1}
	rest, err := atr.interfaceBytes(raw)
	if err != nil {
		return ATR{}, err
	}
	n := int(raw[1] & 0x0F)
	if len(rest) < n {
		return ATR{}, fmt.Errorf("%w: historical bytes are missing", ErrATR)
	}
	atr.Historical, rest = rest[:n:n], rest[n:]
	return atr, atr.checkTail(raw, rest)
}

// interfaceBytes reads TA1 to the last TDi, and gives what follows.
func (a *ATR) interfaceBytes(raw []byte) ([]byte, error) {
	rest, next := raw[2:], raw[1]>>4
	for first := true; next != 0; first = false {
		var td byte
		for bit := byte(1); bit <= 8; bit <<= 1 {
			if next&bit == 0 {
				continue
			}
			if len(rest) == 0 {
				return nil, fmt.Errorf("%w: interface bytes are missing", ErrATR)
			}
			switch {
			case bit == 1 && first:
				a.speed(rest[0])
			case bit == 8:
				td = rest[0]
				a.Protocols = append(a.Protocols, int(td&0x0F))
			}
			rest = rest[1:]
		}
		next = td >> 4
	}
	return rest, nil
}

// speed reads TA1: ISO/IEC 7816-3 tables 7 and 8. Reserved values leave the default.
func (a *ATR) speed(ta1 byte) {
	f := [16]int{372, 372, 558, 744, 1116, 1488, 1860, 0, 0, 512, 768, 1024, 1536, 2048, 0, 0}[ta1>>4]
	d := [16]int{0, 1, 2, 4, 8, 16, 32, 64, 12, 20, 0, 0, 0, 0, 0, 0}[ta1&0x0F]
	if f != 0 && d != 0 {
		a.F, a.D = f, d
	}
}

// checkTail checks TCK, which is there unless T=0 is all that was offered. Cards
// that offer only T=0 and send it all the same exist, so that is let pass.
func (a *ATR) checkTail(raw, tail []byte) error {
	needed := false
	for _, t := range a.Protocols {
		needed = needed || t != 0
	}
	switch {
	case len(tail) > 1:
		return fmt.Errorf("%w: %d bytes too many", ErrATR, len(tail)-1)
	case len(tail) == 0 && needed:
		return fmt.Errorf("%w: check byte is missing", ErrATR)
	case len(tail) == 0 || !needed:
		return nil
	}
	var sum byte
	for _, b := range raw[1:] {
		sum ^= b
	}
	if sum != 0 {
		return fmt.Errorf("%w: check byte is wrong", ErrATR)
	}
	return nil
}
