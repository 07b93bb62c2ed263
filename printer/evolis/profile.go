package evolis

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"balie/printer/internal/codepage"
	"balie/printer/internal/profile"
)

//go:embed profiles/*.toml
var shipped embed.FS

// Profile is what sets one kind of Evolis printer apart from another. It is data:
// a file named NAME.toml, of which docs/printers.md explains every key.
type Profile struct {
	Name     string `toml:"-"` // of the file, without .toml
	Dialect  string `toml:"dialect"`
	Title    string `toml:"title"`
	Margin   int    `toml:"margin"`   // in dots of 300 dpi
	Size     int    `toml:"size"`     // height of running text, in dots
	Smallest int    `toml:"smallest"` // where a document does not fit on a card
	Module   int    `toml:"module"`   // dots per module of a QR code
	Page     string `toml:"page"`     // code page of the resident fonts
	Feeder   string `toml:"feeder"`   // Pmi: where cards come from
	Ribbon   string `toml:"ribbon"`   // Pr: what ribbon is in it
	Panel    string `toml:"panel"`    // of text and pictures
	Press    string `toml:"press"`    // a command before Se, where the printer wants one
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
	if _, err := codepage.Named(p.Page); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	switch {
	case p.Dialect != "evolis":
		return fmt.Errorf("dialect is %q: expected evolis", p.Dialect)
	case p.Margin < 0 || p.Margin > 150:
		return fmt.Errorf("margin is %d: expected 0 to 150", p.Margin)
	case p.Smallest < 14 || p.Size < p.Smallest || p.Size > 100:
		return fmt.Errorf("size is %d and smallest is %d: expected 14 to 100", p.Size, p.Smallest)
	case p.Module < 2 || p.Module > 16:
		return fmt.Errorf("module is %d: expected 2 to 16", p.Module)
	}
	for key, value := range map[string]string{"feeder": p.Feeder, "ribbon": p.Ribbon, "panel": p.Panel} {
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' || r == ';' }) {
			return fmt.Errorf("%s is %q: expected a parameter such as F, kb, k", key, value)
		}
	}
	if strings.ContainsFunc(p.Press, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("press is %q: expected a command such as Sp;k", p.Press)
	}
	return nil
}
