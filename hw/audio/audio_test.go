package audio_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/hw/audio"
	"balie/hw/audio/audiotest"
	"balie/internal/secret"
)

func espeak(t *testing.T, p audio.Player) *audio.Espeak {
	t.Helper()
	e, err := audio.NewEspeak(p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func dutch(text string, volume int) audio.Utterance {
	return audio.Utterance{Language: "nl", Text: secret.NewText(text), Volume: volume}
}

// TestConforms holds the fake and the real voice to the same contract.
func TestConforms(t *testing.T) {
	t.Run("fake", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { audiotest.Conforms(t, &audiotest.Speaker{}) })
	})
	t.Run("espeak-ng", func(t *testing.T) { audiotest.Conforms(t, espeak(t, &audiotest.Recorder{Real: true})) })
}

// TestVoicesDiffer: the same letters do not sound the same in two languages.
func TestVoicesDiffer(t *testing.T) {
	sounds := map[string]string{}
	for _, language := range []string{"nl", "fr", "de", "en"} {
		r := &audiotest.Recorder{}
		u := audio.Utterance{Language: language, Text: secret.NewText("parking 17 gare"), Volume: audio.Normal}
		if err := espeak(t, r).Say(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		sound := string(audiotest.Sound(r.Last()))
		if other, twice := sounds[sound]; twice || audiotest.Length(r.Last()) < time.Second/2 {
			t.Errorf("%s sounds as %q, for %v", language, other, audiotest.Length(r.Last()))
		}
		sounds[sound] = language
	}
}

// TestVolumeHasSteps: each is louder than the one before, and one beyond is the last.
func TestVolumeHasSteps(t *testing.T) {
	var heard []int
	for volume := audio.Softest - 1; volume <= audio.Loudest+1; volume++ {
		r := &audiotest.Recorder{}
		if err := espeak(t, r).Say(t.Context(), dutch("Goedemorgen", volume)); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, audiotest.Loudest(r.Last()))
	}
	last := len(heard) - 1
	if heard[0] != heard[1] || heard[last] != heard[last-1] {
		t.Errorf("beyond the steps: %v", heard)
	}
	for i := 2; i < last; i++ {
		if heard[i] <= heard[i-1] {
			t.Errorf("step %d is not louder than the one before: %v", i, heard)
		}
	}
}

// TestNothingOfTheTextIsTold: not in the arguments of the program, which everyone on the
// machine can read, nor in an error.
func TestNothingOfTheTextIsTold(t *testing.T) {
	const canary = "Quirinia"
	look := func(ctx context.Context, wav io.Reader) error {
		out, err := exec.CommandContext(ctx, "ps", "-eo", "args").Output()
		if err != nil {
			return err
		}
		if !bytes.Contains(out, []byte("espeak-ng -v nl")) || bytes.Contains(out, []byte(canary)) {
			t.Error("espeak-ng does not run, or its arguments tell what is said")
		}
		_, err = io.Copy(io.Discard, wav)
		return err
	}
	// So long that espeak-ng cannot have ended before its pipe is read.
	if err := espeak(t, playerFunc(look)).Say(t.Context(), dutch(strings.Repeat(canary+" ", 100), 3)); err != nil {
		t.Error(err)
	}
	broken := playerFunc(func(context.Context, io.Reader) error { return errors.New("no device") })
	err := espeak(t, broken).Say(t.Context(), dutch(strings.Repeat(canary+" ", 100), 3))
	if err == nil || !strings.Contains(err.Error(), "no device") || strings.Contains(err.Error(), canary) {
		t.Errorf("a player that fails: %v", err)
	}
}

type playerFunc func(context.Context, io.Reader) error

func (f playerFunc) Play(ctx context.Context, wav io.Reader) error { return f(ctx, wav) }

// TestAplay: a device that is not there is an error that names it; ALSA's "null" takes
// any sound, and what is broken off ends at once.
func TestAplay(t *testing.T) {
	null, err := audio.NewAplay("null")
	if err != nil {
		t.Fatal(err)
	}
	if err := espeak(t, null).Say(t.Context(), dutch("Ja.", 3)); err != nil {
		t.Errorf("on the null device: %v", err)
	}
	none, err := audio.NewAplay("hw:CARD=NoSuchCard")
	if err != nil {
		t.Fatal(err)
	}
	if err := espeak(t, none).Say(t.Context(), dutch("Ja.", 3)); err == nil || !strings.Contains(err.Error(), "NoSuchCard") {
		t.Errorf("on no device: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	silence, wav, err := os.Pipe() // a voice that never says anything
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(silence.Close(), wav.Close()) }()
	if err := null.Play(ctx, silence); err == nil {
		t.Error("it played to an end that never came")
	}
}

// pass lets time pass in a bubble.
func pass(d time.Duration) { <-time.After(d) }

// TestQueue: the last thing given is said, what came before is broken off, and nobody
// who gives anything waits.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &audiotest.Speaker{}
		q := audio.NewQueue(s, nil)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- q.Run(ctx) }()
		q.Say(dutch("een twee drie", 3))
		synctest.Wait()
		pass(time.Second) // in the middle of it
		q.Say(dutch("vier", 3))
		q.Say(dutch("vijf", 3)) // before anybody could say the fourth
		pass(time.Minute)
		q.Say(dutch("zes zeven", 3))
		pass(time.Second / 2)
		q.Say(audio.Utterance{Language: "nl"})
		synctest.Wait()
		said, whole := s.Said()
		var got []string
		for i, u := range said {
			got = append(got, u.Text.Reveal()+map[bool]string{true: ".", false: "…"}[whole[i]])
		}
		if all := strings.Join(got, "|"); all != "een twee drie…|vijf.|zes zeven…|." && all != "een twee drie…|vier…|vijf.|zes zeven…|." {
			t.Errorf("said %q", all)
		}
		q.Say(dutch("en nog iets", 3))
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestQueueGoesOnWithoutSound: a headphone that does not work is logged now and then, and
// ends nothing.
func TestQueueGoesOnWithoutSound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &audiotest.Speaker{}
		s.Fail(errors.New("no device"))
		q := audio.NewQueue(s, slog.New(slog.NewTextHandler(&log, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- q.Run(ctx) }()
		for range 5 {
			q.Say(dutch("Quirinia", 3))
			pass(20 * time.Second)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
		if n := strings.Count(log.String(), "nothing can be heard"); n != 2 || strings.Contains(log.String(), "Quirinia") {
			t.Errorf("logged %d times: %s", n, log.String())
		}
	})
}
