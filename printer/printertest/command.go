package printertest

import (
	"fmt"
	"time"

	"balie/printer/internal/paper"
)

// execute looks at a command that may not be complete yet; done says that it was
// and has been carried out.
func (p *Printer) execute(c []byte) (done bool) {
	switch c[0] {
	case 0x1B:
		return p.escape(c)
	case 0x1D:
		return p.group(c)
	case 0x1C:
		return p.file(c)
	case 0x10:
		return p.dataLink(c)
	}
	p.single(c[0])
	return true
}

func (p *Printer) single(b byte) {
	switch {
	case b == '\n':
		p.m.feed()
	case b == '\r', b == 0, b == 0x18:
	case b == '\t':
		p.m.tab()
	case b < 0x20 || b == 0x7F:
		p.strange("control character %02X", b)
	default:
		r, known := p.m.char(b)
		if !known {
			p.strange("character of code page %d, which it has not", p.m.page)
		}
		p.m.print(r)
	}
}

func (p *Printer) strange(format string, args ...any) {
	p.odd = append(p.odd, fmt.Sprintf(format, args...))
}

// dataLink passes over real-time commands, which were obeyed when received.
func (p *Printer) dataLink(c []byte) bool {
	if len(c) < 3 {
		return false
	}
	switch c[1] {
	case 0x04, 0x05:
		return true
	case 0x14:
		if c[2] == 0x08 {
			return len(c) == 10
		}
		return len(c) == 5
	}
	p.strange("DLE %02X", c[1])
	return true
}

// escape carries out ESC commands; the figure is the length of each.
func (p *Printer) escape(c []byte) bool {
	if len(c) < 2 {
		return false
	}
	lengths := map[byte]int{
		'@': 2, '2': 2, 'i': 2, 'm': 2, '!': 3, 'E': 3, 'G': 3, '-': 3, 'a': 3, 'd': 3, 'J': 3,
		't': 3, 'R': 3, 'M': 3, '3': 3, ' ': 3, '{': 3, '=': 3, 'c': 4, '$': 4, '\\': 4, 'p': 5,
	}
	n, known := lengths[c[1]]
	if !known {
		p.strange("ESC %02X", c[1])
		return true
	}
	if len(c) < n {
		return false
	}
	p.escaped(c)
	return true
}

func (p *Printer) escaped(c []byte) {
	m := &p.m
	switch c[1] {
	case '@':
		m.initialize()
		p.asb = 0
	case '!':
		m.style = paper.Style{Wide: 1 + int(c[2]>>5&1), High: 1 + int(c[2]>>4&1), Bold: c[2]&8 != 0, Underline: c[2]&0x80 != 0}
	case 'E', 'G':
		m.style.Bold = c[2]&1 != 0
	case '-':
		m.style.Underline = c[2]&3 != 0
	case 'a':
		p.atStart("ESC a")
		m.align = paper.Align(c[2] % 0x30 % 3)
	case 'd':
		for range c[2] {
			m.feed()
		}
	case 'J':
		if !m.lineStart() {
			m.feed()
		}
		m.items = append(m.items, paper.Feed{Dots: int(c[2])})
	case 't':
		m.page = c[2]
	case 'i', 'm':
		p.doCut(c[1] == 'm')
	default:
		// Spacing, drawer, panel: no change that a ticket shows.
	}
}

func (p *Printer) atStart(command string) {
	if !p.m.lineStart() {
		p.strange("%s in the middle of a line", command)
	}
}

func (p *Printer) doCut(partial bool) {
	how := "full"
	if partial {
		how = "partial"
	}
	if cut := p.cutHere(how); cut != nil && p.options.Custom {
		cut.Fate = fateEjected
	}
}

func (p *Printer) cutHere(how string) *Paper {
	p.atStart("cut")
	if !p.m.lineStart() {
		p.m.feed()
	}
	return p.cut(how)
}

// group carries out GS commands.
func (p *Printer) group(c []byte) bool {
	if len(c) < 2 {
		return false
	}
	switch c[1] {
	case '(':
		return p.function(c)
	case 'v':
		return p.raster(c)
	case 'k':
		return p.barcode(c)
	case 'V':
		return p.cutCommand(c)
	}
	lengths := map[byte]int{'!': 3, 'a': 3, 'r': 3, 'I': 3, 'B': 3, 'H': 3, 'h': 3, 'w': 3, 'f': 3, 'b': 3, 'L': 4, 'W': 4, 'P': 4}
	n, known := lengths[c[1]]
	if p.options.Custom && c[1] >= 0xE0 && c[1] <= 0xE5 {
		return p.counter(c)
	}
	if p.options.Custom && c[1] == 'e' {
		return p.presenter(c)
	}
	if !known {
		p.strange("GS %02X", c[1])
		return true
	}
	if len(c) < n {
		return false
	}
	p.grouped(c)
	return true
}

func (p *Printer) grouped(c []byte) {
	switch n := c[2]; c[1] {
	case '!':
		p.m.style.Wide, p.m.style.High = int(n>>4&7)+1, int(n&7)+1
	case 'a':
		p.enable(n)
	case 'r':
		p.answer(p.paperStatus())
	case 'I':
		p.identify(n)
	case 'B':
		p.m.style.Invert = n&1 != 0
	case 'h':
		p.m.barHeight = n
	case 'w':
		p.m.barModule = n
		if n < 2 || n > 6 {
			p.strange("GS w %d", n)
		}
	case 'H':
		p.m.barText = n
	}
}

// cutCommand is GS V: m alone for 0, 1, 48, 49, with n for 65, 66 and their like.
func (p *Printer) cutCommand(c []byte) bool {
	if len(c) < 3 {
		return false
	}
	switch m := c[2]; m {
	case 0, 48, 1, 49:
		p.doCut(m&1 == 1)
		return true
	case 65, 66, 97, 98, 103, 104:
		if len(c) < 4 {
			return false
		}
		p.doCut(m == 66 || m == 98 || m == 104)
		return true
	default:
		p.strange("GS V %d", m)
		return true
	}
}

// file carries out FS commands: FS P presents, on a Custom. Those for Kanji change
// nothing that our tickets show, and others send them (ESC/POS command reference).
func (p *Printer) file(c []byte) bool {
	if len(c) < 2 {
		return false
	}
	lengths := map[byte]int{'.': 2, '&': 2, 'C': 3, '-': 3, '!': 3, 'S': 4, '(': 5}
	if p.options.Custom {
		lengths['P'] = 6
	}
	n, known := lengths[c[1]]
	if !known {
		p.strange("FS %02X", c[1])
		return true
	}
	if len(c) < n {
		return false
	}
	switch c[1] {
	case '(':
		return len(c) == n+int(c[3])+int(c[4])<<8
	case 'P':
		p.present(c[4], time.Duration(c[5])*time.Second)
	}
	return true
}
