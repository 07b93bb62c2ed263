package printertest

import "balie/printer"

// flags is a status byte: fixed bits and those of the faults that stand.
func (p *Printer) flags(fixed byte, bits map[printer.Fault]byte) byte {
	for fault, bit := range bits {
		if p.faults[fault] {
			fixed |= bit
		}
	}
	return fixed
}

// answerRealTime answers DLE EOT n.
func (p *Printer) answerRealTime(n byte) {
	switch n {
	case 1:
		b := byte(0x12)
		if p.blocked() {
			b |= 0x08
		}
		p.answer(b)
	case 2:
		b := p.flags(0x12, map[printer.Fault]byte{printer.CoverOpen: 0x04, printer.PaperEnd: 0x20})
		if p.faults[printer.CutterError] || p.faults[printer.HeadHot] || p.faults[printer.Unrecovered] || p.faults[printer.PaperJam] {
			b |= 0x40
		}
		p.answer(b)
	case 3:
		p.answer(p.flags(0x12, map[printer.Fault]byte{
			printer.CutterError: 0x08, printer.Unrecovered: 0x20, printer.HeadHot: 0x40,
		}))
	case 4:
		p.answer(p.flags(0x12, map[printer.Fault]byte{printer.PaperNearEnd: 0x0C, printer.PaperEnd: 0x6C}))
	case 20:
		if p.options.Custom {
			p.answer(append([]byte{0x10, 0x0F}, p.fullStatus()...)...)
		}
	}
}

// fullStatus is the answer of a Custom VKP80III to DLE EOT 20, after its head.
func (p *Printer) fullStatus() []byte {
	paper := byte(0)
	if p.inMouth() {
		paper = 0x20
	}
	return []byte{
		p.flags(paper, map[printer.Fault]byte{printer.PaperEnd: 0x01, printer.PaperNearEnd: 0x04, printer.TicketInside: 0x20}),
		p.flags(0, map[printer.Fault]byte{printer.CoverOpen: 0x02}),
		p.flags(0, map[printer.Fault]byte{printer.HeadHot: 0x01, printer.PaperJam: 0x40}),
		p.flags(0, map[printer.Fault]byte{printer.CutterError: 0x01, printer.Unrecovered: 0x08, printer.Presenter: 0x80}),
	}
}

// automatic is the four bytes of GS a.
func (p *Printer) automatic() [4]byte {
	first := p.flags(0x10, map[printer.Fault]byte{printer.CoverOpen: 0x20})
	if p.blocked() {
		first |= 0x08
	}
	return [4]byte{
		first,
		p.flags(0, map[printer.Fault]byte{printer.CutterError: 0x08, printer.Unrecovered: 0x20, printer.HeadHot: 0x40}),
		p.flags(0, map[printer.Fault]byte{printer.PaperNearEnd: 0x03, printer.PaperEnd: 0x0F}),
		0,
	}
}

// report sends the automatic status where it is asked for and has changed.
func (p *Printer) report() {
	if now := p.automatic(); p.asb != 0 && now != p.asbLast {
		p.asbLast = now
		p.answer(now[:]...)
	}
}

// enable is GS a n: the status goes out at once, and at every change.
func (p *Printer) enable(n byte) {
	p.asb = n
	if n != 0 {
		p.asbLast = p.automatic()
		p.answer(p.asbLast[:]...)
	}
}

// paperStatus is the answer to GS r 1.
func (p *Printer) paperStatus() byte {
	return p.flags(0, map[printer.Fault]byte{printer.PaperNearEnd: 0x03})
}

// identify answers GS I n.
func (p *Printer) identify(n byte) {
	text := map[byte]string{65: "1.00", 66: "EPSON", 67: "TM-T88V", 68: "BALIE00001"}
	switch s, ok := text[n]; {
	case ok:
		p.answer(append(append([]byte{0x5F}, s...), 0)...)
	case n >= 1 && n <= 3:
		p.answer(0x02)
	}
}
