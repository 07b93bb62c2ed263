package eidtest_test

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"balie/hw/card"
	"balie/hw/eid/eidtest"
)

var selectIdentity = []byte{0x00, 0xA4, 0x08, 0x0C, 0x06, 0x3F, 0x00, 0xDF, 0x01, 0x40, 0x31}

func TestFaults(t *testing.T) {
	pki := quickPKI(t)
	read := []byte{0x00, 0xB0, 0x00, 0x00, 0x10}
	for name, test := range map[string]struct {
		faults eidtest.Faults
		err    error
		sw     string
	}{
		"none":    {eidtest.Faults{}, nil, "9000"},
		"pull":    {eidtest.Faults{PullAt: 2}, card.ErrRemoved, ""},
		"reset":   {eidtest.Faults{ResetAt: 2}, card.ErrReset, ""},
		"comm":    {eidtest.Faults{CommAt: 2}, card.ErrComm, ""},
		"status":  {eidtest.Faults{Status: []eidtest.StatusAt{{At: 2, SW: 0x6581}}}, nil, "6581"},
		"garbage": {eidtest.Faults{Garbage: 2}, nil, "9000"},
	} {
		t.Run(name, func(t *testing.T) {
			c := mint(t, pki, eidtest.Description{ID: "x", Faults: test.faults})
			if _, err := c.Transmit(t.Context(), selectIdentity); err != nil {
				t.Fatal(err)
			}
			response, err := c.Transmit(t.Context(), read)
			if !errors.Is(err, test.err) {
				t.Fatalf("the exchange says %v", err)
			}
			if err == nil && hex.EncodeToString(response[len(response)-2:]) != test.sw {
				t.Errorf("% X", response)
			}
			right := slices.Equal(response, append(c.File(eidtest.FileIdentity)[:16], 0x90, 0x00))
			if right != (name == "none") {
				t.Errorf("% X", response)
			}
			if c.Exchanges() != 2 {
				t.Errorf("%d exchanges", c.Exchanges())
			}
		})
	}
}

func TestMuteInMemory(t *testing.T) {
	c := mint(t, quickPKI(t), eidtest.Description{ID: "x", Faults: eidtest.Faults{Mute: true}})
	if c.ATR() != nil {
		t.Errorf("ATR %X", c.ATR())
	}
	if _, err := c.Transmit(t.Context(), selectIdentity); !errors.Is(err, card.ErrComm) {
		t.Errorf("the exchange says %v", err)
	}
	if err := c.Reset(t.Context()); !errors.Is(err, card.ErrComm) {
		t.Errorf("Reset says %v", err)
	}
}

func TestSlow(t *testing.T) {
	c := mint(t, quickPKI(t), eidtest.Description{ID: "x", Faults: eidtest.Faults{SlowMS: 250}})
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if _, err := c.Transmit(t.Context(), selectIdentity); err != nil || time.Since(began) != 250*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := c.Transmit(ctx, selectIdentity); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the exchange says %v", err)
		}
	})
}

func TestTrace(t *testing.T) {
	c := mint(t, quickPKI(t), eidtest.Description{ID: "x"})
	var seen [][]byte
	c.Trace(func(command, response []byte) { seen = append(seen, command, response) })
	for range 2 {
		if _, err := c.Transmit(t.Context(), selectIdentity); err != nil {
			t.Fatal(err)
		}
		c.Trace(nil)
	}
	if len(seen) != 2 || !slices.Equal(seen[0], selectIdentity) || !slices.Equal(seen[1], []byte{0x90, 0x00}) {
		t.Errorf("% X", seen)
	}
}
