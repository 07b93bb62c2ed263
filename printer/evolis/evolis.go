// Package evolis prints Documents on plastic cards, with Evolis printers and
// their escape commands. [Encode] turns a document into commands and nothing
// else; a [Printer] sends them one by one, hears the printer's answer to each,
// and tells how the job ended. What sets one printer apart from another is in its
// [Profile], a file.
//
// Names of the commands are Evolis's. docs/printers.md of this project lists them
// with their sources.
package evolis

const (
	esc = 0x1B
	cr  = 0x0D

	// A card at 300 dpi, CR-80 with its edges (Programming Guide A5013, p. 4).
	width  = 1016
	height = 648
)
