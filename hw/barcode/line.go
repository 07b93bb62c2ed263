package barcode

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"balie/internal/secret"
)

// Ending is what a scanner sends after each code.
type Ending string

// The endings. Any is CR, LF or both; the others let the rest stand in a code, where
// it is no text and spoils it.
const (
	Any  Ending = ""
	CR   Ending = "cr"
	LF   Ending = "lf"
	CRLF Ending = "crlf"
)

func (e Ending) known() bool { return e == Any || e == CR || e == LF || e == CRLF }

// ends tells whether b, coming after last, ends a code.
func (e Ending) ends(last, b byte) bool {
	switch e {
	case CR:
		return b == '\r'
	case LF:
		return b == '\n'
	case CRLF:
		return last == '\r' && b == '\n'
	}
	return b == '\r' || b == '\n'
}

// Bytes that are on the wire and in no code: what a line that is idle or breaks reads
// as, the frame that scanners can put around a code, and flow control.
const (
	nul  = 0x00
	stx  = 0x02
	etx  = 0x03
	xon  = 0x11
	xoff = 0x13
)

// groupSeparator stands for FNC1 within a GS1 code (GS1 General Specifications §7.8).
const groupSeparator = 0x1D

// line collects the bytes of one code.
type line struct {
	config Config
	held   []byte // at most config.Longest and one
	last   byte
}

// outcome is what came of a byte: a scan, an error, or neither.
type outcome struct {
	scan Scan
	err  error
}

func newLine(c Config) *line { return &line{config: c, held: make([]byte, 0, c.Longest+1)} }

// take takes a byte in.
func (l *line) take(b byte) outcome {
	last := l.last
	l.last = b
	switch {
	case l.config.Ending.ends(last, b):
		defer l.forget()
		if l.config.Ending == CRLF {
			l.held = bytes.TrimSuffix(l.held, []byte{'\r'})
		}
		return l.decode()
	case b == nul, b == stx, b == etx, b == xon, b == xoff:
	case len(l.held) < cap(l.held):
		l.held = append(l.held, b)
	}
	return outcome{}
}

// unended forgets a code of which no more comes.
func (l *line) unended() outcome {
	defer l.forget()
	if len(skipNoise(l.held)) == 0 {
		return outcome{}
	}
	return outcome{err: ErrNoEnding}
}

// forget begins anew.
func (l *line) forget() {
	clear(l.held[:cap(l.held)])
	l.held, l.last = l.held[:0], 0
}

// decode reads a whole line. What is no text before a code is noise, as from a plug
// that goes in. Within a code it is a sign that a byte was hurt, and what is left of it
// could be the code of somebody else.
func (l *line) decode() outcome {
	if len(l.held) > l.config.Longest {
		return outcome{err: ErrTooLong}
	}
	text := skipNoise(l.held)
	if len(text) == 0 {
		return outcome{}
	}
	for rest := text; len(rest) > 0; {
		size, ok := printable(rest)
		if !ok {
			return outcome{err: ErrGarbled}
		}
		rest = rest[size:]
	}
	scan := Scan{}
	if l.config.Identifiers {
		var ok bool
		if scan.Symbology, text, ok = cutIdentifier(text); !ok {
			return outcome{err: ErrNoIdentifier}
		}
	}
	scan.Code = secret.NewText(string(text))
	return outcome{scan: scan}
}

// skipNoise cuts what is no text off the beginning.
func skipNoise(b []byte) []byte {
	for len(b) > 0 {
		size, ok := printable(b)
		if ok {
			break
		}
		b = b[size:]
	}
	return b
}

// printable tells whether b begins with a character of a code, and how long that is.
func printable(b []byte) (size int, ok bool) {
	r, size := utf8.DecodeRune(b)
	return size, !(r == utf8.RuneError && size == 1) && (unicode.IsPrint(r) || r == groupSeparator)
}
