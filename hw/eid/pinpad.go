package eid

import (
	"context"
	"encoding/binary"

	"balie/hw/card"
)

// Pinpad says how a reader with keys of its own is to ask for the PIN.
type Pinpad struct {
	// Verify has the reader do FEATURE_VERIFY_PIN_DIRECT with a PIN_VERIFY structure,
	// and gives the response APDU.
	Verify func(ctx context.Context, structure []byte) (response []byte, err error)
	// Language is a Windows language identifier: 0x0813 nl-BE, 0x080C fr-BE, 0x0407
	// de, 0x0809 en.
	Language uint16
	// MaxDigits is 12 where 0. GemPC pinpads take 8 at most (eid-mw pinpad.cpp).
	MaxDigits byte
	// OldFormat is for SPR532 with firmware before 5.06, which wants another
	// bmFormatString (eid-mw pinpad.cpp).
	OldFormat bool
}

// Entry is the entry of a PIN at the reader.
func (p Pinpad) Entry() Entry {
	return func(ctx context.Context, _ card.Card) ([]byte, error) {
		return p.Verify(ctx, p.structure())
	}
}

// structure is PIN_VERIFY: PC/SC part 10 rev. 2.02.09 §2.5.2, numbers little endian,
// filled in as eid-mw pinpad.cpp and commons-eid CCID.java do for this card.
func (p Pinpad) structure() []byte {
	most := p.MaxDigits
	if most == 0 {
		most = 12
	}
	format := byte(0x89)
	if p.OldFormat {
		format = 0x01
	}
	verify := []byte{0x00, 0x20, 0x00, 0x01, 0x08, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}
	b := []byte{
		30, 30, // seconds to the first key, and between keys
		format,     // bmFormatString: BCD, from byte 1, left justified
		0x47,       // bmPINBlockString: length of 4 bits, PIN of 7 bytes
		0x04,       // bmPINLengthFormat: length at bit 4
		most, 0x04, // wPINMaxExtraDigit: most and fewest digits
		0x02, // bEntryValidationCondition: the validation key
		0x01, // bNumberMessage
	}
	b = binary.LittleEndian.AppendUint16(b, p.Language)
	b = append(b, 0)       // bMsgIndex
	b = append(b, 0, 0, 0) // bTeoPrologue
	b = binary.LittleEndian.AppendUint32(b, uint32(len(verify)))
	return append(b, verify...)
}
