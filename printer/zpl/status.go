package zpl

import (
	"errors"
	"strconv"
	"strings"

	"balie/printer"
)

// host is what ~HS told: two strings of three; the third has nothing for us.
type host struct {
	status  printer.Status
	waiting int // formats in the buffer, and labels of the batch that is being printed
}

// errStatus says that an answer is no host status.
var errStatus = errors.New("printer answers something that is no host status")

// fields of the first and the second string of ~HS (docs.zebra.com, ~HS).
const (
	paperOut, paused, formats, ramLost, tooHot = 1, 2, 4, 9, 11
	headUp, ribbonOut, remaining               = 2, 3, 8
	firstFields, secondFields                  = 12, 11
)

// parseHost reads the first and the second string.
func parseHost(first, second string) (host, error) {
	a, b := strings.Split(first, ","), strings.Split(second, ",")
	if len(a) != firstFields || len(b) != secondFields {
		return host{}, errStatus
	}
	var h host
	for _, field := range []string{a[formats], b[remaining]} {
		n, err := strconv.Atoi(field)
		if err != nil || n < 0 {
			return host{}, errStatus
		}
		h.waiting += n
	}
	for _, f := range []struct {
		flag  string
		fault printer.Fault
	}{
		{b[headUp], printer.CoverOpen}, {a[paperOut], printer.PaperEnd}, {b[ribbonOut], printer.RibbonEnd},
		{a[tooHot], printer.HeadHot}, {a[ramLost], printer.Unrecovered}, {a[paused], printer.Offline},
	} {
		switch f.flag {
		case "0":
		case "1":
			h.status.Faults = append(h.status.Faults, f.fault)
		default:
			return host{}, errStatus
		}
	}
	return h, nil
}

// splitter cuts answers at STX and ETX; what stands outside is the end of a line.
func splitter() func(b byte) (string, bool) {
	const stx, etx, longest = 0x02, 0x03, 256
	var text []byte
	inside := false
	return func(b byte) (string, bool) {
		switch {
		case b == stx:
			text, inside = nil, true
		case b == etx && inside:
			inside = false
			return string(text), true
		case inside && len(text) < longest:
			text = append(text, b)
		}
		return "", false
	}
}
