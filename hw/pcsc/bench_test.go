package pcsc_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ebfe/scard"

	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
)

// bench is two readers, real pcscd or fake, that a test can handle.
type bench interface {
	service() pcsc.Service
	names() []string
	insert(t *testing.T, reader int, c *eidtest.Card)
	pull(t *testing.T, reader int)
	claim(t *testing.T, reader int) (free func())
	stop()
	start(t *testing.T)
}

// onBoth runs a test on the fake and on the real thing, beside other tests.
func onBoth(t *testing.T, test func(t *testing.T, b bench)) {
	t.Helper()
	t.Parallel()
	t.Run("fake", func(t *testing.T) {
		t.Parallel()
		test(t, newFakeBench(t))
	})
	t.Run("pcscd", func(t *testing.T) {
		t.Parallel()
		test(t, newRealBench(t))
	})
}

// onBothAlone is for a test that stops pcscd, under which others would suffer.
func onBothAlone(t *testing.T, test func(t *testing.T, b bench)) {
	t.Helper()
	t.Run("fake", func(t *testing.T) { test(t, newFakeBench(t)) })
	t.Run("pcscd", func(t *testing.T) { test(t, newRealBench(t)) })
}

// newRealBench has two empty readers behind the real pcscd, also at the end of the
// test, and sees no others.
func newRealBench(t *testing.T) realBench {
	t.Helper()
	pair := <-pairs
	t.Cleanup(func() { pairs <- pair })
	b := realBench{pair: daemon.Names()[2*pair : 2*pair+2]}
	for _, address := range daemon.Addresses()[2*pair : 2*pair+2] {
		b.readers = append(b.readers, eidtest.NewReader(address))
	}
	t.Cleanup(func() {
		for _, r := range b.readers {
			if err := r.Pull(); err != nil && !errors.Is(err, eidtest.ErrEmpty) {
				t.Error(err)
			}
		}
		must(t, pcsctest.AwaitEmpty(context.Background(), b.pair...))
	})
	return b
}

// onlyThese is PC/SC with these readers and no others.
type onlyThese struct {
	pcsc.Service
	names []string
}

func (o onlyThese) Establish() (pcsc.Context, error) {
	c, err := o.Service.Establish()
	if err != nil {
		return nil, err
	}
	return onlyTheseOf{c, o.names}, nil
}

type onlyTheseOf struct {
	pcsc.Context
	names []string
}

func (o onlyTheseOf) ListReaders() ([]string, error) {
	all, err := o.Context.ListReaders()
	return slices.DeleteFunc(all, func(name string) bool { return !slices.Contains(o.names, name) }), err
}

type fakeBench struct{ fake *pcsctest.Fake }

// newFakeBench checks at the end of the test that all is given back: a call that was
// cancelled has returned before its card's goroutine has.
func newFakeBench(t *testing.T) fakeBench {
	t.Helper()
	b := fakeBench{pcsctest.NewFake()}
	for _, name := range b.names() {
		b.fake.Plug(name)
	}
	t.Cleanup(func() {
		waitUntil(t, "all contexts and handles are given back", func() bool {
			contexts, handles := b.fake.Open()
			return contexts == 0 && handles == 0
		})
	})
	return b
}

func (b fakeBench) service() pcsc.Service { return b.fake }
func (b fakeBench) names() []string       { return []string{"Fake 00 00", "Fake 00 01"} }
func (b fakeBench) stop()                 { b.fake.Stop() }
func (b fakeBench) start(*testing.T)      { b.fake.Start() }

func (b fakeBench) insert(t *testing.T, reader int, c *eidtest.Card) {
	t.Helper()
	must(t, b.fake.Insert(b.names()[reader], c))
}

func (b fakeBench) pull(t *testing.T, reader int) {
	t.Helper()
	must(t, b.fake.Pull(b.names()[reader]))
}

func (b fakeBench) claim(t *testing.T, reader int) func() {
	t.Helper()
	must(t, b.fake.Claim(b.names()[reader]))
	return func() { must(t, b.fake.Free(b.names()[reader])) }
}

type realBench struct {
	pair    []string
	readers []*eidtest.Reader
}

func (b realBench) service() pcsc.Service { return onlyThese{pcsc.NewSystem(), b.pair} }
func (b realBench) names() []string       { return b.pair }
func (b realBench) stop()                 { daemon.Kill() }

func (b realBench) start(t *testing.T) {
	t.Helper()
	must(t, daemon.Restart(t.Context()))
}

func (b realBench) insert(t *testing.T, reader int, c *eidtest.Card) {
	t.Helper()
	must(t, b.readers[reader].Insert(t.Context(), c))
}

func (b realBench) pull(t *testing.T, reader int) {
	t.Helper()
	must(t, b.readers[reader].Pull())
}

// claim connects exclusively, as scdaemon does. pcscd wants a card for that.
func (b realBench) claim(t *testing.T, reader int) func() {
	t.Helper()
	c, err := scard.EstablishContext()
	must(t, err)
	card, err := c.Connect(b.names()[reader], scard.ShareExclusive, scard.ProtocolT0)
	must(t, err)
	return func() {
		must(t, card.Disconnect(scard.LeaveCard))
		must(t, c.Release())
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// waitUntil looks again and again at something that only real time brings about.
func waitUntil(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatalf("after 10 s, it is not so that %s", what)
		}
	}
}

// watched is a Watch under way.
type watched struct {
	events chan pcsc.Event
	end    func()
}

// watch begins to watch, and ends with the test at the latest.
func watch(t *testing.T, r *pcsc.Readers) watched {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := watched{events: make(chan pcsc.Event, 1000)}
	result := make(chan error, 1)
	go func() { result <- r.Watch(ctx, func(e pcsc.Event) { w.events <- e }) }()
	ended := false
	w.end = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		select {
		case err := <-result:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Watch returned %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Watch does not return")
		}
	}
	t.Cleanup(w.end)
	return w
}

// next is the next event.
func (w watched) next(t *testing.T) pcsc.Event {
	t.Helper()
	select {
	case e := <-w.events:
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("no event for 20 s")
		return pcsc.Event{}
	}
}

// expect demands these events, in this order and no other between.
func (w watched) expect(t *testing.T, want ...pcsc.Event) {
	t.Helper()
	for _, e := range want {
		if got := w.next(t); got.Kind != e.Kind || got.Reader != e.Reader {
			t.Fatalf("%s %q came, not %s %q", got.Kind, got.Reader, e.Kind, e.Reader)
		}
	}
}

// silent demands that no event is waiting.
func (w watched) silent(t *testing.T) {
	t.Helper()
	select {
	case e := <-w.events:
		t.Fatalf("%s %q came too", e.Kind, e.Reader)
	default:
	}
}

func newCard(t *testing.T, faults eidtest.Faults) *eidtest.Card {
	t.Helper()
	c, err := cards().Mint(eidtest.Description{ID: "x", Given: "Jan", Family: "Test", Faults: faults})
	must(t, err)
	return c
}
