// Package evolistest is a virtual card printer: it takes the commands that a real
// Evolis would get, prints them on cards that can be looked at, and answers each. It
// is written from the programming guide and shares nothing with the encoder in
// printer/evolis but the idea of what a card is; codes it reads from their dots.
package evolistest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"balie/printer"
	"balie/printer/internal/page"
	"balie/printer/internal/stage"
)

// Options is the kind of printer. The zero Options answers with words.
type Options struct {
	// AckNack answers ACK, or NACK and a letter, as the serial mode of that name.
	AckNack bool
}

// PowerOff takes everything from it.
const PowerOff = stage.PowerOff

// Printer is a virtual printer. Serve connects it to a wire.
type Printer struct {
	*stage.Stage
	m *machine
}

// New makes a printer with cards and a ribbon in it.
func New(o Options) *Printer {
	s := stage.New()
	m := &machine{stage: s, options: o}
	s.Play(m)
	return &Printer{Stage: s, m: m}
}

// Holds tells how many texts and pictures are in the printer's memory, those of
// cards that are printed among them.
func (p *Printer) Holds() (n int) {
	p.Do(func() { n = len(p.m.items) + len(p.m.kept) + len(p.m.pending) })
	return n
}

// machine is the printer's memory.
type machine struct {
	stage   *stage.Stage
	options Options

	pending []byte      // of the command that has begun
	items   []page.Item // written for the next card
	kept    []page.Item // of the last one, to print it again
	fed     bool        // Ss
	front   bool        // Sr
}

// Lose forgets everything.
func (m *machine) Lose() { *m = machine{stage: m.stage, options: m.options} }

// Changed has nothing to go on with: what failed is for the computer to begin anew.
func (m *machine) Changed() {}

// Take takes one byte: ESC, a command, CR. NULs between two mean nothing.
func (m *machine) Take(b byte) []byte {
	if len(m.pending) == 0 && b != 0x1B {
		if b != 0 && b != '\r' {
			m.stage.Strange(fmt.Sprintf("byte %02X outside a command", b))
		}
		if b == '\r' {
			return m.answer("ERR COMMAND")
		}
		return nil
	}
	m.pending = append(m.pending, b)
	if b != '\r' || m.wantsMore() {
		return nil
	}
	command := m.pending[1 : len(m.pending)-1]
	m.pending = nil
	return m.answer(m.execute(command))
}

// wantsMore tells whether a picture has not come to its end.
func (m *machine) wantsMore() bool {
	head, data, ok := picture(m.pending)
	if !ok {
		return false
	}
	if len(data) < 6 {
		return true
	}
	return len(m.pending)-1 < head+int(binary.LittleEndian.Uint32(data[2:]))
}

// picture gives where the file begins in Dbmp;k;x;y;0;file.
func picture(pending []byte) (head int, data []byte, ok bool) {
	if !bytes.HasPrefix(pending, []byte("\x1BDbmp;")) {
		return 0, nil, false
	}
	for range 5 {
		i := bytes.IndexByte(pending[head:], ';')
		if i < 0 {
			return 0, nil, false
		}
		head += i + 1
	}
	return head, pending[head:], true
}

// answer is what is said to a command.
func (m *machine) answer(text string) []byte {
	if !m.options.AckNack || text != "OK" && m.letter() == 0 {
		return []byte(text + "\r")
	}
	if text == "OK" {
		return []byte{0x06}
	}
	return []byte{0x15, m.letter()}
}

func (m *machine) letter() byte {
	for _, f := range []struct {
		fault printer.Fault
		byte
	}{{printer.CoverOpen, 'C'}, {printer.PaperEnd, 'F'}, {printer.RibbonEnd, 'R'}, {printer.PaperJam, 'T'}} {
		if m.stage.Has(f.fault) {
			return f.byte
		}
	}
	return 0
}

// fault is what Rlr and the commands that move a card say of one that stands.
func (m *machine) fault() string {
	for _, f := range []struct {
		fault printer.Fault
		says  string
	}{
		{printer.CoverOpen, "ERR COVER"}, {printer.PaperEnd, "NO CARD"}, {printer.PaperJam, "ERR CARD"}, {printer.RibbonEnd, "ERR RIBBON"},
		{printer.HopperFull, "ERR HOPPER"}, {printer.Cleaning, "ERR NEED CLEANING"},
	} {
		if m.stage.Has(f.fault) {
			return f.says
		}
	}
	return "OK"
}

func (m *machine) execute(command []byte) string {
	name, params, _ := strings.Cut(string(command), ";")
	switch name {
	case "Rlr":
		return m.fault()
	case "Scs", "Pem", "Pmi", "Pr":
		return "OK"
	case "Wcb":
		m.clear(params)
	case "Wt":
		return m.text(params)
	case "Dbmp":
		return m.bitmap(command)
	case "Ss", "Sr", "Se":
		return m.sequence(name)
	default:
		m.stage.Strange(fmt.Sprintf("command %.6q", name))
		return "ERR COMMAND"
	}
	return "OK"
}

func (m *machine) clear(params string) {
	m.items = nil
	if strings.HasPrefix(params, "a;") {
		m.kept, m.fed, m.front = nil, false, false
	}
}

// sequence begins a card, turns its front up, prints it and puts it out.
func (m *machine) sequence(name string) string {
	if says := m.fault(); says != "OK" {
		m.fed, m.front = false, false
		return says
	}
	switch name {
	case "Ss":
		m.fed = true
	case "Sr":
		m.front = m.fed
	case "Se":
		if !m.fed || !m.front {
			m.stage.Strange("Se without Ss and Sr")
			return "ERR COMMAND"
		}
		m.stage.Out(page.Sheets{Pages: []page.Page{{Width: 1016, Height: 648, Items: m.items}}, Scale: 1000})
		m.kept, m.items, m.fed, m.front = m.items, nil, false, false
	}
	return "OK"
}

// text takes Wt: x, y, font, height, text in the Latin alphabet.
func (m *machine) text(params string) string {
	parts := strings.SplitN(params, ";", 5)
	if len(parts) != 5 {
		m.stage.Strange("Wt with fewer than five parameters")
		return "ERR PARAM"
	}
	n := make([]int, 4)
	for i := range n {
		v, err := strconv.Atoi(parts[i])
		if err != nil || v < 0 {
			m.stage.Strange("Wt with a parameter that is no number")
			return "ERR PARAM"
		}
		n[i] = v
	}
	text := make([]rune, 0, len(parts[4]))
	for _, b := range []byte(parts[4]) {
		if b < ' ' || b == 0x7F || b == ';' {
			m.stage.Strange("a control character or separator in a text")
		}
		text = append(text, charmap.ISO8859_1.DecodeByte(b))
	}
	if n[2] > 1 || n[0] >= 1016 || n[1]+n[3] > 648 {
		m.stage.Strange("text in a font it has not, or beside the card")
	}
	m.items = append(m.items, page.Text{X: n[0], Y: n[1], Size: n[3], Bold: n[2] == 1, Text: string(text)})
	return "OK"
}
