package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"balie/hw/audio"
	"balie/hw/audio/audiotest"
	"balie/internal/secret"
	"balie/kiosk/info"
	"balie/kiosk/text"
	"balie/ui"
)

// TestEveryTextSounds: each fixed sentence and each page of a topic, in each language,
// becomes sound, and more of it than a click.
func TestEveryTextSounds(t *testing.T) {
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	library, err := info.Load(info.Options{Topics: info.DefaultTopics(), Texts: texts})
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	defer work.Wait()
	for _, language := range text.Languages() {
		work.Go(func() {
			for _, said := range everyText(language, texts, library) {
				r := &audiotest.Recorder{}
				voice, err := audio.NewEspeak(r)
				if err != nil {
					t.Error(err)
					return
				}
				err = voice.Say(t.Context(), audio.Utterance{Language: language, Text: secret.NewText(said), Volume: audio.Normal})
				if err != nil || audiotest.Length(r.Last()).Milliseconds() < 150 || audiotest.Loudest(r.Last()) < 1000 {
					t.Errorf("%s %q: %v, %v, as loud as %d", language, said, err, audiotest.Length(r.Last()), audiotest.Loudest(r.Last()))
				}
			}
		})
	}
}

// everyText are all that a booth can say in a language, each once.
func everyText(language string, texts *text.Catalog, library *info.Library) []string {
	var list []string
	for _, key := range texts.Keys() {
		list = append(list, texts.Get(language, key, "name", "An P.", "time", "14:30", "date", "24/11/2026", "phone", "016 33 00 00",
			"kiosk", "K1", "day", "1", "page", "1", "pages", "3", "count", "2"))
	}
	for _, topic := range append(library.Topics(), library.App()) {
		list = append(list, topic.Title(language))
		for _, page := range topic.Pages(language) {
			list = append(list, strings.Join(page.Points, " "))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestSpeechIsWired: what the screen has heard comes to the voice, and a booth without
// one has none.
func TestSpeechIsWired(t *testing.T) {
	if (*speech)(nil).say() != nil {
		t.Error("a booth that does not speak has something heard")
	}
	heard := make(chan audio.Utterance, 1)
	s := newSpeech(speakerFunc(func(u audio.Utterance) { heard <- u }), nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx) }()
	s.say()(ui.Speech{Language: "de", Text: secret.NewText("Ja"), Volume: 4})
	if u := <-heard; u.Language != "de" || u.Text.Reveal() != "Ja" || u.Volume != 4 {
		t.Errorf("heard in %s at %d", u.Language, u.Volume)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

type speakerFunc func(audio.Utterance)

func (f speakerFunc) Say(_ context.Context, u audio.Utterance) error {
	f(u)
	return nil
}
