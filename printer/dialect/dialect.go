// Package dialect finds a printer profile by its name, whatever its dialect, and
// does with a document what that printer needs: its bytes, a look at it without the
// printer, and a driver.
package dialect

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"

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
	Columns int  // characters on a line; 0 where they have no one width
	Baud    int  // bits per second that such a printer comes with
	DSR     bool // whether it says by that line when it takes data

	encode  func(printer.Document) ([]byte, error)
	preview func(printer.Document) (Sheet, error)
	drive   func(Open, *slog.Logger) Driver
}

// cardBaud is what printers of cards and labels come with: 9600 bits per second (Evolis
// Programming Guide A5013, Pcom; ZPL II Programming Guide, ^SC).
const cardBaud = 9600

// Open gives the wire to a printer.
type Open func(ctx context.Context) (printer.Port, error)

// Driver is a printer at the end of a wire.
type Driver interface {
	printer.Printer
	// Close gives the wire back.
	Close() error
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
		return of(kind, name, p.Title, p, escpos.Encode, escpos.Preview, func(open Open, p escpos.Profile, log *slog.Logger) Driver {
			return escpos.New(open, p, log)
		}).receipt(p), err
	case "evolis":
		p, err := evolis.ParseProfile(name, text)
		return of(kind, name, p.Title, p, evolis.Encode, evolis.Preview, func(open Open, p evolis.Profile, log *slog.Logger) Driver {
			return evolis.New(open, p, log)
		}), err
	case "zpl":
		p, err := zpl.ParseProfile(name, text)
		return of(kind, name, p.Title, p, zpl.Encode, zpl.Preview, func(open Open, p zpl.Profile, log *slog.Logger) Driver {
			return zpl.New(open, p, log)
		}), err
	}
	return Profile{}, fmt.Errorf("reading printer profile %s: dialect is %q: expected escpos, evolis or zpl", name, kind)
}

// of binds the functions of a dialect to a profile of it.
func of[P any, S Sheet](
	kind, name, title string, p P, encode func(printer.Document, P) ([]byte, error), preview func(printer.Document, P) (S, error),
	drive func(Open, P, *slog.Logger) Driver,
) Profile {
	return Profile{
		Name: name, Dialect: kind, Title: title, Baud: cardBaud,
		encode:  func(doc printer.Document) ([]byte, error) { return encode(doc, p) },
		preview: func(doc printer.Document) (Sheet, error) { return preview(doc, p) },
		drive:   func(open Open, log *slog.Logger) Driver { return drive(open, p, log) },
	}
}

// receipt has what a profile of ESC/POS says besides.
func (p Profile) receipt(of escpos.Profile) Profile {
	p.Columns, p.Baud, p.DSR = of.Columns, of.Wire.Baud, of.Wire.Handshake == escpos.HandshakeDSR
	return p
}

// Encode gives exactly the bytes that the printer would get of doc.
func (p Profile) Encode(doc printer.Document) ([]byte, error) { return p.encode(doc) }

// Preview shows doc as that printer would print it.
func (p Profile) Preview(doc printer.Document) (Sheet, error) { return p.preview(doc) }

// Drive makes the driver of such a printer. open opens its wire, when it is needed
// and whenever it was lost. Nothing of a document comes into the log.
func (p Profile) Drive(open Open, log *slog.Logger) Driver { return p.drive(open, log) }
