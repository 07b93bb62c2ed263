package eid_test

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/hw/card"
	"balie/hw/card/cardtest"
	"balie/hw/eid"
	"balie/hw/eid/eidtest"
)

const (
	atr17 = "3B9813400AA503010101AD1311"
	atr18 = "3B7F96000080318065B085040120120FFF829000"
	bank  = "3B6500002063CB6800"

	selectIdentity = "00A408 0C 06 3F00DF014031 > "
	selectApplet   = "00A404 0C 0F A00000003029057000AD13100101FF > "
)

// TestCardsThatAreNotRead plays what other cards, and cards out of order, answer.
func TestCardsThatAreNotRead(t *testing.T) {
	for _, c := range []struct {
		name, atr string
		script    []string
		want      error
		resets    int
	}{
		{"bank card", bank, []string{selectIdentity + "6A82", selectApplet + "6A82"}, eid.ErrNotBelgian, 0},
		{"bank card of few words", bank, []string{selectIdentity + "6D00"}, eid.ErrNotBelgian, 0},
		{"card of another class", bank, []string{selectIdentity + "6E00"}, eid.ErrNotBelgian, 0},
		{"card with its own opinion", bank, []string{selectIdentity + "6985"}, eid.ErrNotBelgian, 0},
		{"same bytes, no files", atr17, []string{selectIdentity + "6A82", selectApplet + "9000", selectIdentity + "6A86"}, eid.ErrNotBelgian, 0},
		{"inactive", atr17, []string{selectIdentity + "6D00", selectIdentity + "6D00"}, eid.ErrInactive, 1},
		{"worn out", atr18, []string{selectIdentity + "9000", "00B0000000 > 6581", selectIdentity + "9000", "00B0000000 > 6581"}, eid.ErrUnreadable, 1},
		{"locked", atr18, []string{selectIdentity + "6982"}, eid.ErrUnreadable, 0},
		{"empty identity", atr18, []string{selectIdentity + "9000", "00B0000000 > 6B00"}, eid.ErrUnreadable, 0},
		{"zeros", atr18, []string{selectIdentity + "9000", "00B0000000 > 0000 0000 0000 9000"}, eid.ErrUnreadable, 0},
		{"half an element", atr18, []string{selectIdentity + "9000", "00B0000000 > 07 05 41 9000"}, eid.ErrUnreadable, 0},
		{"no status word", atr18, []string{selectIdentity + "90", selectIdentity + "90", selectIdentity + "90", selectIdentity + "90"}, card.ErrComm, 3},
		{"pulled", atr18, []string{selectIdentity + "!removed"}, card.ErrRemoved, 0},
		{"61 for ever", atr18, slices.Repeat([]string{selectIdentity + "6110", "00C0000010 > 6110"}, 4), card.ErrComm, 3},
		{"6C00 for ever", atr17, []string{selectIdentity + "9000", "00B0000000 > 6C10", "00B0000010 > 6C10"}, eid.ErrUnreadable, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := play(t, c.atr, c.script)
			tr := trust(t)
			instantly(t, func(t *testing.T) {
				_, err := eid.Read(t.Context(), p, tr, eid.Want{}, func(eid.Identity) { t.Error("an identity was seen") })
				if !errors.Is(err, c.want) {
					t.Errorf("got %v, not %v", err, c.want)
				}
			})
			if err := p.Done(); err != nil {
				t.Error(err)
			}
			if p.Resets != c.resets {
				t.Errorf("%d resets, not %d", p.Resets, c.resets)
			}
		})
	}
}

func play(t *testing.T, atr string, script []string) *cardtest.Playback {
	t.Helper()
	list, err := cardtest.Script(strings.Join(script, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := hex.DecodeString(atr)
	if err != nil {
		t.Fatal(err)
	}
	return &cardtest.Playback{Reply: raw, Script: list}
}

// TestOtherApplicationSelected: another program left another application selected;
// the applet is selected by name, and the file again.
func TestOtherApplicationSelected(t *testing.T) {
	c := &elsewhere{Card: mint(t, an(eidtest.Applet18))}
	r, err := eid.Read(t.Context(), c, trust(t), eid.Want{}, nil)
	if err != nil || !r.Checks.Verified() {
		t.Errorf("%v, %v", r.Checks, err)
	}
}

// elsewhere is a card with another application selected until the applet is named.
type elsewhere struct {
	*eidtest.Card
	named bool
}

func (e *elsewhere) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if e.named = e.named || command[1] == 0xA4 && command[2] == 0x04; !e.named {
		return []byte{0x6A, 0x82}, nil
	}
	return e.Card.Transmit(ctx, command)
}

// TestOtherHabits reads cards whole through readers that carry no 256 bytes, and cards
// that say of the last bytes of a file that they are the last (6282).
func TestOtherHabits(t *testing.T) {
	for name, habit := range map[string]func(command, response []byte) []byte{
		"no 256 bytes": func(command, response []byte) []byte {
			if command[1] == 0xB0 && command[4] == 0 {
				return []byte{0x67, 0x00}
			}
			return response
		},
		"6282": func(command, response []byte) []byte {
			if full := int(command[len(command)-1]); command[1] == 0xB0 && len(response) > 2 && len(response)-2 < (full+255)%256+1 {
				return append(response[:len(response)-2:len(response)-2], 0x62, 0x82)
			}
			return response
		},
	} {
		for _, a := range eidtest.Applets() {
			t.Run(name+"/"+string(a), func(t *testing.T) {
				c := mint(t, an(a))
				tr := trust(t)
				instantly(t, func(t *testing.T) {
					r, err := eid.Read(t.Context(), &peculiar{Card: c, habit: habit}, tr, everything(), nil)
					if err != nil {
						t.Fatal(err)
					}
					checkWhole(t, c, r)
				})
			})
		}
	}
}

// peculiar is a card whose answers are changed.
type peculiar struct {
	*eidtest.Card
	habit func(command, response []byte) []byte
}

func (p *peculiar) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	response, err := p.Card.Transmit(ctx, command)
	if err != nil {
		return nil, err
	}
	return p.habit(command, response), nil
}

