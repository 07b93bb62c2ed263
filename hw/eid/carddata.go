package eid

import (
	"bytes"
	"context"
	"fmt"

	"balie/hw/card"
)

// CardData is the answer to GET CARD DATA: what the chip says of itself, signed by
// nobody. ("Public Belpic Applet Ref Manual", GET CARD DATA; OpenSC card-belpic.c.)
type CardData struct {
	ChipNumber []byte // 16 bytes
	Applet     byte   // 0x11, 0x17, 0x18
	LifeCycle  byte   // not to be decided on, says commons-eid
}

const cardDataLen = 28

// parseCardData reads the 28 bytes, or more, as 1.8 may give.
func parseCardData(b []byte) (CardData, error) {
	if len(b) < cardDataLen {
		return CardData{}, fmt.Errorf("%w: %d bytes of card data", ErrUnreadable, len(b))
	}
	return CardData{ChipNumber: bytes.Clone(b[:16]), Applet: b[21], LifeCycle: b[27]}, nil
}

// Version is the applet as it is called: "1.8".
func (d CardData) Version() string { return fmt.Sprintf("%d.%d", d.Applet>>4, d.Applet&0x0F) }

// cardData asks for the card data, and takes from it whether the applet is old. A
// card that does not know the command has none.
func (s *session) cardData(ctx context.Context) (d CardData, err error) {
	err = s.do(ctx, func(ctx context.Context) error {
		r, err := s.send(ctx, card.Command{CLA: 0x80, INS: 0xE4, Le: cardDataLen})
		if err != nil {
			return err
		}
		if err := r.Status.Err(); err != nil {
			return err
		}
		d, err = parseCardData(r.Data)
		return err
	})
	if err != nil {
		return CardData{}, fmt.Errorf("reading card data: %w", err)
	}
	s.old = d.Applet < 0x17
	return d, nil
}
