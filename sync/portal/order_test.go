package portal_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"balie/sync/portal"
	"balie/sync/portal/api"
)

func TestWipeOrders(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	nonce, other := bytes.Repeat([]byte{1}, portal.NonceLen), bytes.Repeat([]byte{2}, portal.NonceLen)
	order, err := portal.OrderWipe(private, "K1", nonce, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := portal.CheckWipe(order, public, "K1", nonce); err != nil {
		t.Errorf("the real one: %v", err)
	}
	changed := api.SignedOrder{Payload: bytes.Replace(order.Payload, []byte("K1"), []byte("K2"), 1), Signature: order.Signature}
	// What the root signs for another purpose is no order, even of the same bytes.
	elsewhere := api.SignedOrder{Payload: order.Payload, Signature: ed25519.Sign(private, append([]byte("balie/keys/1\x00"), order.Payload...))}
	for name, err := range map[string]error{
		"another kiosk":       portal.CheckWipe(order, public, "K2", nonce),
		"another enrolment":   portal.CheckWipe(order, public, "K1", other),
		"no nonce":            portal.CheckWipe(order, public, "K1", nil),
		"another root":        portal.CheckWipe(order, newRoot(t), "K1", nonce),
		"no root":             portal.CheckWipe(order, nil, "K1", nonce),
		"changed":             portal.CheckWipe(changed, public, "K2", nonce),
		"for another purpose": portal.CheckWipe(elsewhere, public, "K1", nonce),
		"nothing":             portal.CheckWipe(api.SignedOrder{}, public, "K1", nonce),
	} {
		if !errors.Is(err, portal.ErrNotOrdered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzCheckWipe signs whatever comes: only an order of this enrolment of this kiosk is
// one.
func FuzzCheckWipe(f *testing.F) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"kiosk":"K1","nonce":"AQEBAQEBAQEBAQEBAQEBAQ==","ordered_at":"2026-03-02T09:00:00Z"}`))
	f.Add([]byte(`{"kiosk":"K1"}`))
	f.Add([]byte(`null`))
	nonce := bytes.Repeat([]byte{1}, portal.NonceLen)
	f.Fuzz(func(t *testing.T, payload []byte) {
		o := api.SignedOrder{Payload: payload, Signature: ed25519.Sign(private, append([]byte("balie/wipe/1\x00"), payload...))}
		if portal.CheckWipe(o, public, "K1", nonce) == nil && !bytes.Contains(payload, []byte("K1")) && !bytes.Contains(payload, []byte(`\u00`)) {
			t.Errorf("%q is an order", payload)
		}
	})
}
