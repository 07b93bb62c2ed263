package printer

// Document is what is to be printed, top to bottom, in the words of what it is
// and not of how it looks. Drivers encode it; text in it cannot become a command.
type Document struct {
	// Title names the document in previews and PDF metadata; it is not printed on rolls.
	Title string
	// Language is "nl", "fr", "de" or "en".
	Language string
	// Secret documents hold codes or a password: the printer's memory is cleared after them.
	Secret bool
	// Blocks are printed in order, then the paper is cut.
	Blocks []Block
}

// Block is one of the types below.
type Block interface{ block() }

// Heading is a short line that stands out; Level 1 is the largest (a ticket
// number), 2 a title, 3 a section.
type Heading struct {
	Level int
	Text  string
}

// Paragraph is running text, wrapped by the driver at words.
type Paragraph struct {
	Text   string
	Strong bool
	Center bool
}

// Field is a label and its value, on one line where they fit.
type Field struct{ Label, Value string }

// Codes is a grid of numbered codes, number 1 first.
type Codes struct {
	Columns int
	Codes   []string
}

// QR is a QR code, model 2, error correction M, and a line of text below it.
type QR struct{ Data, Caption string }

// Barcode is a Code 128 barcode.
type Barcode struct{ Data string }

// Rule is a line across the paper.
type Rule struct{}

// Space is an empty line.
type Space struct{}

// Image is a picture in one bit per dot: Rows of (Width+7)/8 bytes, most
// significant bit leftmost, 1 is black.
type Image struct {
	Width int
	Rows  [][]byte
	Alt   string // what it shows, for a text preview
}

// Blank is a label and room to write beside or below it by hand, on so many
// lines; 0 is one.
type Blank struct {
	Label string
	Lines int
}

// Choice is a box to tick and what it stands for.
type Choice struct{ Text string }

// Signature is room for a signature, and below it who signs.
type Signature struct{ Label string }

// Cut cuts the paper and goes on with the next part of the same job.
type Cut struct{}

func (Heading) block()   {}
func (Paragraph) block() {}
func (Field) block()     {}
func (Codes) block()     {}
func (QR) block()        {}
func (Barcode) block()   {}
func (Rule) block()      {}
func (Space) block()     {}
func (Image) block()     {}
func (Blank) block()     {}
func (Choice) block()    {}
func (Signature) block() {}
func (Cut) block()       {}
