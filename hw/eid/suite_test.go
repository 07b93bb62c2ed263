package eid_test

import (
	"context"
	"testing"

	"balie/hw/card"
	"balie/hw/card/cardtest"
	"balie/hw/eid/eidtest"
)

// TestVirtualCardConforms holds the virtual card to what every card does.
func TestVirtualCardConforms(t *testing.T) {
	for _, a := range eidtest.Applets() {
		c := mint(t, an(a))
		suite := cardtest.Suite{
			Open: func(t cardtest.T) card.Card {
				c.Insert()
				if err := c.Reset(context.Background()); err != nil {
					t.Fatalf("inserting: %v", err)
				}
				return c
			},
			Pull:   func(cardtest.T) { c.Pull() },
			Insert: func(cardtest.T) { c.Insert() },
			Select: []byte{0x00, 0xA4, 0x08, 0x0C, 0x06, 0x3F, 0x00, 0xDF, 0x01, 0x40, 0x31},
			Read:   []byte{0x00, 0xB0, 0x00, 0x00, 0x10},
		}
		for _, test := range suite.Cases() {
			t.Run(string(a)+"/"+test.Name, func(t *testing.T) { test.Run(t.Context(), t) })
		}
	}
}
