// Package escpos prints Documents on receipt printers that speak ESC/POS or a
// dialect of it. [Encode] turns a document into bytes and nothing else; a
// [Printer] sends them, listens to what the printer says of itself, and tells
// how the job ended. What sets one printer apart from another is in its
// [Profile], a file.
//
// Names of the commands are Epson's. docs/printers.md of this project lists them
// with their sources.
package escpos

// Commands that the driver itself sends. The encoder's stand where they are made.
const (
	reset    = "\x1B@"                                    // ESC @: modes as at power on, print buffer and symbol store empty
	autoBack = "\x1Da\xFF"                                // GS a: report every change of status (ASB)
	askPaper = "\x1Dr\x01"                                // GS r 1: paper status, answered in the order of the data
	askFull  = "\x10\x04\x14"                             // DLE EOT 20: FULL STATUS (Custom, VKP80III manual)
	askID    = "\x1D(H\x06\x00" + "00"                    // GS ( H fn 48: answers when what precedes it is printed
	askCuts  = "\x1D\xE2"                                 // GS E2: cuts so far, "785cuts", in the order of the data (Custom, VKP80III manual)
	askDrawn = "\x1D\xE4"                                 // GS E4: tickets drawn back so far, "512ret"
	clearAll = "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08" // DLE DC4 fn 8: empties receive and print buffer, in real time
)
