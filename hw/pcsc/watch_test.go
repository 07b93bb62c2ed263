package pcsc_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
)

// cards is the country of all cards in these tests.
var cards = sync.OnceValue(func() *eidtest.PKI {
	pki, err := eidtest.NewQuickPKI()
	if err != nil {
		return &eidtest.PKI{}
	}
	return pki
})

func event(kind pcsc.Kind, reader string) pcsc.Event { return pcsc.Event{Kind: kind, Reader: reader} }

// both is that both readers of a bench are ready.
func both(b bench) []pcsc.Event {
	return []pcsc.Event{event(pcsc.ReaderReady, b.names()[0]), event(pcsc.ReaderReady, b.names()[1])}
}

func TestWatchTellsThePresentFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		c := newCard(t, eidtest.Faults{})
		b.insert(t, 1, c)
		first := watch(t, pcsc.NewWith(b.service(), pcsc.Options{}))
		first.expect(t, both(b)...)
		got := first.next(t)
		if got.Kind != pcsc.CardInserted || got.Reader != b.names()[1] || !bytes.Equal(got.ATR, c.ATR()) {
			t.Errorf("%+v came", got)
		}
		second := watch(t, pcsc.NewWith(b.service(), pcsc.Options{}))
		second.expect(t, append(both(b), event(pcsc.CardInserted, b.names()[1]))...)
	})
}

func TestInsertAndPull(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		w := watch(t, pcsc.NewWith(b.service(), pcsc.Options{Roles: []pcsc.Role{{Name: "desk", Match: "00 01"}}}))
		w.expect(t, both(b)...)
		for reader, role := range map[int]string{0: "", 1: "desk"} {
			name := b.names()[reader]
			b.insert(t, reader, newCard(t, eidtest.Faults{}))
			if got := w.next(t); got.Kind != pcsc.CardInserted || got.Reader != name || got.Role != role {
				t.Fatalf("%+v came", got)
			}
			b.pull(t, reader)
			w.expect(t, event(pcsc.CardRemoved, name))
		}
		w.silent(t)
	})
}

func TestQuickSwapIsSeen(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		w := watch(t, pcsc.NewWith(b.service(), pcsc.Options{}))
		w.expect(t, both(b)...)
		name := b.names()[0]
		b.insert(t, 0, newCard(t, eidtest.Faults{}))
		w.expect(t, event(pcsc.CardInserted, name))
		for range 5 {
			b.pull(t, 0)
			b.insert(t, 0, newCard(t, eidtest.Faults{}))
			w.expect(t, event(pcsc.CardRemoved, name), event(pcsc.CardInserted, name))
		}
		w.silent(t)
	})
}

func TestMuteCard(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		r := pcsc.NewWith(b.service(), pcsc.Options{})
		w := watch(t, r)
		w.expect(t, both(b)...)
		b.insert(t, 0, newCard(t, eidtest.Faults{Mute: true}))
		w.expect(t, event(pcsc.CardMute, b.names()[0]))
		if _, err := r.Connect(t.Context(), b.names()[0]); !errors.Is(err, pcsc.ErrMute) {
			t.Errorf("Connect says %v", err)
		}
		b.pull(t, 0)
		w.expect(t, event(pcsc.CardRemoved, b.names()[0]))
	})
}

func TestClaimedReader(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		r := pcsc.NewWith(b.service(), pcsc.Options{})
		w := watch(t, r)
		w.expect(t, both(b)...)
		name := b.names()[0]
		b.insert(t, 0, newCard(t, eidtest.Faults{}))
		w.expect(t, event(pcsc.CardInserted, name))
		free := b.claim(t, 0)
		w.expect(t, event(pcsc.ReaderClaimed, name))
		if _, err := r.Connect(t.Context(), name); !errors.Is(err, pcsc.ErrClaimed) {
			t.Errorf("Connect says %v", err)
		}
		free()
		w.expect(t, event(pcsc.ReaderReady, name))
		c, err := r.Connect(t.Context(), name)
		must(t, err)
		must(t, c.Close())
		b.pull(t, 0)
		w.expect(t, event(pcsc.CardRemoved, name))
	})
}

func TestServiceRestart(t *testing.T) {
	onBothAlone(t, func(t *testing.T, b bench) {
		w := watch(t, pcsc.NewWith(b.service(), pcsc.Options{}))
		w.expect(t, both(b)...)
		for range 5 {
			b.insert(t, 0, newCard(t, eidtest.Faults{}))
			w.expect(t, event(pcsc.CardInserted, b.names()[0]))
			b.stop()
			w.expect(t, event(pcsc.CardRemoved, b.names()[0]), event(pcsc.ReaderLost, b.names()[0]), event(pcsc.ReaderLost, b.names()[1]))
			down := w.next(t)
			if down.Kind != pcsc.ServiceDown || !errors.Is(down.Err, pcsc.ErrNoService) {
				t.Fatalf("%+v came", down)
			}
			pullIfIn(b)
			b.start(t)
			w.expect(t, append([]pcsc.Event{{Kind: pcsc.ServiceUp}}, both(b)...)...)
		}
		w.silent(t)
	})
}