// TestAnotherCardAfterTheReset: half a read is never completed from another card.
func TestAnotherCardAfterTheReset(t *testing.T) {
	s := &swapped{Card: mint(t, an(eidtest.Applet18)), other: mint(t, an(eidtest.Applet17))}
	s.Card.SetFaults(eidtest.Faults{CommAt: 3})
	if _, err := eid.Read(t.Context(), s, trust(t), eid.Want{}, nil); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("got %v", err)
	}
}

type swapped struct {
	*eidtest.Card
	other *eidtest.Card
}

func (s *swapped) Reset(ctx context.Context) error {
	s.Card = s.other
	return s.Card.Reset(ctx)
}

// TestOnlyOldAppletsAreWaitedFor: 10 ms after each 6Cxx, until the applet is known to
// be new.
func TestOnlyOldAppletsAreWaitedFor(t *testing.T) {
	for _, c := range []struct {
		applet eidtest.Applet
		exact  bool
		want   func(waits int) bool
	}{
		{eidtest.Applet11, false, func(n int) bool { return n == 2 }}, // identity and photo: of other files the length is known
		{eidtest.Applet17, false, func(n int) bool { return n == 1 }}, // its ATR is that of 1.1, so the first is waited for
		{eidtest.Applet18, true, func(n int) bool { return n == 0 }},
	} {
		d := an(c.applet)
		d.ExactLe = c.exact
		v, tr := mint(t, d), trust(t)
		refused := 0
		v.Trace(func(_, response []byte) {
			if len(response) == 2 && response[0] == 0x6C {
				refused++
			}
		})
		instantly(t, func(t *testing.T) {
			start := time.Now()
			r := read(t, v, tr, eid.Want{Address: true, Photo: true})
			waits := int(time.Since(start) / (10 * time.Millisecond))
			if !r.Checks.Verified() || !c.want(waits) || refused == 0 {
				t.Errorf("%s: %d waits for %d times 6Cxx; %v", c.applet, waits, refused, r.Checks)
			}
		})
	}
}

// TestTransactionPerFile: other programs get at the card between two files, and
// never within one.
func TestTransactionPerFile(t *testing.T) {
	c := &watched{Card: mint(t, an(eidtest.Applet18))}
	if _, err := eid.Read(t.Context(), c, trust(t), everything(), nil); err != nil {
		t.Fatal(err)
	}
	if c.outside > 0 || c.held || c.begun < 8 || c.files > 1 {
		t.Errorf("%d exchanges outside, %d transactions, %d files in one, still held: %v", c.outside, c.begun, c.files, c.held)
	}
}

type watched struct {
	*eidtest.Card
	held                  bool
	begun, outside, files int
	inThis                int
}

func (w *watched) Begin(ctx context.Context) error {
	w.held, w.inThis = true, 0
	w.begun++
	return w.Card.Begin(ctx)
}

func (w *watched) End() error {
	w.held = false
	return w.Card.End()
}

func (w *watched) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if !w.held {
		w.outside++
	}
	if command[1] == 0xA4 {
		w.inThis++
		w.files = max(w.files, w.inThis)
	}
	return w.Card.Transmit(ctx, command)
}

// TestErrorsHoldNothingPersonal: no error of any fault names the holder.
func TestErrorsHoldNothingPersonal(t *testing.T) {
	d := an(eidtest.Applet18)
	c, tr := mint(t, d), trust(t)
	instantly(t, func(t *testing.T) {
		for at := 1; at <= 30; at++ {
			c.SetFaults(eidtest.Faults{Status: []eidtest.StatusAt{{At: at, SW: 0x6982}}})
			_, err := eid.Read(t.Context(), c, tr, everything(), nil)
			if err == nil {
				continue
			}
			for _, personal := range []string{d.Family, d.Given, d.NationalNumber, d.Street} {
				if strings.Contains(err.Error(), personal) {
					t.Errorf("%v", err)
				}
			}
		}
	})
}
