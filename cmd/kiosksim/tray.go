package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"balie/hw/eid/eidtest"
	"balie/internal/durable"
)

// loadPKI gives the test PKI of a state folder, made at the first time. The roots
// to trust are written beside it.
func loadPKI(dir string) (*eidtest.PKI, error) {
	secret := filepath.Join(dir, "test-pki.pem")
	text, err := os.ReadFile(secret)
	if errors.Is(err, os.ErrNotExist) {
		return makePKI(dir, secret)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the test PKI: %w", err)
	}
	pki, err := eidtest.RestorePKI(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: remove the file, and a new one is made", secret, err)
	}
	return pki, writeRoot(dir, pki)
}

func makePKI(dir, secret string) (*eidtest.PKI, error) {
	pki, err := eidtest.NewPKI()
	if err != nil {
		return nil, err
	}
	text, err := pki.Keep()
	if err != nil {
		return nil, err
	}
	if err := durable.WriteFile(secret, text); err != nil {
		return nil, fmt.Errorf("keeping the test PKI: %w", err)
	}
	return pki, writeRoot(dir, pki)
}

func rootPath(dir string) string { return filepath.Join(dir, "test-root.pem") }

func writeRoot(dir string, pki *eidtest.PKI) error {
	if err := durable.WriteFile(rootPath(dir), pki.RootPEM()); err != nil {
		return fmt.Errorf("writing the test root: %w", err)
	}
	return nil
}

// cardFault is what a card is made to do wrong: what eidtest can play, and damage
// to its files, for which it is minted again.
type cardFault struct {
	eidtest.Faults
	damage
}

// damage is done to the files after they were signed.
type damage struct {
	Flip  []eidtest.Flip `json:"flip,omitempty"`
	Sizes []eidtest.Size `json:"sizes,omitempty"`
	Gone  []eidtest.Path `json:"gone,omitempty"`
}

func (f cardFault) none() bool { return reflect.DeepEqual(f, cardFault{}) }

// virtualCard is a card of the tray.
type virtualCard struct {
	description eidtest.Description // as it came, without the faults of today
	card        *eidtest.Card       // as it was last minted
	minted      damage              // done to card
	fault       cardFault           // from the next insertion on
	playing     eidtest.Faults      // since the last insertion
}

func newVirtualCard(pki *eidtest.PKI, d eidtest.Description) (*virtualCard, error) {
	c, err := pki.Mint(d)
	if err != nil {
		return nil, err
	}
	return &virtualCard{description: d, card: c, fault: cardFault{Faults: d.Faults}}, nil
}

// prepare mints the card again where today's damage is another, and gives it its
// faults.
func (v *virtualCard) prepare(pki *eidtest.PKI) error {
	if !reflect.DeepEqual(v.minted, v.fault.damage) {
		c, err := v.damaged(pki)
		if err != nil {
			return err
		}
		v.card, v.minted = c, v.fault.damage
	}
	v.card.SetFaults(v.fault.Faults)
	v.playing = v.fault.Faults
	return nil
}

// damaged mints the card with today's damage.
func (v *virtualCard) damaged(pki *eidtest.PKI) (*eidtest.Card, error) {
	d := v.description
	d.Flaws.Flip = append(append([]eidtest.Flip(nil), d.Flaws.Flip...), v.fault.Flip...)
	d.Flaws.Sizes = append(append([]eidtest.Size(nil), d.Flaws.Sizes...), v.fault.Sizes...)
	d.Flaws.Gone = append(append([]eidtest.Path(nil), d.Flaws.Gone...), v.fault.Gone...)
	return pki.Mint(d)
}

// fellOut tells whether the card's own fault took it out of its reader.
func (v *virtualCard) fellOut() bool {
	return v.playing.PullAt > 0 && v.card.Exchanges() >= v.playing.PullAt
}
