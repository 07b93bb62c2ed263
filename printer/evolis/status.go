package evolis

import (
	"strings"

	"balie/printer"
)

// words are what answers say of a fault. OK, NO CARD, ERR CARD and ERR NEED CLEANING
// are those of Rlr in the Programming Guide; the names with underscores are those
// of the maker's SDK (evolis.h), which newer firmware speaks of.
var words = []struct {
	word  string
	fault printer.Fault
}{
	{"NO CARD", printer.PaperEnd}, {"FEEDER", printer.PaperEnd},
	{"NEED CLEANING", printer.Cleaning}, {"NEED_CLEANING", printer.Cleaning},
	{"COVER", printer.CoverOpen}, {"RIBBON", printer.RibbonEnd}, {"HOPPER", printer.HopperFull},
	{"HEAD", printer.HeadHot}, {"CARD", printer.PaperJam}, {"MECHANICAL", printer.PaperJam},
}

// letters are those that follow NACK in the serial mode ACK/NACK: command,
// parameter, time, cover, feeder, ribbon.
var letters = map[byte]printer.Fault{
	'C': printer.CoverOpen, 'F': printer.PaperEnd, 'R': printer.RibbonEnd, 'T': printer.PaperJam,
}

// Single bytes of the serial mode ACK/NACK.
const (
	ack  = 0x06
	nack = 0x15
)

// faults reads an answer. An error that says nothing more is that of a printer
// that cannot go on.
func faults(answer string) []printer.Fault {
	switch {
	case answer == "OK", answer == string(rune(ack)), answer == "":
		return nil
	case answer[0] == nack && len(answer) == 2:
		if f, known := letters[answer[1]]; known {
			return []printer.Fault{f}
		}
		return []printer.Fault{printer.Offline}
	}
	upper := strings.ToUpper(answer)
	for _, w := range words {
		if strings.Contains(upper, w.word) {
			return []printer.Fault{w.fault}
		}
	}
	return []printer.Fault{printer.Offline}
}

// splitter cuts answers at CR; ACK is one by itself, and NACK one with the byte
// behind it.
func splitter() func(b byte) (string, bool) {
	const longest = 256
	var text []byte
	return func(b byte) (string, bool) {
		switch {
		case len(text) == 1 && text[0] == nack:
			text = nil
			return string([]byte{nack, b}), true
		case b == ack && len(text) == 0:
			return string([]byte{ack}), true
		case b == cr:
			answer := strings.TrimSpace(string(text))
			text = nil
			return answer, true
		case b == '\n', b == 0:
		case len(text) < longest:
			text = append(text, b)
		}
		return "", false
	}
}
