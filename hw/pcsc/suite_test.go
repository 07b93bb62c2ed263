package pcsc_test

import (
	"context"
	"testing"

	"balie/hw/card"
	"balie/hw/card/cardtest"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
)

// TestCardConforms holds a connection to what every card does, from outside its
// goroutine and in it.
func TestCardConforms(t *testing.T) {
	t.Parallel()
	t.Run("outside", func(t *testing.T) { conforms(t, func(k *pcsc.Card) card.Card { return k }) })
	t.Run("inside", func(t *testing.T) { conforms(t, func(k *pcsc.Card) card.Card { return eachInside{k} }) })
}

func conforms(t *testing.T, as func(*pcsc.Card) card.Card) {
	t.Helper()
	onBoth(t, func(t *testing.T, b bench) {
		r := pcsc.NewWith(b.service(), pcsc.Options{})
		w := watch(t, r)
		w.expect(t, both(b)...)
		name, c := b.names()[0], newCard(t, eidtest.Faults{})
		in := false
		insert := func(t cardtest.T) {
			if !in {
				b.insert(realT(t), 0, c)
				w.expect(realT(t), event(pcsc.CardInserted, name))
			}
			in = true
		}
		suite := cardtest.Suite{
			Open: func(t cardtest.T) card.Card {
				insert(t)
				k, err := r.Connect(realT(t).Context(), name)
				must(realT(t), err)
				realT(t).Cleanup(func() { must(realT(t), k.Close()) })
				return as(k)
			},
			Pull: func(t cardtest.T) {
				b.pull(realT(t), 0)
				w.expect(realT(t), event(pcsc.CardRemoved, name))
				in = false
			},
			Insert: insert,
			Select: selectIdentity,
			Read:   readBinary,
		}
		for _, test := range suite.Cases() {
			t.Run(test.Name, func(t *testing.T) { test.Run(t.Context(), t) })
		}
	})
}

// eachInside makes each call in the card's goroutine.
type eachInside struct{ k *pcsc.Card }

func (e eachInside) ATR() []byte { return e.k.ATR() }

func (e eachInside) Transmit(ctx context.Context, command []byte) (response []byte, err error) {
	err = e.k.Run(ctx, func(c card.Card) (err error) { response, err = c.Transmit(ctx, command); return err })
	return response, err
}

func (e eachInside) Begin(ctx context.Context) error {
	return e.k.Run(ctx, func(c card.Card) error { return c.Begin(ctx) })
}

func (e eachInside) End() error {
	return e.k.Run(context.Background(), func(c card.Card) error { return c.End() })
}

func (e eachInside) Reset(ctx context.Context) error {
	return e.k.Run(ctx, func(c card.Card) error { return c.Reset(ctx) })
}

// realT is the test itself: the suite hands back what it was given.
func realT(t cardtest.T) *testing.T {
	real, _ := t.(*testing.T)
	return real
}
