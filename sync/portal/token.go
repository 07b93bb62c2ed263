package portal

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"balie/internal/secret"
)

// The parts of an enrolment token, in symbols of five bits.
const (
	tokenSecret = 12 // what the portal knows it by
	tokenPin    = 16 // the first 80 bits of the SHA-256 of the portal's root
	tokenCheck  = 2  // tells a slip of the hand from a token that is no longer good
)

// symbols are Crockford's: no I, L, O or U (https://www.crockford.com/base32.html).
const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ErrToken says that a text is no enrolment token: something was left out or mistyped.
var ErrToken = errors.New("this is not an enrolment token: compare it with the one that the portal gave, letter by letter")

// Token lets one kiosk in, once. It carries the fingerprint of the portal's root, so
// that a kiosk knows the portal before it shows the token to anyone. It is short
// enough to be typed, and is a secret as a whole: it prints as none.
type Token struct{ text secret.Text }

// NewToken makes a token of a portal with this root.
func NewToken(root ed25519.PublicKey) Token {
	raw := make([]byte, 8) // of which 60 bits are used
	_, _ = rand.Read(raw)  // never fails
	text := encode(raw, tokenSecret) + encode(pin(root), tokenPin)
	return Token{secret.NewText(text + check(text))}
}

// ParseToken reads a token as a person types it: in either case, with hyphens or
// spaces or without, O for 0, I or L for 1. The error is [ErrToken].
func ParseToken(typed string) (Token, error) {
	text := strings.ToUpper(strings.NewReplacer("-", "", " ", "", "\n", "", "\t", "").Replace(typed))
	text = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(text)
	body := len(text) - tokenCheck
	if body != tokenSecret+tokenPin || strings.Trim(text, symbols) != "" || check(text[:body]) != text[body:] {
		return Token{}, ErrToken
	}
	return Token{secret.NewText(text)}, nil
}

// Reveal is the token in groups of five, for people.
func (t Token) Reveal() string {
	var groups []string
	for rest := t.text.Reveal(); rest != ""; rest = rest[5:] {
		groups = append(groups, rest[:5])
	}
	return strings.Join(groups, "-")
}

// Secret is what the portal is shown of it.
func (t Token) Secret() secret.Text { return secret.NewText(t.text.Reveal()[:tokenSecret]) }

// Pins tells whether a root is the portal's that gave the token.
func (t Token) Pins(root ed25519.PublicKey) bool {
	return t.text.Reveal()[tokenSecret:tokenSecret+tokenPin] == encode(pin(root), tokenPin)
}

// pin is what a fingerprint is made of.
func pin(public []byte) []byte {
	sum := sha256.Sum256(public)
	return sum[:10]
}

// Fingerprint is a public key as people compare it: the first 80 bits of its SHA-256
// in groups of four. Of the portal it is of the root's 32 bytes, of a kiosk of its
// key's SubjectPublicKeyInfo.
func Fingerprint(public []byte) string {
	text := fmt.Sprintf("%x", pin(public))
	var groups []string
	for ; text != ""; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(groups, "-")
}

// check is what a token ends with: 10 bits of a hash.
func check(text string) string {
	sum := sha256.Sum256([]byte("balie/token/1\x00" + text))
	return encode(sum[:], tokenCheck)
}

// encode writes the first 5n bits of raw.
func encode(raw []byte, n int) string {
	bits := new(big.Int).SetBytes(raw)
	bits.Rsh(bits, uint(len(raw)*8-5*n))
	out := make([]byte, n)
	for i := n - 1; i >= 0; i-- {
		out[i] = symbols[new(big.Int).And(bits, big.NewInt(31)).Int64()]
		bits.Rsh(bits, 5)
	}
	return string(out)
}
