package worklist

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Lengths in bytes.
const (
	KeyLen   = 32 // of the key of a day
	SaltLen  = 16 // of the portal's salt of a day
	IndexLen = 16
)

// What one derivation costs: Argon2id (RFC 9106) with the least of what OWASP's Password
// Storage Cheat Sheet asks for, 19 MiB and two passes, so that it is bearable where a
// portal makes thousands and a kiosk has little memory.
const (
	passes = 2
	memory = 19 << 10 // KiB
	lanes  = 1
)

// domain separates what is made here from anything else that is made with the same key.
const domain = "balie/worklist/1\x00"

// Subject is what a card shows of a person: a scheme, such as "ssin", and the value in
// it.
func Subject(scheme, value string) []byte { return []byte(scheme + "\x00" + value) }

// EAD is what somebody without a chip card shows: the hospital's number, however it is
// written, and the birth date on a document, 1984-05-17.
func EAD(number, birth string) []byte {
	plain := strings.ToUpper(strings.NewReplacer(" ", "", ".", "", "-", "", "/", "", "\u00A0", "").Replace(number))
	return Subject("ead", plain+"\x00"+birth)
}

// Letter is what a letter shows, its barcode, with the birth date of its person.
func Letter(barcode, birth string) []byte { return Subject("letter", barcode+"\x00"+birth) }

// DayKey is the key that a device tells the portal for one day, 2006-01-02. The device's
// own key is not found from it, nor that of another day.
func DayKey(device []byte, day string) []byte { return mac(device, []byte("day\x00"+day)) }

func mac(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(domain)) // never fails
	_, _ = h.Write(text)
	return h.Sum(nil)
}

// Made is what one derivation gives: where somebody's entry is found, and what opens it.
// Both come from the same one, so that whoever tries subjects out pays it for each.
type Made [IndexLen + 32]byte

// Derive finds the entry of a subject in the list of a day.
func Derive(subject, dayKey, salt []byte) (m Made, err error) {
	if len(dayKey) != KeyLen || len(salt) != SaltLen || len(subject) == 0 {
		return m, errors.New("deriving an entry: key, salt or subject is not what it must be")
	}
	both := argon2.IDKey(subject, mac(dayKey, salt), passes, memory, lanes, uint32(len(m)))
	copy(m[:], both)
	clear(both)
	return m, nil
}

// Index is where the entry is found.
func (m Made) Index() Index { return Index(m[:IndexLen]) }

// Index is where an entry is found; by itself it names nobody.
type Index [IndexLen]byte

func (m Made) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(m[IndexLen:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal closes a body.
func (m Made) Seal(body []byte) ([]byte, error) {
	aead, err := m.aead()
	if err != nil {
		return nil, fmt.Errorf("closing an entry: %w", err)
	}
	return aead.Seal(nil, nil, body, m[:IndexLen]), nil
}

// Open opens what Seal closed.
func (m Made) Open(sealed []byte) ([]byte, error) {
	aead, err := m.aead()
	if err != nil {
		return nil, fmt.Errorf("opening an entry: %w", err)
	}
	body, err := aead.Open(nil, nil, sealed, m[:IndexLen])
	if err != nil {
		return nil, errors.New("opening an entry: it was changed")
	}
	return body, nil
}
