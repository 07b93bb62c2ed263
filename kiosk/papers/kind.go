package papers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrKind says that there is no paper of that kind.
var ErrKind = errors.New("no such paper")

// largest is how many bytes a file with the data of one paper may have.
const largest = 64 << 10

// Kinds are the papers that there are.
func Kinds() []string {
	return []string{
		"ticket", "codecard", "password", "app", "child-link", "trusted-person",
		"representative", "revocation", "letter", "instructions", "test", "blocked",
	}
}

// Forms are those of [Kinds] that are a sheet of A4 rather than a slip.
func Forms() []string {
	return []string{"child-link", "trusted-person", "representative", "revocation", "letter", "instructions"}
}

// Read reads the data of a paper as JSON: one object, every key known, nothing
// behind it. A code card is read as a [Slip]. The error tells nothing of the data.
func Read(kind string, from io.Reader) (Paper, error) {
	text, err := io.ReadAll(io.LimitReader(from, largest+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading data: %w", err)
	case len(text) > largest:
		return nil, fmt.Errorf("data of more than %d bytes", largest)
	}
	switch kind {
	case "ticket":
		return decode[Ticket](text)
	case "codecard":
		return decode[Slip](text)
	case "password":
		return decode[Password](text)
	case "app":
		return decode[App](text)
	case "child-link":
		return decode[ChildLink](text)
	case "trusted-person":
		return decode[TrustedPerson](text)
	case "representative":
		return decode[Representative](text)
	case "revocation":
		return decode[Revocation](text)
	case "letter":
		return decode[Letter](text)
	case "instructions":
		return decode[Instructions](text)
	case "blocked":
		return decode[Blocked](text)
	case "test":
		return decode[Test](text)
	}
	return nil, unknown(kind)
}

func unknown(kind string) error {
	kinds := Kinds()
	slices.Sort(kinds)
	return fmt.Errorf("%w: %q (there are %s)", ErrKind, kind, strings.Join(kinds, ", "))
}

func decode[P Paper](text []byte) (Paper, error) {
	var p P
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("data: %w", plain(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("data: something follows the object")
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return p, nil
}

// plain is an error of encoding/json without what it may quote of the data.
func plain(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("no JSON at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("%q is no %s", kind.Field, kind.Type)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON is cut short")
	}
	return err
}
