package escpos

import (
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"balie/printer/internal/codepage"
	"balie/printer/internal/profile"
)

//go:embed profiles/*.toml
var shipped embed.FS

// Profile is what sets one kind of ESC/POS printer apart from another. It is
// data: a file named NAME.toml, of which docs/printers.md explains every key.
type Profile struct {
	Name    string `toml:"-"`       // of the file, without .toml
	Dialect string `toml:"dialect"` // "escpos", or nothing
	Title   string `toml:"title"`
	Columns int    `toml:"columns"` // of the normal font
	Dots    int    `toml:"dots"`    // printable width
	Tabs    bool   `toml:"tabs"`    // tab stops every 8 columns after a reset
	Text    Text   `toml:"text"`
	QR      QR     `toml:"qr"`
	Cut     Cuts   `toml:"cut"`
	Back    Back   `toml:"back"`
	Wire    Wire   `toml:"wire"`

	Present Present `toml:"present"`
}

// Text is the one code page that a ticket is printed in.
type Text struct {
	Page   string `toml:"page"`   // "windows-1252", "iso-8859-15", "cp858", "cp850", "cp437"
	Select int    `toml:"select"` // n of ESC t n for that page, on this printer
}

// QR is how the printer makes QR codes.
type QR struct {
	Native    bool           `toml:"native"`     // GS ( k; else they are sent as a picture
	Module    int            `toml:"module"`     // dots per module
	MaxModule int            `toml:"max_module"` // most that function 167 takes
	PrintMode int            `toml:"print_mode"` // m of functions 180 and 181
	Level     map[string]int `toml:"level"`      // n of function 169 for L, M, Q, H
}

// Cuts are the bytes that cut, as hexadecimal text in the file.
type Cuts struct {
	Full    Hex `toml:"full"`
	Partial Hex `toml:"partial"` // between the parts of one job; Full where absent
	End     Hex `toml:"end"`     // at the end of a job; Full where absent
}

// Back is what the printer tells of itself.
type Back struct {
	Status    string `toml:"status"`     // "epson": DLE EOT and ASB; "custom": FULL STATUS; "none": nothing
	ProcessID bool   `toml:"process_id"` // answers GS ( H function 48 when printed
	Clear     bool   `toml:"clear"`      // answers DLE DC4 function 8 when its buffers are empty
	Counters  bool   `toml:"counters"`   // answers GS E2 (cuts) and GS E4 (tickets drawn back), as Custom's do
}

// Present is what a presenter does with a ticket that cut.end has brought to its
// mouth. Without hold the printer has none.
type Present struct {
	Hold    int `toml:"hold"`    // seconds until it is drawn back in or pushed out, as cut.end says
	Reach   int `toml:"reach"`   // seconds that a ticket takes from the cutter to the mouth; 5 where absent
	Retract Hex `toml:"retract"` // cuts what hangs and draws in what is in the mouth, at once
}

// Wire is how the printer is reached over a serial line, as it comes from the factory
// or as docs/printers.md asks to set it.
type Wire struct {
	Baud      int    `toml:"baud"`      // 9600 where absent
	Handshake string `toml:"handshake"` // "xonxoff" where absent, "dsr", "none"
	Chunk     int    `toml:"chunk"`     // bytes sent between two looks at the handshake; 64 where absent
	Buffer    int    `toml:"buffer"`    // bytes that the printer holds, never more on their way; 4096 where absent
}

// Hex is a byte string, written as "1D 56 42 00".
type Hex []byte

// UnmarshalText reads hexadecimal digits; blanks between them do not count.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	*h = b
	return err
}

// ErrNoProfile is wrapped by the error of [LoadProfile] where no file has the name.
var ErrNoProfile = profile.ErrNone

// Shipped holds the profiles that come with the program, in a folder profiles.
func Shipped() fs.FS { return shipped }

// LoadProfile finds the profile of that name: NAME.toml in one of the folders,
// the first that has it, else one that comes with the program. A name with a
// slash in it is the path of a file.
func LoadProfile(name string, folders ...string) (Profile, error) {
	name, text, err := profile.Read(name, folders, shipped)
	if err != nil {
		return Profile{}, err
	}
	return ParseProfile(name, text)
}

// ProfileNames lists the profiles in the folders and those that come with the
// program, in alphabetical order, each once.
func ProfileNames(folders ...string) []string { return profile.Names(folders, shipped) }

// ParseProfile reads a profile from the text of a file. An unknown key is an error.
func ParseProfile(name string, text []byte) (Profile, error) {
	p := Profile{Name: name}
	if err := profile.Decode(name, text, &p); err != nil {
		return Profile{}, err
	}
	if err := p.check(); err != nil {
		return Profile{}, fmt.Errorf("reading printer profile %s: %w", name, err)
	}
	return p, nil
}

