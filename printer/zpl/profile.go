package zpl

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"balie/printer/internal/profile"
)

//go:embed profiles/*.toml
var shipped embed.FS

// Profile is what sets one kind of ZPL printer apart from another. It is data: a
// file named NAME.toml, of which docs/printers.md explains every key.
type Profile struct {
	Name     string `toml:"-"` // of the file, without .toml
	Dialect  string `toml:"dialect"`
	Title    string `toml:"title"`
	Width    int    `toml:"width"`  // printable, in dots
	Length   int    `toml:"length"` // of a label, in dots; 0: as long as the document
	Margin   int    `toml:"margin"`
	Size     int    `toml:"size"`     // height of running text, in dots
	Smallest int    `toml:"smallest"` // where a document does not fit on a label
	Module   int    `toml:"module"`   // dots per module of a QR code: 1 to 10
	Setup    string `toml:"setup"`    // commands at the start of every format
	End      string `toml:"end"`      // commands at its end: cut, present
}

// Shipped holds the profiles that come with the program, in a folder profiles.
func Shipped() fs.FS { return shipped }

// LoadProfile finds the profile of that name, as escpos.LoadProfile does.
func LoadProfile(name string, folders ...string) (Profile, error) {
	name, text, err := profile.Read(name, folders, shipped)
	if err != nil {
		return Profile{}, err
	}
	return ParseProfile(name, text)
}

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

func (p Profile) check() error {
	switch {
	case p.Dialect != "zpl":
		return fmt.Errorf("dialect is %q: expected zpl", p.Dialect)
	case p.Width < 100 || p.Width > 32000:
		return fmt.Errorf("width is %d: expected 100 to 32000", p.Width)
	case p.Length < 0 || p.Length > 32000:
		return fmt.Errorf("length is %d: expected 0 to 32000", p.Length)
	case p.Margin < 0 || 4*p.Margin > p.Width:
		return fmt.Errorf("margin is %d: expected 0 to a quarter of the width", p.Margin)
	case p.Smallest < 10 || p.Size < p.Smallest || 8*p.Size > p.Width:
		return fmt.Errorf("size is %d and smallest is %d: expected 10 to an eighth of the width", p.Size, p.Smallest)
	case p.Module < 2 || p.Module > 10:
		return fmt.Errorf("module is %d: expected 2 to 10", p.Module)
	}
	for key, commands := range map[string]string{"setup": p.Setup, "end": p.End} {
		if commands != "" && (commands[0] != '^' || strings.Contains(commands, "^X") || strings.ContainsFunc(commands, func(r rune) bool { return r < ' ' || r > '~' })) {
			return fmt.Errorf("%s is %q: expected commands such as ^MNN, none of them ^XA or ^XZ", key, commands)
		}
	}
	return nil
}
