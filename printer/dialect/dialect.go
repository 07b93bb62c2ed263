// Package dialect finds a printer profile by its name, whatever its dialect, and
// does with a document what that printer needs: its bytes, and a look at it
// without the printer.
package dialect

import (
	"fmt"
	"io/fs"

	"balie/printer"
	"balie/printer/escpos"
	"balie/printer/evolis"
	"balie/printer/internal/profile"
	"balie/printer/zpl"
)

// Sheet is a document as it would look on paper, a label or a card.
type Sheet interface {
	Text() string
	PNG() ([]byte, error)
	SVG() ([]byte, error)
}

// Profile is a printer profile of any dialect.
type Profile struct {
	Name    string
	Dialect string // "escpos", "evolis" or "zpl"
	Title   string
	Columns int // characters on a line; 0 where they have no one width

	encode  func(printer.Document) ([]byte, error)
	preview func(printer.Document) (Sheet, error)
}

// ErrNone is wrapped by the error of [Load] where no profile has the name.
var ErrNone = profile.ErrNone

func shipped() []fs.FS { return []fs.FS{escpos.Shipped(), evolis.Shipped(), zpl.Shipped()} }

// Names lists the profiles of the folders and those that come with the program.
func Names(folders ...string) []string { return profile.Names(folders, shipped()...) }

// Load finds the profile of that name: NAME.toml in one of the folders, the first
// that has it, else one that comes with the program. A name with a slash in it is
// the path of a file.
func Load(name string, folders ...string) (Profile, error) {
	name, text, err := profile.Read(name, folders, shipped()...)
	if err != nil {
		return Profile{}, err
	}
	kind, err := profile.Dialect(name, text)
	if err != nil {
		return Profile{}, err
	}
	switch kind {
	case "escpos":
		p, err := escpos.ParseProfile(name, text)
		return of(kind, name, p.Title, p, escpos.Encode, escpos.Preview).wide(p.Columns), err
	case "evolis":
		p, err := evolis.ParseProfile(name, text)
		return of(kind, name, p.Title, p, evolis.Encode, evolis.Preview), err
	case "zpl":
		p, err := zpl.ParseProfile(name, text)
		return of(kind, name, p.Title, p, zpl.Encode, zpl.Preview), err
	}
	return Profile{}, fmt.Errorf("reading printer profile %s: dialect is %q: expected escpos, evolis or zpl", name, kind)
}

// of binds the functions of a dialect to a profile of it.
func of[P any, S Sheet](
	kind, name, title string, p P, encode func(printer.Document, P) ([]byte, error), preview func(printer.Document, P) (S, error),
) Profile {
	return Profile{
		Name: name, Dialect: kind, Title: title,
		encode:  func(doc printer.Document) ([]byte, error) { return encode(doc, p) },
		preview: func(doc printer.Document) (Sheet, error) { return preview(doc, p) },
	}
}

func (p Profile) wide(columns int) Profile {
	p.Columns = columns
	return p
}

// Encode gives exactly the bytes that the printer would get of doc.
func (p Profile) Encode(doc printer.Document) ([]byte, error) { return p.encode(doc) }

// Preview shows doc as that printer would print it.
func (p Profile) Preview(doc printer.Document) (Sheet, error) { return p.preview(doc) }
