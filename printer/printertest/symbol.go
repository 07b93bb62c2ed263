package printertest

import (
	"balie/printer/internal/paper"
)

// function carries out GS ( x pL pH …, whose length it carries itself.
func (p *Printer) function(c []byte) bool {
	if len(c) < 5 {
		return false
	}
	n := int(c[3]) | int(c[4])<<8
	if len(c) < 5+n {
		return false
	}
	switch body := c[5:]; {
	case c[2] == 'k' && n >= 3 && body[0] == 0x31:
		p.qr(body[1], body[2:])
	case c[2] == 'H' && n >= 2 && body[0] == 0x30 && body[1] == 0x30 && !p.options.NoProcessID:
		p.processed(body[2:])
	case c[2] == 'H' && p.options.NoProcessID:
		p.strange("GS ( H")
	default:
		p.strange("GS ( %02X", c[2])
	}
	return true
}

// processed answers GS ( H function 48. Lines come out before their successor is
// looked at, so what precedes it is printed by now.
func (p *Printer) processed(id []byte) {
	if len(id) != 4 {
		p.strange("process id of %d bytes", len(id))
		return
	}
	for _, b := range id {
		if b < 0x20 || b > 0x7E {
			p.strange("process id with byte %02X", b)
			return
		}
	}
	p.answer(append(append([]byte{0x37, 0x22}, id...), 0)...)
}

// qr carries out the functions of GS ( k for QR codes.
func (p *Printer) qr(function byte, args []byte) {
	switch n := args[0]; function {
	case 65:
		p.m.model = n
		if n != 49 && n != 50 {
			p.strange("QR model %d", n)
		}
	case 67:
		p.m.module = n
		if most := p.mostModule(); n < 1 || n > most {
			p.strange("QR module %d", n)
		}
	case 69:
		p.m.level = n
		if p.levelName() == 0 {
			p.strange("QR level %d", n)
		}
	case 80:
		p.m.stored = append([]byte(nil), args[1:]...)
		p.checkMode("store", n)
	case 81:
		p.checkMode("print", n)
		p.printSymbol()
	default:
		p.strange("QR function %d", function)
	}
}

func (p *Printer) mostModule() byte {
	if p.options.Custom {
		return 24
	}
	return 16
}

// checkMode checks m of functions 180 and 181: Epson has 30h; the VKP80III's own
// driver sends 31h.
func (p *Printer) checkMode(what string, m byte) {
	want := byte(0x30)
	if p.options.Custom {
		want = 0x31
	}
	if m != want {
		p.strange("QR %s with m %02X", what, m)
	}
}

// levelName is the error correction of function 169: Epson counts from 30h, the
// VKP80III has AUTO there.
func (p *Printer) levelName() byte {
	first := byte(0x30)
	if p.options.Custom {
		first = 0x31
	}
	if i := int(p.m.level) - int(first); i >= 0 && i < 4 {
		return "LMQH"[i]
	}
	return 0
}

// printSymbol prints what is stored; it stays stored, as in a real printer.
func (p *Printer) printSymbol() {
	p.atStart("QR print")
	if len(p.m.stored) == 0 {
		p.strange("QR print without data")
		return
	}
	q := paper.Symbol{Align: p.m.align, Data: string(p.m.stored), Module: int(p.m.module), Level: p.levelName()}
	modules, err := q.Modules()
	if err != nil {
		p.strange("QR code that cannot be made")
		return
	}
	if len(modules)*q.Module > p.options.Dots {
		p.strange("QR code of %d dots on paper of %d", len(modules)*q.Module, p.options.Dots)
		return
	}
	p.m.items = append(p.m.items, q)
}

// raster carries out GS v 0.
func (p *Printer) raster(c []byte) bool {
	if len(c) < 8 {
		return false
	}
	wide, rows := int(c[4])|int(c[5])<<8, int(c[6])|int(c[7])<<8
	if len(c) < 8+wide*rows {
		return false
	}
	if c[2] != '0' || c[3]&^0x30 != 0 || wide == 0 || rows == 0 {
		p.strange("GS v with mode %d, %d bytes wide, %d rows", c[3], wide, rows)
		return true
	}
	if wide*8 > p.options.Dots {
		p.strange("picture of %d dots on paper of %d", wide*8, p.options.Dots)
	}
	picture := paper.Raster{Align: p.m.align, Width: wide * 8}
	for data := c[8:]; len(data) > 0; data = data[wide:] {
		picture.Rows = append(picture.Rows, append([]byte(nil), data[:wide]...))
	}
	p.addPicture(picture)
	return true
}

// addPicture joins bands of the same width, as they join on paper.
func (p *Printer) addPicture(r paper.Raster) {
	if n := len(p.m.items); n > 0 {
		if last, ok := p.m.items[n-1].(paper.Raster); ok && last.Width == r.Width && last.Align == r.Align {
			last.Rows = append(last.Rows, r.Rows...)
			p.m.items[n-1] = last
			return
		}
	}
	p.m.items = append(p.m.items, r)
}

// barcode carries out GS k: of the kinds only Code 128 in set B, which is what
// the booth prints.
func (p *Printer) barcode(c []byte) bool {
	if len(c) < 4 {
		return false
	}
	n := int(c[3])
	if c[2] != 73 {
		p.strange("GS k %d", c[2])
		return true
	}
	if len(c) < 4+n {
		return false
	}
	data := c[4:]
	if n < 3 || data[0] != '{' || data[1] != 'B' {
		p.strange("Code 128 without a code set")
		return true
	}
	var text []byte
	for i := 2; i < n; i++ {
		text = append(text, data[i])
		if data[i] == '{' {
			if i++; i >= n || data[i] != '{' {
				p.strange("Code 128 with a change of set")
			}
		}
	}
	p.m.items = append(p.m.items, paper.Bars{Align: p.m.align, Data: string(text)})
	return true
}
