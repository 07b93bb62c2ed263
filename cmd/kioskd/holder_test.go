package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/hw/eid"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc"
	"balie/hw/pcsc/pcsctest"
	"balie/internal/secret"
	"balie/kiosk"
)

const pad = "Reader 00 00"

// holding is a card in a reader, as the booth asks it.
type holding struct {
	t    *testing.T
	r    *readers
	card *eidtest.Card
	fake *pcsctest.Fake
	log  bytes.Buffer
}

func newHolding(t *testing.T, mend func(*eidtest.Description)) *holding {
	t.Helper()
	pki, err := eidtest.NewPKI()
	if err != nil {
		t.Fatal(err)
	}
	d := eidtest.Tray()[0]
	d.PIN = "2468"
	if mend != nil {
		mend(&d)
	}
	h := &holding{t: t, fake: pcsctest.NewFake()}
	if h.card, err = pki.Mint(d); err != nil {
		t.Fatal(err)
	}
	h.fake.Plug(pad)
	if err := h.fake.Insert(pad, h.card); err != nil {
		t.Fatal(err)
	}
	h.r = &readers{pcsc: pcsc.NewWith(h.fake, pcsc.Options{}), trust: trustIn(t, pki), fixes: newRepair(t.TempDir(), func(string) string { return "" }, slog.New(slog.DiscardHandler)), log: slog.New(slog.NewTextHandler(&h.log, nil))}
	return h
}

