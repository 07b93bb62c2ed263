package seal

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
)

// Keys are the portal's keys at one moment. The first is sealed to; a second one is
// announced for later, or still opened.
type Keys struct {
	// Serial rises with every change, so that an old set cannot be played back.
	Serial uint64 `json:"serial"`
	Keys   []Key  `json:"keys"`
}

// Signed is a set of keys under the portal's root.
type Signed struct {
	Payload   []byte `json:"payload"`   // JSON of Keys, as it was signed
	Signature []byte `json:"signature"` // Ed25519 over the domain and the payload
}

// keysDomain separates these signatures from others under the same root.
const keysDomain = "balie/keys/1\x00"

// Why a set of keys is not taken.
var (
	ErrSignature = errors.New("keys are not signed by the portal's root")
	ErrOld       = errors.New("keys are older than those in use")
)

// Sign signs a set of keys; it is the portal's side.
func Sign(root ed25519.PrivateKey, k Keys) (Signed, error) {
	payload, err := json.Marshal(k)
	if err != nil {
		return Signed{}, fmt.Errorf("signing keys: %w", err)
	}
	return Signed{Payload: payload, Signature: ed25519.Sign(root, append([]byte(keysDomain), payload...))}, nil
}

// Verify gives the keys if root signed them and each can be sealed to.
func (s Signed) Verify(root ed25519.PublicKey) (Keys, error) {
	if len(root) != ed25519.PublicKeySize || !ed25519.Verify(root, append([]byte(keysDomain), s.Payload...), s.Signature) {
		return Keys{}, ErrSignature
	}
	var k Keys
	if err := json.Unmarshal(s.Payload, &k); err != nil {
		return Keys{}, fmt.Errorf("reading keys: %w", err)
	}
	if len(k.Keys) == 0 || len(k.Keys) > 2 {
		return Keys{}, fmt.Errorf("reading keys: there are %d, want one or two", len(k.Keys))
	}
	for _, key := range k.Keys {
		if key.ID == "" {
			return Keys{}, errors.New("reading keys: one has no id")
		}
		if _, err := kem().NewPublicKey(key.Public); err != nil {
			return Keys{}, fmt.Errorf("reading key %s: %w", key.ID, err)
		}
	}
	return k, nil
}
