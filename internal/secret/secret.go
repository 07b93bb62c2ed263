// Package secret holds values that must not be printed by accident: national
// numbers, names, codes, PINs, passwords.
//
// A [Text] or [Bytes] gives "[secret]" to every verb of fmt, to encoding/json,
// encoding/xml, html/template and log/slog. The value is kept behind a pointer,
// so even %+v of a struct with an unexported field of this type shows an
// address and not the value. Whoever wants the value says so: [Text.Reveal].
//
// It is not a vault: Text lives in Go's heap until collected. What must be gone
// at a known moment (a PIN, a code, a password) is [Bytes], and is wiped.
package secret

import (
	"fmt"
	"log/slog"
)

const redacted = "[secret]"

// Text is a string that cannot be printed by accident. The zero Text is empty.
// Compare two with [Text.Equal]; == compares identity, not content.
type Text struct{ v *string }

// NewText hides s.
func NewText(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{v: &s}
}

// Reveal gives the text itself. Every call is a place to look at in review.
func (t Text) Reveal() string {
	if t.v == nil {
		return ""
	}
	return *t.v
}

// Empty tells whether there is no text, without revealing it.
func (t Text) Empty() bool { return t.v == nil }

// Equal tells whether two texts are the same. It does not run in constant time.
func (t Text) Equal(u Text) bool { return t.Reveal() == u.Reveal() }

// String is "[secret]".
func (Text) String() string { return redacted }

// GoString is "[secret]".
func (Text) GoString() string { return redacted }

// Format writes "[secret]" for every verb.
func (Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText gives "[secret]", to encoding/json and others.
func (Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue gives "[secret]" to log/slog.
func (Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// Bytes is a byte string that cannot be printed by accident and can be wiped.
// The zero Bytes is empty. Copies share the same memory: wiping one wipes all.
type Bytes struct{ v *box }

// box stands between the pointer and the slice, because fmt follows a pointer to
// a slice where a verb does not fit (%s of a struct with an unexported Bytes).
type box struct{ b *[]byte }

// NewBytes takes over b: the caller must not keep it.
func NewBytes(b []byte) Bytes { return Bytes{v: &box{b: &b}} }

// Reveal gives the bytes themselves, not a copy; they are zero after a Wipe.
func (b Bytes) Reveal() []byte {
	if b.v == nil {
		return nil
	}
	return *b.v.b
}

// Len is the number of bytes.
func (b Bytes) Len() int { return len(b.Reveal()) }

// Wipe overwrites the bytes with zeros and forgets them.
func (b Bytes) Wipe() {
	if b.v == nil {
		return
	}
	clear((*b.v.b)[:cap(*b.v.b)])
	*b.v.b = nil
}

// String is "[secret]".
func (Bytes) String() string { return redacted }

// GoString is "[secret]".
func (Bytes) GoString() string { return redacted }

// Format writes "[secret]" for every verb.
func (Bytes) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText gives "[secret]", to encoding/json and others.
func (Bytes) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue gives "[secret]" to log/slog.
func (Bytes) LogValue() slog.Value { return slog.StringValue(redacted) }