// keys gives the reader keys of its own, on which what it is told is typed: the card's
// answer, or the reader's own.
func (h *holding) keys(response []byte) {
	h.t.Helper()
	err := h.fake.Control(pad, func(code uint32, in []byte) ([]byte, error) {
		if code != 0x42330006 {
			return []byte{0x06, 4, 0x42, 0x33, 0x00, 0x06}, nil
		}
		if response != nil {
			return response, nil
		}
		return h.card.Transmit(h.t.Context(), []byte{0x00, 0x20, 0x00, 0x01, 0x08, 0x24, 0x24, 0x68, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// prove reads the card and has its holder proved, as the booth does.
func (h *holding) prove(pinpad bool) (eid.HolderProof, int, error) {
	h.t.Helper()
	record, err := h.r.Read(h.t.Context(), pad, func(eid.Identity) {})
	if err != nil {
		h.t.Fatal(err)
	}
	p := kiosk.ProveHolder{Visit: 1, Reader: pad, Language: "nl", Proof: record.Proof, Challenge: []byte("a challenge of some length"), Pinpad: pinpad}
	return h.r.ProveHolder(h.t.Context(), p)
}

// TestHolderByTheScreen: each outcome of a PIN that was typed, and that the digits are
// wiped whatever it was.
func TestHolderByTheScreen(t *testing.T) {
	for _, c := range []struct {
		name, pin string
		mend      func(*eidtest.Description)
		want      error
		tries     int // said after
		left      int // on the card
	}{
		{"right, 1.8", "2468", nil, nil, 3, 3},
		{"right, 1.7", "2468", func(d *eidtest.Description) { d.Applet = eidtest.Applet17 }, nil, 3, 3},
		{"wrong", "1111", nil, kiosk.ErrPINWrong, 2, 2},
		{"wrong with two left", "1111", tries(2), kiosk.ErrPINWrong, 1, 1},
		{"with one left", "2468", tries(1), kiosk.ErrPINLastTry, 0, 1},
		{"blocked", "2468", tries(0), kiosk.ErrPINBlocked, 0, 0},
		{"too short", "246", nil, kiosk.ErrPINShort, 0, 3},
		{"nothing", "", nil, kiosk.ErrPINShort, 0, 3},
		{"an old card", "2468", func(d *eidtest.Description) { d.Applet = eidtest.Applet11 }, kiosk.ErrPINOldCard, 0, 3},
		{"no certificate", "2468", func(d *eidtest.Description) { d.NoAuthentication = true }, kiosk.ErrNoHolder, 0, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHolding(t, c.mend)
			typed := []byte(c.pin)
			h.r.pin.put(secret.NewBytes(typed))
			proof, tries, err := h.prove(false)
			if !errors.Is(err, c.want) || tries != c.tries || h.card.Tries() != c.left {
				t.Errorf("%v, %d tries said, %d left", err, tries, h.card.Tries())
			}
			if c.want == nil && len(proof.Signature) == 0 {
				t.Error("nothing is signed")
			}
			if bytes.ContainsAny(typed, "0123456789") || c.pin != "" && strings.Contains(h.log.String(), c.pin) {
				t.Errorf("the digits are still there: %q, %s", typed, h.log.String())
			}
		})
	}
}

func tries(n int) func(*eidtest.Description) { return func(d *eidtest.Description) { d.Tries = &n } }

// TestHolderByTheReader: each outcome at a reader's own keys.
func TestHolderByTheReader(t *testing.T) {
	for name, c := range map[string]struct {
		response []byte
		want     error
	}{
		"right": {nil, nil}, "cancelled": {[]byte{0x64, 0x01}, kiosk.ErrPINCancelled}, "nobody types": {[]byte{0x64, 0x00}, kiosk.ErrPINTimeout},
		"too short": {[]byte{0x64, 0x03}, kiosk.ErrPINShort}, "wrong": {[]byte{0x63, 0xC2}, kiosk.ErrPINWrong}, "blocked": {[]byte{0x69, 0x83}, kiosk.ErrPINBlocked},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHolding(t, nil)
			h.keys(c.response)
			pinpad, tries, err := h.r.Holder(t.Context(), pad)
			if !pinpad || tries != 3 || err != nil {
				t.Errorf("keys %v, %d tries, %v", pinpad, tries, err)
			}
			if _, _, err := h.prove(true); !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
}

// TestHolderIsAskedOf: what a card that cannot be asked is told, before anyone types.
func TestHolderIsAskedOf(t *testing.T) {
	h := newHolding(t, nil)
	if pinpad, tries, err := h.r.Holder(t.Context(), pad); pinpad || tries != 3 || err != nil {
		t.Errorf("keys %v, %d tries, %v", pinpad, tries, err)
	}
	old := newHolding(t, func(d *eidtest.Description) { d.Applet = eidtest.Applet11 })
	if _, _, err := old.r.Holder(t.Context(), pad); !errors.Is(err, kiosk.ErrPINOldCard) || old.card.Tries() != 3 {
		t.Errorf("%v, %d tries left", err, old.card.Tries())
	}
	if err := h.fake.Pull(pad); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.r.Holder(t.Context(), pad); !errors.Is(err, kiosk.ErrCardRemoved) {
		t.Errorf("without a card: %v", err)
	}
}

// TestPINBox: what was typed is wiped by the next one, by another screen and by time,
// and is whoever's who took it.
func TestPINBox(t *testing.T) {
	var b pinBox
	b.shown(kiosk.ScreenWelcome)
	if pin := b.take(); pin.Len() != 0 {
		t.Error("something is in an empty box")
	}
	first, second := []byte("1111"), []byte("2222")
	b.put(secret.NewBytes(first))
	b.put(secret.NewBytes(second))
	b.shown(kiosk.ScreenHolder)
	if bytes.Contains(first, []byte("1")) || !bytes.Contains(second, []byte("2")) {
		t.Errorf("%q and %q are left", first, second)
	}
	b.shown(kiosk.ScreenNotice)
	if bytes.Contains(second, []byte("2")) {
		t.Errorf("%q is left", second)
	}
	taken := []byte("4444")
	b.put(secret.NewBytes(taken))
	pin := b.take()
	b.shown(kiosk.ScreenWelcome)
	if string(pin.Reveal()) != "4444" {
		t.Error("what was taken was wiped by another")
	}
}

// TestPINBoxEmptiesItself: a card that never asks leaves nothing behind.
func TestPINBoxEmptiesItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b pinBox
		typed := []byte("3333")
		b.put(secret.NewBytes(typed))
		<-time.After(pinTime + time.Second)
		synctest.Wait()
		if pin := b.take(); pin.Len() != 0 || bytes.Contains(typed, []byte("3")) {
			t.Errorf("%q is left", typed)
		}
	})
}
