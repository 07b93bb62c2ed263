package portal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"balie/sync/portal/api"
)

// NonceLen is how long the nonce of an enrolment is, in bytes.
const NonceLen = 16

// wipeDomain separates these signatures from others under the same root.
const wipeDomain = "balie/wipe/1\x00"

// ErrNotOrdered says that an order to wipe is not the root's, or of another kiosk or
// enrolment.
var ErrNotOrdered = errors.New("not an order to this kiosk under the portal's root")

// wipeOrder is WipeOrder of openapi.yaml.
type wipeOrder struct {
	Kiosk     string    `json:"kiosk"`
	Nonce     []byte    `json:"nonce"`
	OrderedAt time.Time `json:"ordered_at"`
}

// OrderWipe signs an order to wipe one enrolment of a kiosk; it is the portal's side.
func OrderWipe(root ed25519.PrivateKey, kiosk string, nonce []byte, at time.Time) (api.SignedOrder, error) {
	payload, err := json.Marshal(wipeOrder{Kiosk: kiosk, Nonce: nonce, OrderedAt: at.UTC()})
	if err != nil {
		return api.SignedOrder{}, fmt.Errorf("ordering a wipe: %w", err)
	}
	return api.SignedOrder{Payload: payload, Signature: ed25519.Sign(root, append([]byte(wipeDomain), payload...))}, nil
}

// CheckWipe tells whether root orders this enrolment of this kiosk to be wiped. The
// error is [ErrNotOrdered].
func CheckWipe(o api.SignedOrder, root ed25519.PublicKey, kiosk string, nonce []byte) error {
	if len(root) != ed25519.PublicKeySize || !ed25519.Verify(root, append([]byte(wipeDomain), o.Payload...), o.Signature) {
		return ErrNotOrdered
	}
	var order wipeOrder
	if json.Unmarshal(o.Payload, &order) != nil || order.Kiosk != kiosk || len(nonce) != NonceLen || !bytes.Equal(order.Nonce, nonce) {
		return ErrNotOrdered
	}
	return nil
}
