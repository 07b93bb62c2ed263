package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/internal/secret"
	"balie/sync/portal"
	"balie/sync/portal/conformance"
)

// minter makes cards of invented people under a test root, for the suite. It reads
// them as a kiosk does.
type minter struct {
	pki   *eidtest.PKI
	trust *eid.Trust

	mu    sync.Mutex
	cards map[string]*eidtest.Card // guarded by mu; by person, and whether it is forged
}

var _ conformance.Cards = (*minter)(nil)

// newMinter makes cards under the roots whose keys a file has.
func newMinter(keys string) (*minter, error) {
	text, err := os.ReadFile(keys)
	if err != nil {
		return nil, err
	}
	pki, err := eidtest.RestorePKI(text)
	if err != nil {
		return nil, err
	}
	trust, err := eid.NewTrust(eid.TrustOptions{})
	return &minter{pki: pki, trust: trust, cards: map[string]*eidtest.Card{}}, err
}

// cardTime is how long a virtual card may take.
const cardTime = 30 * time.Second

func (m *minter) card(p conformance.Person, forged bool) (*eidtest.Card, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := fmt.Sprint(p.ID, forged)
	if c := m.cards[key]; c != nil {
		return c, nil
	}
	d := eidtest.Description{ID: p.ID, Given: "Suite", Family: "Voorbeeld", Type: "citizen"}
	for _, known := range eidtest.Tray() {
		if known.ID == p.ID {
			d = known
		}
	}
	d.NationalNumber, d.Birth, d.Flaws = p.Number, p.Birth, eidtest.Flaws{IdentitySignature: forged}
	c, err := m.pki.Mint(d)
	if err != nil {
		return nil, fmt.Errorf("making the card of %s: %w", p.ID, err)
	}
	m.cards[key] = c
	return c, nil
}

func (m *minter) read(p conformance.Person, forged bool) (portal.Proof, *eidtest.Card, error) {
	ctx, cancel := context.WithTimeout(context.Background(), cardTime)
	defer cancel()
	c, err := m.card(p, forged)
	if err != nil {
		return portal.Proof{}, nil, err
	}
	record, err := eid.Read(ctx, c, m.trust, eid.Want{Genuine: true}, nil)
	if err != nil {
		return portal.Proof{}, nil, fmt.Errorf("reading the card of %s: %w", p.ID, err)
	}
	r := record.Proof
	return portal.Proof{
		Identity: r.Identity, Signature: r.Signature, RRN: r.RRN, Root: r.Root, Challenge: r.Challenge, Answer: r.Answer, PublicKey: r.PublicKey,
	}, c, nil
}

// Card is what the card of someone gives.
func (m *minter) Card(p conformance.Person) (portal.Proof, error) {
	proof, _, err := m.read(p, false)
	return proof, err
}

// Forged is such a card that another key signed.
func (m *minter) Forged(p conformance.Person) (portal.Proof, error) {
	proof, _, err := m.read(p, true)
	return proof, err
}

// Holder types the PIN.
func (m *minter) Holder(p conformance.Person, challenge []byte) (portal.Proof, portal.HolderProof, error) {
	proof, c, err := m.read(p, false)
	if err != nil {
		return proof, portal.HolderProof{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), cardTime)
	defer cancel()
	h, err := eid.ProveHolder(ctx, c, m.trust, challenge, eid.Typed(secret.NewBytes([]byte("1234"))))
	if err != nil {
		return proof, portal.HolderProof{}, fmt.Errorf("proving the holder of the card of %s: %w", p.ID, err)
	}
	return proof, portal.HolderProof{
		Challenge: h.Challenge, Signature: h.Signature, Certificate: h.Certificate, CA: h.CA, Root: h.Root,
	}, nil
}
