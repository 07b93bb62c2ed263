package pcsc

import "github.com/ebfe/scard"

// Event is something that happened at a reader, or to PC/SC.
type Event struct {
	Kind   Kind
	Reader string // as PC/SC names it; empty for ServiceDown and ServiceUp
	Role   string // of the reader, empty where it has none
	Socket string // of the reader; see [Readers.Socket]
	ATR    []byte // of CardInserted
	Err    error  // of ServiceDown: wraps ErrNoService or ErrNoAccess
}

// Kind tells the events apart.
type Kind int

// The events. A reader is ready before a card is inserted, and a card is removed
// before its reader is lost.
const (
	ReaderReady   Kind = iota + 1 // a reader is there, or is no longer claimed
	ReaderLost                    // a reader was unplugged
	ReaderClaimed                 // another program holds the reader exclusively
	CardInserted                  // a card that answered
	CardMute                      // a card that does not answer: wrong way round, or broken
	CardRemoved                   // either of those is gone
	ServiceDown                   // pcscd cannot be reached; all readers are lost
	ServiceUp                     // and again it can; the readers follow
)

// String is a name for logs and technicians: "card inserted".
func (k Kind) String() string {
	switch k {
	case ReaderReady:
		return "reader ready"
	case ReaderLost:
		return "reader lost"
	case ReaderClaimed:
		return "reader claimed"
	case CardInserted:
		return "card inserted"
	case CardMute:
		return "card mute"
	case CardRemoved:
		return "card removed"
	case ServiceDown:
		return "service down"
	case ServiceUp:
		return "service up"
	}
	return "unknown event"
}

// slot is what was last said of a reader.
type slot struct {
	state   scard.StateFlag // as PC/SC gave it, counter included
	card    Kind            // CardInserted, CardMute, or 0
	claimed bool
}

// counter is the number of cards that came and went, mod 65536, which pcsc-lite
// keeps in the upper half of a reader's state. It alone shows that a card was
// pulled and put back between two looks.
func counter(state scard.StateFlag) uint16 { return uint16(state >> 16) }

// gone tells whether the reader itself went: pulled out while waited for, it is
// unknown and unavailable.
func gone(state scard.StateFlag) bool {
	return state&(scard.StateUnknown|scard.StateUnavailable|scard.StateIgnore) != 0
}

// cardIn is the event that a state amounts to, 0 where no card is in.
func cardIn(state scard.StateFlag) Kind {
	switch {
	case state&scard.StatePresent == 0:
		return 0
	case state&scard.StateMute != 0:
		return CardMute
	}
	return CardInserted
}

// next compares a new state with what was said, and gives what is to be said now.
// While a reader is claimed nobody is told of cards that come; when it is free
// again, of the card that came meanwhile.
func (s slot) next(state scard.StateFlag) (slot, []Kind) {
	var say []Kind
	now := slot{state: state, card: cardIn(state), claimed: state&scard.StateExclusive != 0}
	if s.card != 0 && (now.card == 0 || counter(state) != counter(s.state)) {
		say = append(say, CardRemoved)
		s.card = 0
	}
	switch {
	case now.claimed && !s.claimed:
		say = append(say, ReaderClaimed)
	case s.claimed && !now.claimed:
		say = append(say, ReaderReady)
	}
	switch {
	case now.claimed:
		now.card = s.card
	case now.card != s.card:
		say = append(say, now.card)
	}
	return now, say
}
