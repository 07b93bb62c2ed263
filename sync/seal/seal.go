// Package seal closes what people did to the portal's key before it touches the
// disk, so that neither the booth nor who steals it can read its backlog.
//
// Sealing is HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256),
// HKDF-SHA256, AES-256-GCM; a sealed body is [Overhead] bytes longer than the
// plain one. Base mode proves no sender: the outbox adds a MAC under a key of the
// device, and the portal takes the kiosk from the connection and no counter twice.
//
// The portal has one or two keys at a time, so that they can change; they come as
// a set that is signed under the portal's root, which enrolment pinned.
package seal

import (
	"crypto/ecdh"
	"crypto/hpke"
	"fmt"
	"strings"
)

// Overhead is what sealing adds to a body, in bytes: the encapsulated key (32) and
// the tag (16), RFC 9180 sections 7.1 and 7.3.
const Overhead = 48

// protocol separates these ciphertexts from any others made with the same key.
const protocol = "balie/action/1"

// Context is what a sealed body is bound to; opening it under any other fails. The
// id of the key is bound as well.
type Context struct {
	Kiosk   string
	Action  string // the action's id
	Counter uint64
	Type    string
}

// info is HPKE's info string.
func (c Context) info(keyID string) []byte {
	return Fields(protocol, c.Kiosk, c.Action, fmt.Sprint(c.Counter), c.Type, keyID)
}

// Fields writes fields in order, each as its length in bytes, a colon, the field and
// a comma, so that no two lists read alike.
func Fields(fields ...string) []byte {
	var b strings.Builder
	for _, field := range fields {
		fmt.Fprintf(&b, "%d:%s,", len(field), field)
	}
	return []byte(b.String())
}

func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

// Key is a public key of the portal.
type Key struct {
	ID     string `json:"id"`
	Public []byte `json:"public"` // X25519, 32 bytes
}

// Seal closes body. The same body gives another ciphertext every time, so it is
// sealed once and kept so.
func (k Key) Seal(c Context, body []byte) ([]byte, error) {
	pub, err := kem().NewPublicKey(k.Public)
	if err != nil {
		return nil, fmt.Errorf("sealing to key %s: %w", k.ID, err)
	}
	sealed, err := hpke.Seal(pub, hpke.HKDFSHA256(), hpke.AES256GCM(), c.info(k.ID), body)
	if err != nil {
		return nil, fmt.Errorf("sealing to key %s: %w", k.ID, err)
	}
	return sealed, nil
}
