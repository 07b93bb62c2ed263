package seal

import (
	"crypto/hpke"
	"errors"
	"fmt"
)

// ErrOpen says that a body was not sealed to this key in this context, or was changed.
var ErrOpen = errors.New("sealed body does not open")

// Opener is the private half of a [Key]; only the portal has one.
type Opener struct {
	id      string
	private hpke.PrivateKey
}

// NewOpener makes a new key pair.
func NewOpener(id string) (*Opener, error) {
	private, err := kem().GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("making key %s: %w", id, err)
	}
	return &Opener{id: id, private: private}, nil
}

// LoadOpener takes a private key from the 32 bytes that [Opener.Bytes] gave.
func LoadOpener(id string, raw []byte) (*Opener, error) {
	private, err := kem().NewPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("loading key %s: %w", id, err)
	}
	return &Opener{id: id, private: private}, nil
}

// Bytes is the private key.
func (o *Opener) Bytes() ([]byte, error) { return o.private.Bytes() }

// Key is the public half.
func (o *Opener) Key() Key { return Key{ID: o.id, Public: o.private.PublicKey().Bytes()} }

// Open gives the body. The error wraps [ErrOpen].
func (o *Opener) Open(c Context, sealed []byte) ([]byte, error) {
	body, err := hpke.Open(o.private, hpke.HKDFSHA256(), hpke.AES256GCM(), c.info(o.id), sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOpen, err)
	}
	return body, nil
}