// pullIfIn takes the card out of reader 0 while the service is down. The end of a
// real pcscd has cut the virtual card off already.
func pullIfIn(b bench) {
	switch b := b.(type) {
	case fakeBench:
		_ = b.fake.Pull(b.names()[0])
	case realBench:
		_ = b.readers[0].Pull()
	}
}

func TestWatchEndsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		for range 20 {
			w := watch(t, pcsc.NewWith(b.service(), pcsc.Options{}))
			w.end()
		}
		w := watch(t, pcsc.NewWith(b.service(), pcsc.Options{}))
		w.expect(t, both(b)...)
		w.end()
	})
}

func TestPlugAndUnplug(t *testing.T) {
	t.Parallel()
	fake := pcsctest.NewFake()
	w := watch(t, pcsc.NewWith(fake, pcsc.Options{Ignore: []string{"hello", "*contactless*"}}))
	fake.Plug("Windows Hello 00 00")
	fake.Plug("ACS ACR39U 00 00")
	w.expect(t, event(pcsc.ReaderReady, "ACS ACR39U 00 00"))
	fake.Plug("Brand X Contactless 00 00")
	must(t, fake.Insert("Brand X Contactless 00 00", newCard(t, eidtest.Faults{})))
	must(t, fake.Insert("ACS ACR39U 00 00", newCard(t, eidtest.Faults{})))
	w.expect(t, event(pcsc.CardInserted, "ACS ACR39U 00 00"))
	must(t, fake.Unplug("ACS ACR39U 00 00"))
	w.expect(t, event(pcsc.CardRemoved, "ACS ACR39U 00 00"), event(pcsc.ReaderLost, "ACS ACR39U 00 00"))
	must(t, fake.Unplug("Windows Hello 00 00"))
	must(t, fake.Unplug("Brand X Contactless 00 00"))
	fake.Plug("ACS ACR39U 01 00")
	w.expect(t, event(pcsc.ReaderReady, "ACS ACR39U 01 00"))
	w.silent(t)
}

func TestRefusedByPolkit(t *testing.T) {
	t.Parallel()
	fake := pcsctest.NewFake()
	fake.Deny(true)
	r := pcsc.NewWith(fake, pcsc.Options{})
	w := watch(t, r)
	if got := w.next(t); got.Kind != pcsc.ServiceDown || !errors.Is(got.Err, pcsc.ErrNoAccess) {
		t.Fatalf("%+v came", got)
	}
	if _, err := r.Connect(context.Background(), "x"); !errors.Is(err, pcsc.ErrNoAccess) {
		t.Errorf("Connect says %v", err)
	}
	fake.Deny(false)
	w.expect(t, pcsc.Event{Kind: pcsc.ServiceUp})
}

// TestHangingService is a pcscd that lives and does not answer: its client library
// waits for ever. It counts as gone until it answers, and a Watch ends all the same.
func TestHangingService(t *testing.T) {
	b := newRealBench(t)
	r := pcsc.NewWith(b.service(), pcsc.Options{}.WithSilence(2500*time.Millisecond))
	w, other := watch(t, r), watch(t, r)
	w.expect(t, both(b)...)
	b.insert(t, 0, newCard(t, eidtest.Faults{}))
	w.expect(t, event(pcsc.CardInserted, b.names()[0]))
	must(t, daemon.Freeze())
	t.Cleanup(func() { _ = daemon.Thaw() }) // it hangs no more, most often
	w.expect(t, event(pcsc.CardRemoved, b.names()[0]), event(pcsc.ReaderLost, b.names()[0]), event(pcsc.ReaderLost, b.names()[1]))
	if down := w.next(t); down.Kind != pcsc.ServiceDown || !errors.Is(down.Err, pcsc.ErrNoService) {
		t.Fatalf("%+v came", down)
	}
	other.end()
	soon, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := r.List(soon); !errors.Is(err, pcsc.ErrNoService) {
		t.Errorf("listing: %v", err)
	}
	if _, err := r.Connect(soon, b.names()[0]); !errors.Is(err, pcsc.ErrNoService) {
		t.Errorf("connecting: %v", err)
	}
	must(t, daemon.Thaw())
	w.expect(t, append(append([]pcsc.Event{{Kind: pcsc.ServiceUp}}, both(b)...), event(pcsc.CardInserted, b.names()[0]))...)
	b.pull(t, 0)
	w.expect(t, event(pcsc.CardRemoved, b.names()[0]))
}
