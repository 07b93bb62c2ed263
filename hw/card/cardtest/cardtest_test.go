package cardtest_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"balie/hw/card"
	"balie/hw/card/cardtest"
)

const script = `
# select the master file, read, and lose the card
00 A4 00 0C 02 3F 00 > 90 00
00 B0 00 00 02       > 01 02 90 00
00 B0 00 02 02       > !removed
`

func TestPlayback(t *testing.T) {
	list, err := cardtest.Script(script)
	if err != nil {
		t.Fatal(err)
	}
	p := &cardtest.Playback{Reply: []byte{0x3B, 0x00}, Script: list}
	r := &cardtest.Recorder{Card: p}
	ctx := context.Background()
	for _, step := range []struct {
		command, response string
		err               error
	}{
		{"\x00\xA4\x00\x0C\x02\x3F\x00", "\x90\x00", nil},
		{"\x00\xB0\x00\x00\x02", "\x01\x02\x90\x00", nil},
		{"\x00\xB0\x00\x02\x02", "", card.ErrRemoved},
	} {
		got, err := r.Transmit(ctx, []byte(step.command))
		if string(got) != step.response || !errors.Is(err, step.err) {
			t.Errorf("%X gave %X, %v", step.command, got, err)
		}
	}
	if err := p.Done(); err != nil {
		t.Error(err)
	}
	again, err := cardtest.Script(r.Script())
	if err != nil || len(again) != 3 || !bytes.Equal(again[1].Response, list[1].Response) || again[2].Err != card.ErrRemoved {
		t.Errorf("what was recorded reads as %v, %v", again, err)
	}
}

func TestPlaybackTellsWhatIsNotInTheScript(t *testing.T) {
	ctx := context.Background()
	list, err := cardtest.Script(script)
	if err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func(*cardtest.Playback) error{
		"another command":   func(p *cardtest.Playback) error { _, err := p.Transmit(ctx, []byte{1, 2, 3, 4}); return err },
		"nothing came":      func(p *cardtest.Playback) error { return p.Done() },
		"end of nothing":    func(p *cardtest.Playback) error { return p.End() },
		"begun twice":       func(p *cardtest.Playback) error { return errors.Join(p.Begin(ctx), p.Begin(ctx)) },
		"after a wrong one": func(p *cardtest.Playback) error { _, _ = p.Transmit(ctx, nil); return p.Done() },
		"transaction open": func(p *cardtest.Playback) error {
			p.Script = nil
			return errors.Join(p.Begin(ctx), p.Done())
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := do(&cardtest.Playback{Script: list}); !errors.Is(err, cardtest.ErrScript) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestScriptRefusesWhatIsNoExchange(t *testing.T) {
	for _, text := range []string{"00A4", "xx > 9000", "00 > 9", "00 > !lost"} {
		if _, err := cardtest.Script(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
