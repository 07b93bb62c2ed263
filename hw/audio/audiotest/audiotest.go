// Package audiotest plays the parts of speech, and holds whoever speaks to the contract
// of [audio.Speaker]. It is for tests.
package audiotest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"balie/hw/audio"
	"balie/internal/secret"
)

// Recorder is a Player that plays nothing and keeps what it was given.
type Recorder struct {
	// Real has it take as long as the sound does, as a headphone would.
	Real bool

	mu  sync.Mutex
	wav []byte
}

var _ audio.Player = (*Recorder)(nil)

// Play keeps the sound.
func (r *Recorder) Play(ctx context.Context, wav io.Reader) error {
	raw, err := io.ReadAll(wav)
	r.mu.Lock()
	r.wav = raw
	r.mu.Unlock()
	if err != nil || !r.Real {
		return err
	}
	return wait(ctx, Length(raw))
}

// Last is the sound of the last utterance, as WAV.
func (r *Recorder) Last() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wav
}

// Sound is the PCM of a WAV that was streamed: 16 bits, one channel, after a header of
// 44 bytes.
func Sound(wav []byte) []byte { return wav[min(44, len(wav)):] }

// Length is how long a WAV sounds.
func Length(wav []byte) time.Duration {
	if len(wav) < 44 {
		return 0
	}
	perSecond := binary.LittleEndian.Uint32(wav[28:]) // bytes
	return time.Duration(len(Sound(wav))) * time.Second / time.Duration(max(perSecond, 1))
}

// Loudest is the largest sample.
func Loudest(wav []byte) int {
	most := 0
	for s := Sound(wav); len(s) >= 2; s = s[2:] {
		v := int(int16(binary.LittleEndian.Uint16(s)))
		most = max(most, v, -v)
	}
	return most
}

// Speaker is a Speaker that says nothing aloud: it takes a tenth of a second a letter,
// and keeps what it said.
type Speaker struct {
	mu    sync.Mutex
	fails error
	said  []audio.Utterance
	whole []bool
}

var _ audio.Speaker = (*Speaker)(nil)

// letterTime is how long it says one letter.
const letterTime = 100 * time.Millisecond

// Fail makes it fail from now on, until it is given nil.
func (s *Speaker) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = err
}

// Say keeps u, and takes its time.
func (s *Speaker) Say(ctx context.Context, u audio.Utterance) error {
	if u.Language != "nl" && u.Language != "fr" && u.Language != "de" && u.Language != "en" {
		return fmt.Errorf("saying %q: %w", u.Language, audio.ErrNoVoice)
	}
	s.mu.Lock()
	n, fails := len(s.said), s.fails
	s.said, s.whole = append(s.said, u), append(s.whole, false)
	s.mu.Unlock()
	if fails != nil {
		return fails
	}
	if err := wait(ctx, time.Duration(len(u.Text.Reveal()))*letterTime); err != nil {
		return fmt.Errorf("saying: %w", err)
	}
	s.mu.Lock()
	s.whole[n] = true
	s.mu.Unlock()
	return nil
}

// Said is what it began to say, and which of it to the end.
func (s *Speaker) Said() (list []audio.Utterance, whole []bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(list, s.said...), append(whole, s.whole...)
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Conforms holds a Speaker to the contract. slow is one whose long utterances take at
// least a second.
func Conforms(t *testing.T, slow audio.Speaker) {
	t.Helper()
	say := func(ctx context.Context, language, text string) error {
		return slow.Say(ctx, audio.Utterance{Language: language, Text: secret.NewText(text), Volume: audio.Normal})
	}
	for _, language := range []string{"nl", "fr", "de", "en"} {
		if err := say(t.Context(), language, "Ja."); err != nil {
			t.Errorf("in %s: %v", language, err)
		}
	}
	if err := say(t.Context(), "nl", ""); err != nil {
		t.Errorf("nothing to say: %v", err)
	}
	if err := say(t.Context(), "xx", "Ja."); !errors.Is(err, audio.ErrNoVoice) {
		t.Errorf("in no language: %v", err)
	}
	if err := say(t.Context(), "nl", "--help"); err != nil {
		t.Errorf("a text like an option: %v", err)
	}
	long := "Dit duurt een hele tijd, en wordt afgebroken voor het ten einde is gezegd."
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := say(ctx, "nl", long); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("broken off: %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("broken off, it goes on for %v", took)
	}
}
