package eid

import "errors"

// Why a card could not be read. A card that went, or that answers no more, is
// told by the errors of hw/card: [balie/hw/card.ErrRemoved], ErrComm, ErrReset.
var (
	ErrNotBelgian = errors.New("not a Belgian identity card")
	ErrInactive   = errors.New("the identity card is not active") // 6D00: handed out by an embassy and not yet activated, say
	ErrUnreadable = errors.New("the identity card cannot be read")
)
