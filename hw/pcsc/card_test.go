package pcsc_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"balie/hw/card"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
)

// Commands of a Belgian card.
var (
	selectIdentity = []byte{0x00, 0xA4, 0x08, 0x0C, 0x06, 0x3F, 0x00, 0xDF, 0x01, 0x40, 0x31}
	readBinary     = []byte{0x00, 0xB0, 0x00, 0x00, 0x10}
)

// connected is a card in reader 0 of a bench, and a connection to it.
func connected(t *testing.T, b bench, faults eidtest.Faults) (*eidtest.Card, *pcsc.Card) {
	t.Helper()
	r := pcsc.NewWith(b.service(), pcsc.Options{})
	w := watch(t, r)
	w.expect(t, both(b)...)
	c := newCard(t, faults)
	b.insert(t, 0, c)
	w.expect(t, event(pcsc.CardInserted, b.names()[0]))
	w.end()
	k, err := r.Connect(t.Context(), b.names()[0])
	must(t, err)
	t.Cleanup(func() { must(t, k.Close()) })
	return c, k
}

// exchange sends a command that must succeed.
func exchange(t *testing.T, k card.Card, command []byte) []byte {
	t.Helper()
	response, err := k.Transmit(t.Context(), command)
	must(t, err)
	body, sw := response[:len(response)-2], response[len(response)-2:]
	if !bytes.Equal(sw, []byte{0x90, 0x00}) {
		t.Fatalf("% X answers %X", command, sw)
	}
	return body
}

func TestExchanges(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		c, k := connected(t, b, eidtest.Faults{})
		if !bytes.Equal(k.ATR(), c.ATR()) || k.Reader() != b.names()[0] {
			t.Errorf("ATR %X in %q", k.ATR(), k.Reader())
		}
		must(t, k.Begin(t.Context()))
		exchange(t, k, selectIdentity)
		if got := exchange(t, k, readBinary); !bytes.Equal(got, c.File(eidtest.FileIdentity)[:16]) {
			t.Errorf("read % X", got)
		}
		must(t, k.End())
		must(t, k.End())
		must(t, k.Reset(t.Context()))
		if response, err := k.Transmit(t.Context(), readBinary); err != nil || response[0] != 0x69 {
			t.Errorf("after Reset, a file is selected: % X, %v", response, err)
		}
	})
}

func TestRemovedStaysRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		_, k := connected(t, b, eidtest.Faults{})
		exchange(t, k, selectIdentity)
		b.pull(t, 0)
		b.insert(t, 0, newCard(t, eidtest.Faults{}))
		for range 3 {
			if response, err := k.Transmit(t.Context(), readBinary); !errors.Is(err, card.ErrRemoved) {
				t.Errorf("the other card answered % X, %v", response, err)
			}
			if err := k.Reset(t.Context()); !errors.Is(err, card.ErrRemoved) {
				t.Errorf("Reset says %v", err)
			}
			if err := k.Begin(t.Context()); !errors.Is(err, card.ErrRemoved) {
				t.Errorf("Begin says %v", err)
			}
		}
	})
}

// TestResetDoesNotTakeAnotherCard: the connection hears of the swap from Reset
// first.
func TestResetDoesNotTakeAnotherCard(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		_, k := connected(t, b, eidtest.Faults{})
		must(t, k.Begin(t.Context()))
		r := pcsc.NewWith(b.service(), pcsc.Options{})
		w := watch(t, r)
		w.expect(t, append(both(b), event(pcsc.CardInserted, b.names()[0]))...)
		b.pull(t, 0)
		b.insert(t, 0, newCard(t, eidtest.Faults{}))
		w.expect(t, event(pcsc.CardRemoved, b.names()[0]), event(pcsc.CardInserted, b.names()[0]))
		if err := k.Reset(t.Context()); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("Reset says %v", err)
		}
	})
}

func TestPulledInTheMiddle(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		_, k := connected(t, b, eidtest.Faults{PullAt: 2})
		exchange(t, k, selectIdentity)
		if _, err := k.Transmit(t.Context(), readBinary); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("the exchange says %v", err)
		}
	})
}

func TestBadLineAndReset(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		_, k := connected(t, b, eidtest.Faults{CommAt: 2})
		exchange(t, k, selectIdentity)
		if _, err := k.Transmit(t.Context(), readBinary); !errors.Is(err, card.ErrComm) || errors.Is(err, card.ErrRemoved) {
			t.Errorf("the exchange says %v", err)
		}
		must(t, k.Reset(t.Context()))
		exchange(t, k, selectIdentity)
		exchange(t, k, readBinary)
	})
}

func TestResetByAnotherProgram(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		_, k := connected(t, b, eidtest.Faults{})
		other, err := pcsc.NewWith(b.service(), pcsc.Options{}).Connect(t.Context(), b.names()[0])
		must(t, err)
		t.Cleanup(func() { must(t, other.Close()) })
		exchange(t, k, selectIdentity)
		must(t, other.Reset(t.Context()))
		if _, err := k.Transmit(t.Context(), readBinary); !errors.Is(err, card.ErrReset) {
			t.Errorf("the exchange says %v", err)
		}
		must(t, k.Reset(t.Context()))
		exchange(t, k, selectIdentity)
	})
}

