package printertest

import (
	"fmt"
	"time"

	"balie/printer"
)

// What becomes of a ticket at a printer with a mouth.
const (
	fateComing    = "coming"
	fateHeld      = "held"
	fateTaken     = "taken"
	fateRetracted = "retracted"
	fateEjected   = "ejected"
)

// ticket is a piece of paper in the presenter.
type ticket struct {
	paper   *Paper
	there   bool // the sensor in the mouth sees it
	retract bool // at the end of its time; else it is pushed out
}

// present is FS P: cut, bring to the mouth, hold for so long.
func (p *Printer) present(then byte, hold time.Duration) {
	paper := p.cutHere("full")
	if paper == nil {
		return
	}
	if p.mouth != nil {
		p.strange("ticket that pushes out another")
		p.leave(p.mouth, fateEjected)
	}
	t := &ticket{paper: paper, retract: then == 'R'}
	p.mouth = t
	paper.Fate = fateComing
	if p.options.Reach == 0 {
		p.arrive(t, hold)
		return
	}
	p.later(t, p.options.Reach, func() { p.arrive(t, hold) })
}

// later does something with a ticket, unless it has left the mouth by then.
func (p *Printer) later(t *ticket, d time.Duration, do func()) {
	time.AfterFunc(d, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.mouth == t {
			do()
		}
	})
}

// arrive is a ticket that comes to the mouth.
func (p *Printer) arrive(t *ticket, hold time.Duration) {
	t.there = true
	t.paper.Fate = fateHeld
	p.notify()
	p.tempt()
	if hold > 0 {
		p.later(t, hold, func() { p.timeUp(t) })
	}
}

// timeUp is the end of a ticket's time. Without power nothing moves.
func (p *Printer) timeUp(t *ticket) {
	if p.dark() {
		return
	}
	if t.retract && !p.faults[RetractOff] {
		p.drawIn(t)
		return
	}
	p.leave(t, fateEjected)
}

// tempt has somebody take the ticket after a while.
func (p *Printer) tempt() {
	t := p.mouth
	if t == nil || !t.there || p.faults[Forgotten] || p.options.Hand == 0 {
		return
	}
	p.later(t, p.options.Hand, func() {
		if !p.faults[Forgotten] {
			p.leave(t, fateTaken)
		}
	})
}

// inMouth is what the sensor there says. Where nobody's hand has a time of its own, a
// ticket is taken after that.
func (p *Printer) inMouth() bool {
	t := p.mouth
	if t == nil || !t.there {
		return false
	}
	if p.options.Hand == 0 && !p.faults[Forgotten] {
		p.leave(t, fateTaken)
	}
	return true
}

func (p *Printer) drawIn(t *ticket) {
	p.drawn++
	p.leave(t, fateRetracted)
}

func (p *Printer) leave(t *ticket, fate string) {
	t.paper.Fate = fate
	p.mouth = nil
	p.notify()
}

// pull is somebody who tears off what is being printed, and jams it.
func (p *Printer) pull() {
	p.faults[PulledEarly] = false
	if torn := p.cut("torn"); torn != nil {
		torn.Fate = fateTaken
	}
	p.set(printer.PaperJam, true)
}

// counter answers GS E1 to E5; GS E0 switches the automatic status, which is not played.
func (p *Printer) counter(c []byte) bool {
	switch c[1] {
	case 0xE0:
		return len(c) == 3
	case 0xE1:
		p.answer([]byte("510cm")...)
	case 0xE2:
		p.answer(fmt.Appendf(nil, "%dcuts", p.cuts)...)
	case 0xE3:
		p.answer([]byte("38890cm")...)
	case 0xE4:
		p.answer(fmt.Appendf(nil, "%dret", p.drawn)...)
	case 0xE5:
		p.answer([]byte("12on")...)
	}
	return true
}

// presenter carries out GS e n: 2 draws in, 5 pushes out.
func (p *Printer) presenter(c []byte) bool {
	if len(c) < 3 {
		return false
	}
	switch c[2] {
	case 2:
		p.drawInNow()
	case 5:
		if p.mouth != nil {
			p.leave(p.mouth, fateEjected)
		}
	case 18, 20:
	default:
		p.strange("GS e %d", c[2])
	}
	return true
}

// drawInNow cuts what hangs and draws it in, and what is in the mouth.
func (p *Printer) drawInNow() {
	if p.faults[RetractOff] {
		return
	}
	if p.mouth != nil {
		p.drawIn(p.mouth)
	}
	if cut := p.cutHere("full"); cut != nil {
		cut.Fate = fateRetracted
		p.drawn++
	}
}
