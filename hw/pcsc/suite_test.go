package pcsc_test

import (
	"testing"

	"balie/hw/card"
	"balie/hw/card/cardtest"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
)

// TestCardConforms holds a connection to what every card does.
func TestCardConforms(t *testing.T) {
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
				return k
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

// realT is the test itself: the suite hands back what it was given.
func realT(t cardtest.T) *testing.T {
	real, _ := t.(*testing.T)
	return real
}