func TestTransactionKeepsOthersOut(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		_, k := connected(t, b, eidtest.Faults{})
		other, err := pcsc.NewWith(b.service(), pcsc.Options{}).Connect(t.Context(), b.names()[0])
		must(t, err)
		t.Cleanup(func() { must(t, other.Close()) })
		must(t, k.Begin(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := other.Begin(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second transaction began: %v", err)
		}
		must(t, k.End())
		must(t, other.Begin(t.Context()))
		must(t, other.End())
		must(t, k.Begin(t.Context()))
	})
}

func TestCancelledExchange(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		c, k := connected(t, b, eidtest.Faults{})
		c.SetFaults(eidtest.Faults{SlowMS: 300})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := k.Transmit(ctx, selectIdentity); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the exchange says %v", err)
		}
		c.SetFaults(eidtest.Faults{})
		exchange(t, k, selectIdentity)
	})
}

// TestRunEndsWithItsContext: Run returns when ctx ends, in the middle of an exchange;
// inside, no exchange is begun after that, and the card is of use again.
func TestRunEndsWithItsContext(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		c, k := connected(t, b, eidtest.Faults{})
		if err := k.Run(t.Context(), func(card.Card) error { return errTest }); !errors.Is(err, errTest) {
			t.Errorf("Run says %v", err)
		}
		c.SetFaults(eidtest.Faults{SlowMS: 200})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		inside := make(chan error, 1)
		err := k.Run(ctx, func(c card.Card) error {
			for {
				if _, err := c.Transmit(ctx, selectIdentity); err != nil {
					inside <- err
					return err
				}
			}
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run says %v", err)
		}
		if err := <-inside; !errors.Is(err, context.DeadlineExceeded) || c.Exchanges() > 1 {
			t.Errorf("inside, %v after %d exchanges", err, c.Exchanges())
		}
		c.SetFaults(eidtest.Faults{})
		exchange(t, k, selectIdentity)
	})
}

var errTest = errors.New("in test")

func TestServiceGoesDuringARead(t *testing.T) {
	onBothAlone(t, func(t *testing.T, b bench) {
		_, k := connected(t, b, eidtest.Faults{})
		exchange(t, k, selectIdentity)
		b.stop()
		_, err := k.Transmit(t.Context(), readBinary)
		b.start(t)
		if !errors.Is(err, card.ErrRemoved) || !errors.Is(err, pcsc.ErrNoService) {
			t.Errorf("the exchange says %v", err)
		}
		if _, err := k.Transmit(t.Context(), readBinary); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("with pcscd back, it says %v", err)
		}
	})
}

func TestConnectSaysWhy(t *testing.T) {
	onBothAlone(t, func(t *testing.T, b bench) {
		r := pcsc.NewWith(b.service(), pcsc.Options{Roles: []pcsc.Role{{Name: "patient", Match: "00 00"}}})
		names, err := r.List(t.Context())
		if err != nil || len(names) != 2 {
			t.Errorf("readers %q, %v", names, err)
		}
		for reader, want := range map[string]error{"nothing": pcsc.ErrNoReader, b.names()[0]: pcsc.ErrNoCard, "patient": pcsc.ErrNoCard} {
			if k, err := r.Connect(t.Context(), reader); !errors.Is(err, want) {
				t.Errorf("%q: %v, %v", reader, k, err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.Connect(ctx, "patient"); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		b.stop()
		_, err = r.Connect(t.Context(), "patient")
		b.start(t)
		if !errors.Is(err, pcsc.ErrNoService) {
			t.Errorf("without pcscd: %v", err)
		}
	})
}

func TestConnectByRoleAndAfterClose(t *testing.T) {
	t.Parallel()
	fake := pcsctest.NewFake()
	fake.Plug("Left 00 00")
	fake.Plug("Right 01 00")
	must(t, fake.Insert("Right 01 00", newCard(t, eidtest.Faults{})))
	k, err := pcsc.NewWith(fake, pcsc.Options{Roles: []pcsc.Role{{Name: "desk", Match: "right*01"}}}).Connect(t.Context(), "desk")
	must(t, err)
	exchange(t, k, selectIdentity)
	if _, err := k.Transmit(t.Context(), nil); err == nil || errors.Is(err, card.ErrRemoved) {
		t.Errorf("the empty command: %v", err)
	}
	must(t, k.Close())
	must(t, k.Close())
	if _, err := k.Transmit(t.Context(), selectIdentity); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("after Close: %v", err)
	}
}

// TestConnectWaitsForTheOther: a program that claims the reader for a moment, as
// scdaemon does at each insertion, is waited for.
func TestConnectWaitsForTheOther(t *testing.T) {
	t.Parallel()
	fake := pcsctest.NewFake()
	fake.Plug("R 00 00")
	must(t, fake.Insert("R 00 00", newCard(t, eidtest.Faults{})))
	must(t, fake.Claim("R 00 00"))
	var wait sync.WaitGroup
	wait.Go(func() {
		k, err := pcsc.NewWith(fake, pcsc.Options{}).Connect(t.Context(), "R 00 00")
		if err != nil {
			t.Error(err)
			return
		}
		must(t, k.Close())
	})
	waitUntil(t, "a context is open", func() bool { contexts, _ := fake.Open(); return contexts == 1 })
	must(t, fake.Free("R 00 00"))
	wait.Wait()
}
