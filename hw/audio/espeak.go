package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Espeak is a Speaker that has espeak-ng make the sound, and a Player play it.
type Espeak struct{ player Player }

var _ Speaker = (*Espeak)(nil)

// NewEspeak makes a Speaker. The error says what to install.
func NewEspeak(p Player) (*Espeak, error) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		return nil, errors.New("espeak-ng is not installed: it is a Debian package of that name")
	}
	return &Espeak{player: p}, nil
}

// voices are espeak-ng's, by language: espeak-ng --voices.
var voices = map[string]string{"nl": "nl", "fr": "fr-be", "de": "de", "en": "en-gb"}

// amplitudes are espeak-ng's option -a, 0 to 200, by volume.
var amplitudes = [...]int{Softest: 30, 60, Normal: 100, 145, Loudest: 200}

// wordsPerMinute is slower than espeak-ng speaks by itself (175): it is heard in a hall.
const wordsPerMinute = 150

// endTime is how long a program that was killed may keep its pipes open.
const endTime = time.Second

// Say has espeak-ng read the text from a pipe, and the player what comes out of it.
func (e *Espeak) Say(ctx context.Context, u Utterance) error {
	voice, ok := voices[u.Language]
	if !ok {
		return fmt.Errorf("speaking %q: %w", u.Language, ErrNoVoice)
	}
	text := strings.TrimSpace(u.Text.Reveal())
	if text == "" {
		return nil
	}
	amplitude := amplitudes[min(max(u.Volume, Softest), Loudest)]
	// -b 1: the text is UTF-8. The options stand in espeak-ng(1).
	cmd := exec.CommandContext(ctx, "espeak-ng", "-v", voice, "-a", strconv.Itoa(amplitude), "-s", strconv.Itoa(wordsPerMinute), "-b", "1", "--stdin", "--stdout")
	cmd.Stdin, cmd.WaitDelay = strings.NewReader(text), endTime
	wav, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("speaking: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting espeak-ng: %w", err)
	}
	played := e.player.Play(ctx, wav)
	_, _ = io.Copy(io.Discard, wav) // where the player ended first, espeak-ng is not to wait for it
	spoken := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("speaking: %w", ctx.Err())
	case played != nil:
		return fmt.Errorf("playing speech: %w", played)
	case spoken != nil:
		return fmt.Errorf("espeak-ng: %w", spoken)
	}
	return nil
}
