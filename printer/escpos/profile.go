package escpos

import (
	"bytes"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed profiles/*.toml
var shipped embed.FS

// Profile is what sets one kind of ESC/POS printer apart from another. It is
// data: a file named NAME.toml, of which docs/printers.md explains every key.
type Profile struct {
	Name    string `toml:"-"` // of the file, without .toml
	Title   string `toml:"title"`
	Columns int    `toml:"columns"` // of the normal font
	Dots    int    `toml:"dots"`    // printable width
	Tabs    bool   `toml:"tabs"`    // tab stops every 8 columns after a reset
	Text    Text   `toml:"text"`
	QR      QR     `toml:"qr"`
	Cut     Cuts   `toml:"cut"`
	Back    Back   `toml:"back"`
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
var ErrNoProfile = errors.New("no such printer profile")

// LoadProfile finds the profile of that name: NAME.toml in one of the folders,
// the first that has it, else one that comes with the program. A name with a
// slash in it is the path of a file.
func LoadProfile(name string, folders ...string) (Profile, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		text, err := os.ReadFile(name)
		if err != nil {
			return Profile{}, fmt.Errorf("reading printer profile: %w", err)
		}
		return ParseProfile(strings.TrimSuffix(filepath.Base(name), ".toml"), text)
	}
	for _, folder := range folders {
		text, err := os.ReadFile(filepath.Join(folder, name+".toml"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Profile{}, fmt.Errorf("reading printer profile: %w", err)
		}
		return ParseProfile(name, text)
	}
	text, err := shipped.ReadFile("profiles/" + name + ".toml")
	if err != nil {
		return Profile{}, fmt.Errorf("%w: %q (there are %s)", ErrNoProfile, name, strings.Join(ProfileNames(folders...), ", "))
	}
	return ParseProfile(name, text)
}

// ProfileNames lists the profiles in the folders and those that come with the
// program, in alphabetical order, each once.
func ProfileNames(folders ...string) []string {
	files, _ := fs.Glob(shipped, "profiles/*.toml")
	for _, folder := range folders {
		own, _ := filepath.Glob(filepath.Join(folder, "*.toml"))
		files = append(files, own...)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".toml"))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ParseProfile reads a profile from the text of a file. An unknown key is an error.
func ParseProfile(name string, text []byte) (Profile, error) {
	p := Profile{Name: name}
	meta, err := toml.NewDecoder(bytes.NewReader(text)).Decode(&p)
	if err != nil {
		return Profile{}, fmt.Errorf("reading printer profile %s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Profile{}, fmt.Errorf("reading printer profile %s: unknown key %s", name, unknown[0])
	}
	if err := p.check(); err != nil {
		return Profile{}, fmt.Errorf("reading printer profile %s: %w", name, err)
	}
	return p, nil
}

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
		return err
	}
	switch {
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

// The kinds of status.
const (
	statusEpson  = "epson"
	statusCustom = "custom"
	statusNone   = "none"
)
