package eid_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"balie/hw/card"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
)

// daemon is the one pcscd that this test binary can speak to: libpcsclite looks for
// its socket only once.
var daemon *pcsctest.Daemon

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	d, err := pcsctest.Start(context.Background(), 1)
	if err == nil {
		err = d.UseHere()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	daemon = d
	result := m.Run()
	if err := d.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return result
}

// TestThroughPCSCD reads the cards of all applets, and proves their holders, through a
// real pcscd, and finds them to send what they send in memory.
func TestThroughPCSCD(t *testing.T) {
	for _, a := range eidtest.Applets() {
		t.Run(string(a), func(t *testing.T) {
			c := mint(t, an(a))
			inMemory := read(t, c, trust(t), everything()).Exchanges
			k := insert(t, c)
			tr := trust(t)
			r, err := eid.Read(t.Context(), k, tr, everything(), nil)
			if err != nil {
				t.Fatal(err)
			}
			checkWhole(t, c, r)
			if r.Exchanges != inMemory {
				t.Errorf("%d exchanges, and %d in memory", r.Exchanges, inMemory)
			}
			p, err := eid.ProveHolder(t.Context(), k, tr, challenge(), typedPIN("1234"))
			if a == eidtest.Applet11 {
				if !errors.Is(err, eid.ErrTriesUnknown) {
					t.Errorf("holder: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := eid.VerifyHolder(p, r.Identity, tr); !got.Proved() {
				t.Errorf("holder: %v", got)
			}
		})
	}
}

// TestPulledThroughPCSCD takes the card out in the middle of the photo.
func TestPulledThroughPCSCD(t *testing.T) {
	c := mint(t, an(eidtest.Applet18))
	k := insert(t, c)
	c.SetFaults(eidtest.Faults{PullAt: 12})
	if _, err := eid.Read(t.Context(), k, trust(t), everything(), nil); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("got %v", err)
	}
}

// TestCancelledThroughPCSCD ends a read of a slow card at once: nothing is seen or
// returned after that.
func TestCancelledThroughPCSCD(t *testing.T) {
	c := mint(t, an(eidtest.Applet18))
	k := insert(t, c)
	c.SetFaults(eidtest.Faults{SlowMS: 100})
	ctx, cancel := context.WithCancel(t.Context())
	c.Trace(func([]byte, []byte) { cancel() })
	ended := make(chan struct{})
	r, err := eid.Read(ctx, k, trust(t), everything(), func(eid.Identity) {
		select {
		case <-ended:
			t.Error("seen after the end")
		default:
		}
	})
	close(ended)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if r.Checks.Verified() {
		t.Error("verified")
	}
}

// TestBesideAnotherProgram reads while another program selects files of the same card:
// each file is read in a transaction. Once in each read it is waited for, between two
// files, and once it tries during what is left of the read. It does no more, because
// libpcsclite asks again for a reader that is held only after a random rest.
func TestBesideAnotherProgram(t *testing.T) {
	c := mint(t, an(eidtest.Applet18))
	k, other := insert(t, c), connect(t)
	turns, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for range turns {
			done <- selectOther(t.Context(), other)
		}
	}()
	defer close(turns)
	for range 10 {
		r, err := eid.Read(t.Context(), k, trust(t), everything(), func(eid.Identity) {
			turns <- struct{}{}
			if err := <-done; err != nil {
				t.Errorf("the other program, between: %v", err)
			}
			turns <- struct{}{}
		})
		if err != nil {
			t.Fatal(err)
		}
		checkWhole(t, c, r)
		if err := <-done; err != nil {
			t.Errorf("the other program, beside: %v", err)
		}
	}
}

// selectOther selects the certificate of the authority, and reads of it.
func selectOther(ctx context.Context, k *pcsc.Card) error {
	if err := k.Begin(ctx); err != nil {
		return err
	}
	_, err := k.Transmit(ctx, []byte{0x00, 0xA4, 0x08, 0x0C, 0x06, 0x3F, 0x00, 0xDF, 0x00, 0x50, 0x3A})
	if err == nil {
		_, err = k.Transmit(ctx, []byte{0x00, 0xB0, 0x00, 0x00, 0x10})
	}
	return errors.Join(err, k.End())
}

// insert puts a card into the reader of the daemon and connects to it.
func insert(t *testing.T, c *eidtest.Card) *pcsc.Card {
	t.Helper()
	slot := eidtest.NewReader(daemon.Addresses()[0])
	if err := slot.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := slot.Pull(); err != nil && !errors.Is(err, eidtest.ErrEmpty) {
			t.Error(err)
		}
		if err := pcsctest.AwaitEmpty(context.Background(), daemon.Names()[0]); err != nil {
			t.Error(err)
		}
	})
	waitFor(t, pcsc.New(pcsc.Options{}), daemon.Names()[0], pcsc.CardInserted)
	return connect(t)
}

// connect connects to the card in the reader of the daemon.
func connect(t *testing.T) *pcsc.Card {
	t.Helper()
	k, err := pcsc.New(pcsc.Options{}).Connect(t.Context(), daemon.Names()[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// waitFor waits until the readers report something.
func waitFor(t *testing.T, readers *pcsc.Readers, name string, kind pcsc.Kind) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	found := false
	err := readers.Watch(ctx, func(e pcsc.Event) {
		if e.Kind == kind && e.Reader == name {
			found = true
			cancel()
		}
	})
	if !found {
		t.Fatalf("no card was noticed: %v", err)
	}
}
