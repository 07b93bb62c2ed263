// Package zpltest is a virtual label printer: it takes the ZPL that a real one
// would get, prints it on labels that can be looked at, and answers the host status
// as the guide says. It is written from the command reference and shares nothing
// with the encoder in printer/zpl but the idea of what a label is.
package zpltest

import (
	"fmt"
	"strings"

	"balie/printer"
	"balie/printer/internal/page"
	"balie/printer/internal/stage"
)

// Options is the kind of printer. The zero Options is one that tells of each of
// its faults.
type Options struct {
	// Silent does not answer ~HS without paper or ribbon, with its head up or too hot,
	// as docs.zebra.com has it.
	Silent bool
	// Slow has a label still to print when it is asked for the first time.
	Slow bool
}

// PowerOff takes everything from it.
const PowerOff = stage.PowerOff

// Printer is a virtual printer. Serve connects it to a wire.
type Printer struct {
	*stage.Stage
	m *machine
}

// New makes a printer with paper in it.
func New(o Options) *Printer {
	s := stage.New()
	m := &machine{stage: s, options: o}
	m.reset()
	s.Play(m)
	return &Printer{Stage: s, m: m}
}

// Holds tells how many bytes of formats wait in the printer's memory.
func (p *Printer) Holds() (n int) {
	p.Do(func() {
		for _, f := range p.m.formats {
			n += len(f)
		}
		n += p.m.format.Len() + len(p.m.command)
	})
	return n
}

// machine is the printer's memory. A command runs from its prefix to the next.
type machine struct {
	stage   *stage.Stage
	options Options

	command []byte          // the one that has begun
	format  strings.Builder // the format that has begun
	inside  bool            // between ^XA and ^XZ
	formats []string        // complete, not yet printed
	slow    bool            // the first question finds a label to print
}

func (m *machine) reset() {
	m.command, m.formats, m.inside, m.slow = nil, nil, false, false
	m.format.Reset()
}

// Lose forgets everything.
func (m *machine) Lose() { m.reset() }

// Changed goes on with what waits.
func (m *machine) Changed() { m.work() }

// Take takes one byte. Commands with ~ are obeyed as soon as they are whole; those
// that are known have two letters.
func (m *machine) Take(b byte) []byte {
	switch {
	case b == '^' || b == '~':
		m.end()
		m.command = []byte{b}
	case len(m.command) > 0:
		m.command = append(m.command, b)
	}
	switch string(m.command) {
	case "~HS":
		m.command = nil
		return m.status()
	case "~HI":
		m.command = nil
		return []byte("\x02KR403-203dpi,V66.17.4Z,8,8192KB,X\x03\r\n")
	case "~JA":
		m.reset()
	case "^XA":
		m.format.Reset()
		m.inside, m.command = true, nil
	case "^XZ":
		m.command = nil
		if !m.inside {
			m.stage.Strange("^XZ without ^XA")
			return nil
		}
		m.formats, m.inside, m.slow = append(m.formats, m.format.String()), false, m.options.Slow
		m.format.Reset()
		m.work()
	}
	return nil
}

// end puts a complete command into the format.
func (m *machine) end() {
	if len(m.command) == 0 {
		return
	}
	if !m.inside || m.command[0] == '~' {
		m.stage.Strange(fmt.Sprintf("command %.3q outside a format", m.command))
	} else {
		m.format.Write(m.command)
	}
	m.command = nil
}

func (m *machine) blocked() bool {
	for _, f := range []printer.Fault{printer.CoverOpen, printer.PaperEnd, printer.RibbonEnd, printer.HeadHot, printer.Unrecovered, printer.Offline, stage.PowerOff} {
		if m.stage.Has(f) {
			return true
		}
	}
	return false
}

// work prints what waits.
func (m *machine) work() {
	for len(m.formats) > 0 && !m.blocked() {
		format := m.formats[0]
		m.formats = m.formats[1:]
		r := reader{strange: m.stage.Strange}
		m.stage.Out(page.Sheets{Pages: []page.Page{r.label(format)}, Scale: scale})
	}
}

// scale is the width of font 0, condensed, against Helvetica Bold.
const scale = 900

// status answers ~HS: three strings between STX and ETX, each with CR LF.
func (m *machine) status() []byte {
	s := m.stage
	if m.options.Silent && (s.Has(printer.PaperEnd) || s.Has(printer.RibbonEnd) || s.Has(printer.CoverOpen) || s.Has(printer.HeadHot)) {
		return nil
	}
	left := 0
	if m.slow {
		left, m.slow = 1, false
	}
	first := fmt.Sprintf("030,%s,%s,0800,%03d,0,0,0,000,%s,0,%s", s.Flag(printer.PaperEnd), s.Flag(printer.Offline), len(m.formats), s.Flag(printer.Unrecovered), s.Flag(printer.HeadHot))
	second := fmt.Sprintf("000,0,%s,%s,0,2,4,0,%08d,1,000", s.Flag(printer.CoverOpen), s.Flag(printer.RibbonEnd), left)
	return []byte("\x02" + first + "\x03\r\n\x02" + second + "\x03\r\n\x021234,0\x03\r\n")
}
