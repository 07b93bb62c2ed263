package pcsc_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"runtime"
	"testing"
	"time"

	"balie/hw/card"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
)

var kills = flag.Int("kills", 10, "how often TestKilledUnderLoad kills pcscd")

// TestStorm pulls and inserts as fast as the reader takes it, while somebody
// watches and somebody reads. Each card is told once, and each read ends in a whole
// answer or in an error of the contract.
func TestStorm(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		r := pcsc.NewWith(b.service(), pcsc.Options{})
		w := watch(t, r)
		w.expect(t, both(b)...)
		ctx, cancel := context.WithCancel(t.Context())
		reads := make(chan error, 1)
		go func() { reads <- readOnAndOn(ctx, r, b.names()[0]) }()
		for range 8 {
			b.insert(t, 0, newCard(t, eidtest.Faults{}))
			w.expect(t, event(pcsc.CardInserted, b.names()[0]))
			b.pull(t, 0)
			w.expect(t, event(pcsc.CardRemoved, b.names()[0]))
		}
		cancel()
		if err := <-reads; err != nil {
			t.Error(err)
		}
		w.silent(t)
	})
}

// readOnAndOn connects and reads until ctx ends, and gives an error that is none
// of those a caller must expect.
func readOnAndOn(ctx context.Context, r *pcsc.Readers, reader string) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		err := readOnce(ctx, r, reader)
		expected := err == nil || ctx.Err() != nil
		for _, kind := range []error{card.ErrRemoved, card.ErrReset, card.ErrComm, pcsc.ErrNoCard, pcsc.ErrNoReader, pcsc.ErrNoService, pcsc.ErrMute} {
			expected = expected || errors.Is(err, kind)
		}
		if !expected {
			return err
		}
		<-tick.C
	}
	return nil
}

func readOnce(ctx context.Context, r *pcsc.Readers, reader string) (err error) {
	k, err := r.Connect(ctx, reader)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	for range 5 {
		for _, command := range [][]byte{selectIdentity, readBinary} {
			if _, err := k.Transmit(ctx, command); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestKilledUnderLoad kills pcscd while cards are read and watched. It is survived
// each time, and leaves no goroutine behind, and no connection to pcscd: each context
// of PC/SC is one.
func TestKilledUnderLoad(t *testing.T) {
	before, files := runtime.NumGoroutine(), openFiles(t)
	onBothAlone(t, func(t *testing.T, b bench) {
		r := pcsc.NewWith(b.service(), pcsc.Options{})
		w := watch(t, r)
		w.expect(t, both(b)...)
		ctx, cancel := context.WithCancel(t.Context())
		reads := make(chan error, 1)
		go func() { reads <- readOnAndOn(ctx, r, b.names()[0]) }()
		for range *kills {
			b.insert(t, 0, newCard(t, eidtest.Faults{}))
			w.until(t, pcsc.CardInserted)
			b.stop()
			w.until(t, pcsc.ServiceDown)
			pullIfIn(b)
			b.start(t)
			w.until(t, pcsc.ServiceUp)
		}
		cancel()
		if err := <-reads; err != nil {
			t.Error(err)
		}
	})
	waitUntil(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
	waitUntil(t, "all files are closed", func() bool { return openFiles(t) <= files })
}

// openFiles is how many files, sockets included, this process has open.
func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(list)
}

// until lets events go by up to one of a kind.
func (w watched) until(t *testing.T, kind pcsc.Kind) {
	t.Helper()
	for w.next(t).Kind != kind {
	}
}

// TestReadersChangeWithTheService is a restart of pcscd with another set of
// readers: the only way to plug a virtual one. Without any, pcscd is up all the same.
func TestReadersChangeWithTheService(t *testing.T) {
	bench := newRealBench(t)
	r := pcsc.NewWith(bench.service(), pcsc.Options{})
	w := watch(t, r)
	a, b := bench.names()[0], bench.names()[1]
	w.expect(t, event(pcsc.ReaderReady, a), event(pcsc.ReaderReady, b))
	must(t, daemon.Readers(t.Context(), 0))
	w.expect(t, event(pcsc.ReaderLost, a), event(pcsc.ReaderLost, b), pcsc.Event{Kind: pcsc.ServiceDown}, pcsc.Event{Kind: pcsc.ServiceUp})
	if names, err := r.List(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("readers %q, %v", names, err)
	}
	must(t, daemon.Readers(t.Context(), len(daemon.Names())))
	w.expect(t, pcsc.Event{Kind: pcsc.ServiceDown}, pcsc.Event{Kind: pcsc.ServiceUp}, event(pcsc.ReaderReady, a), event(pcsc.ReaderReady, b))
	w.silent(t)
}
