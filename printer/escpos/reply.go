package escpos

import "bytes"

// reply is one thing that a printer said.
type reply struct {
	kind replyKind
	data []byte // one byte, four for ASB and FULL STATUS, the text of a block
}

type replyKind int

const (
	replyXON      replyKind = iota + 1 // go on
	replyXOFF                          // stop
	replyRealTime                      // answer to DLE EOT n, 1 byte
	replyASB                           // automatic status, 4 bytes
	replyByte                          // answer to GS r and GS I 1 to 3, 1 byte
	replyBlock                         // header 37h, text, NUL: process id, cleared, size of a symbol
	replyInfo                          // header 5Fh, text, NUL: GS I 65 to 68
	replyFull                          // FULL STATUS of Custom, 4 bytes
	replyCount                         // a counter of Custom: digits and their unit
	replyNoise                         // something that no printer says
)

// Heads of replies and the two bytes of flow control.
const (
	xon       = 0x11
	xoff      = 0x13
	headBlock = 0x37
	headInfo  = 0x5F
	headFull  = 0x10 // followed by 0Fh
	maxBlock  = 80   // text of a block; the longest known is 4 bytes, of GS I some 30
)

// Units of Custom's counters.
const (
	unitCuts  = "cuts"
	unitDrawn = "ret"
)

// parser tells the channels of a printer's answers apart, byte by byte, by the
// bits that are fixed in each (Epson, TM-T88III specification, appendix G, table
// G.1). XON and XOFF may stand inside any other reply and are lifted out first.
// What fits nothing is noise, and the next byte is looked at afresh.
//
// A Custom says other things: FULL STATUS, whose head is that of an automatic status,
// and counters as text, whose digits are those of anything (VKP80III manual). It is
// asked for nothing else, so those come first.
type parser struct {
	full    bool   // the printer is a Custom
	pending []byte // of the reply that has begun; empty between replies
}

// feed gives the reply that b completes, if it completes one.
func (p *parser) feed(b byte) (reply, bool) {
	switch b {
	case xon:
		return reply{kind: replyXON}, true
	case xoff:
		return reply{kind: replyXOFF}, true
	}
	if len(p.pending) == 0 {
		return p.first(b)
	}
	switch head := p.pending[0]; {
	case p.full && digit(head):
		return p.inCount(b)
	case head == headBlock, head == headInfo:
		return p.inBlock(head, b)
	default:
		return p.inFour(b)
	}
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// inCount takes the rest of a counter: it ends with the unit, for nothing comes
// after it.
func (p *parser) inCount(b byte) (reply, bool) {
	const longestCount = 16
	unit := len(p.pending) > 0 && !digit(p.pending[len(p.pending)-1])
	if len(p.pending) > longestCount || unit && digit(b) || !digit(b) && (b < 'a' || b > 'z') {
		return p.again(b)
	}
	p.pending = append(p.pending, b)
	for _, unit := range []string{unitCuts, unitDrawn, "cm", "on"} {
		if bytes.HasSuffix(p.pending, []byte(unit)) {
			text := p.pending
			p.pending = nil
			return reply{replyCount, text}, true
		}
	}
	return reply{}, false
}

func (p *parser) first(b byte) (reply, bool) {
	switch {
	case p.full && (digit(b) || b == headFull):
		p.pending = append(p.pending, b)
	case !p.full && (b == headBlock || b == headInfo || b&0x93 == 0x10):
		p.pending = append(p.pending, b)
	case b&0x93 == 0x12:
		return reply{replyRealTime, []byte{b}}, true
	case b&0x90 == 0:
		return reply{replyByte, []byte{b}}, true
	default:
		return reply{kind: replyNoise}, true
	}
	return reply{}, false
}

func (p *parser) inBlock(head, b byte) (reply, bool) {
	if b == 0 {
		text := p.pending[1:]
		p.pending = nil
		if head == headInfo {
			return reply{replyInfo, text}, true
		}
		return reply{replyBlock, text}, true
	}
	// 1Fh parts the fields of a block; no other control character belongs in one.
	if b < 0x20 && b != 0x1F || b >= 0x7F && head == headBlock || len(p.pending) > maxBlock {
		return p.again(b)
	}
	p.pending = append(p.pending, b)
	return reply{}, false
}

// inFour takes the bytes of ASB after the first (fixed bits 0xx0xxxx), or those
// of FULL STATUS after its head, where any bit may be set but 10h.
func (p *parser) inFour(b byte) (reply, bool) {
	second := p.full && len(p.pending) == 1
	if second && b != 0x0F || p.full && b&0x10 != 0 || !p.full && b&0x90 != 0 {
		return p.again(b)
	}
	p.pending = append(p.pending, b)
	switch data := p.pending; {
	case p.full && len(data) == 6:
		p.pending = nil
		return reply{replyFull, data[2:]}, true
	case !p.full && len(data) == 4:
		p.pending = nil
		return reply{replyASB, data}, true
	}
	return reply{}, false
}

// again drops what had begun, which is noise, and takes b as the first byte of
// something: as a reply in its own right that is the better news.
func (p *parser) again(b byte) (reply, bool) {
	p.pending = nil
	if r, ok := p.first(b); ok {
		return r, true
	}
	return reply{kind: replyNoise}, true
}