// page is the code page that the profile names.
func (p *Profile) page() (codepage.Page, error) { return codepage.Named(p.Text.Page) }

func (p *Profile) check() error {
	if len(p.Cut.Full) == 0 {
		return errors.New("cut.full is missing: without it one ticket hangs on the next")
	}
	if len(p.Cut.End) == 0 {
		p.Cut.End = p.Cut.Full
	}
	if len(p.Cut.Partial) == 0 {
		p.Cut.Partial = p.Cut.Full
	}
	if _, err := p.page(); err != nil {
		return fmt.Errorf("text.page: %w", err)
	}
	if err := p.Wire.check(); err != nil {
		return err
	}
	if err := p.checkPresent(); err != nil {
		return err
	}
	switch {
	case p.Dialect != "" && p.Dialect != "escpos":
		return fmt.Errorf("dialect is %q: this is no ESC/POS printer", p.Dialect)
	case p.Columns < 16 || p.Columns > 100:
		return fmt.Errorf("columns is %d: expected 16 to 100", p.Columns)
	case p.Dots < p.Columns*4 || p.Dots > 2047:
		return fmt.Errorf("dots is %d: expected %d to 2047", p.Dots, p.Columns*4)
	case p.Text.Select < 0 || p.Text.Select > 255:
		return fmt.Errorf("text.select is %d: expected 0 to 255", p.Text.Select)
	case !slices.Contains([]string{statusEpson, statusCustom, statusNone}, p.Back.Status):
		return fmt.Errorf("back.status is %q: expected epson, custom or none", p.Back.Status)
	case p.QR.Module < 1 || p.QR.Module > 24:
		return fmt.Errorf("qr.module is %d: expected 1 to 24", p.QR.Module)
	}
	return p.QR.check()
}

// checkPresent fills in what is absent and refuses what no presenter has: without the
// counter nobody could tell a ticket that was taken from one that was drawn back.
func (p *Profile) checkPresent() error {
	if p.Present.Reach == 0 {
		p.Present.Reach = 5
	}
	switch {
	case p.Present.Hold < 0 || p.Present.Hold > 255:
		return fmt.Errorf("present.hold is %d: expected 0 to 255", p.Present.Hold)
	case p.Present.Reach < 1 || p.Present.Reach > 60:
		return fmt.Errorf("present.reach is %d: expected 1 to 60", p.Present.Reach)
	case p.Present.Hold > 0 && (p.Back.Status != statusCustom || !p.Back.Counters):
		return errors.New("present.hold: needs back.status custom and back.counters")
	case p.Back.Counters && p.Back.Status != statusCustom:
		return errors.New("back.counters: needs back.status custom")
	}
	return nil
}

// check fills in what is absent.
func (w *Wire) check() error {
	if w.Baud == 0 {
		w.Baud = 9600
	}
	if w.Handshake == "" {
		w.Handshake = HandshakeXON
	}
	if w.Chunk == 0 {
		w.Chunk = 64
	}
	if w.Buffer == 0 {
		w.Buffer = 4096
	}
	switch {
	case w.Baud < 1200 || w.Baud > 115200:
		return fmt.Errorf("wire.baud is %d: expected 1200 to 115200", w.Baud)
	case !slices.Contains([]string{HandshakeXON, HandshakeDSR, HandshakeNone}, w.Handshake):
		return fmt.Errorf("wire.handshake is %q: expected xonxoff, dsr or none", w.Handshake)
	case w.Chunk < 1 || w.Chunk > 128: // a printer says stop with 128 bytes free
		return fmt.Errorf("wire.chunk is %d: expected 1 to 128", w.Chunk)
	case w.Buffer < 2*longest && w.Handshake == HandshakeNone, w.Buffer < w.Chunk:
		return fmt.Errorf("wire.buffer is %d: too small for wire.handshake", w.Buffer)
	}
	return nil
}

func (q QR) check() error {
	if !q.Native {
		return nil
	}
	if q.Module > q.MaxModule {
		return fmt.Errorf("qr.module is %d, more than qr.max_module", q.Module)
	}
	if q.PrintMode < 0 || q.PrintMode > 255 {
		return fmt.Errorf("qr.print_mode is %d: expected 0 to 255", q.PrintMode)
	}
	for _, name := range []string{"L", "M", "Q", "H"} {
		if n, there := q.Level[name]; !there || n < 0 || n > 255 {
			return fmt.Errorf("qr.level.%s is missing or no byte", name)
		}
	}
	return nil
}

// How a printer says that it takes no more for now.
const (
	HandshakeXON  = "xonxoff" // by XOFF and XON among its answers
	HandshakeDSR  = "dsr"     // by a line of the cable
	HandshakeNone = "none"    // not at all: it is asked after each half of its buffer
)

// The kinds of status.
const (
	statusEpson  = "epson"
	statusCustom = "custom"
	statusNone   = "none"
)
