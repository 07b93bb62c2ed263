package escpos

import (
	"slices"

	"balie/printer"
)

// faultBit is a fault and the bits that tell of it: all of them must be set.
type faultBit struct {
	index int // of the byte
	mask  byte
	fault printer.Fault
}

// realTimeBits are the answers to DLE EOT 1 to 4, by index 0 to 3 (Epson,
// TM-T88III specification; TM-U220 technical manual).
func realTimeBits() []faultBit {
	return []faultBit{
		{0, 0x08, printer.Offline},
		{1, 0x04, printer.CoverOpen},
		{1, 0x20, printer.PaperEnd},
		{1, 0x40, printer.Offline}, // an error; answer 3 says which
		{2, 0x08, printer.CutterError},
		{2, 0x20, printer.Unrecovered},
		{2, 0x40, printer.HeadHot},
		{3, 0x0C, printer.PaperNearEnd},
		{3, 0x60, printer.PaperEnd},
	}
}

// asbBits are the four bytes of automatic status (Epson, TM-T88III technical manual, GS a).
func asbBits() []faultBit {
	return []faultBit{
		{0, 0x08, printer.Offline},
		{0, 0x20, printer.CoverOpen},
		{1, 0x08, printer.CutterError},
		{1, 0x20, printer.Unrecovered},
		{1, 0x40, printer.HeadHot},
		{2, 0x03, printer.PaperNearEnd},
		{2, 0x0C, printer.PaperEnd},
	}
}

// fullBits are the four bytes of FULL STATUS (Custom, VKP80III commands manual).
func fullBits() []faultBit {
	return []faultBit{
		{0, 0x01, printer.PaperEnd},
		{0, 0x04, printer.PaperNearEnd},
		{0, 0x20, printer.TicketInside},
		{1, 0x01, printer.CoverOpen}, // printing head up
		{1, 0x02, printer.CoverOpen},
		{2, 0x01, printer.HeadHot},
		{2, 0x08, printer.Unrecovered}, // supply voltage
		{2, 0x40, printer.PaperJam},
		{3, 0x01, printer.CutterError},
		{3, 0x02, printer.CoverOpen},   // of the cutter
		{3, 0x04, printer.Unrecovered}, // RAM
		{3, 0x08, printer.Unrecovered}, // EEPROM
		{3, 0x80, printer.Presenter},
	}
}

// status reads faults out of answer bytes.
func status(bits []faultBit, answer []byte) printer.Status {
	var s printer.Status
	for _, b := range bits {
		if answer[b.index]&b.mask == b.mask && !s.Has(b.fault) {
			s.Faults = append(s.Faults, b.fault)
		}
	}
	return settle(s)
}

// settle leaves out what another fault explains: offline where there is a cause,
// near the end where it is the end. With the cover open the paper sensors may
// tell anything (Epson, TM-T88III technical manual).
func settle(s printer.Status) printer.Status {
	drop := func(f printer.Fault) {
		s.Faults = slices.DeleteFunc(s.Faults, func(g printer.Fault) bool { return g == f })
	}
	if s.Has(printer.CoverOpen) {
		drop(printer.PaperEnd)
		drop(printer.PaperNearEnd)
	}
	if s.Has(printer.PaperEnd) {
		drop(printer.PaperNearEnd)
	}
	rest := printer.Status{Faults: slices.DeleteFunc(slices.Clone(s.Faults), func(g printer.Fault) bool { return g == printer.Offline })}
	if !rest.Ready() {
		drop(printer.Offline)
	}
	if len(s.Faults) == 0 {
		s.Faults = nil
	}
	return s
}
