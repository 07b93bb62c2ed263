package main

import (
	"context"
	"log/slog"
	"time"

	"balie/cmd/internal/exit"
	"balie/hw/audio"
	"balie/ui"
)

// speech is what reads the screens out; nil on a booth that does not.
type speech struct {
	queue  *audio.Queue
	inputs []audio.Input
	log    *slog.Logger
}

func (b *booth) buildSpeech(context.Context) error {
	c := b.config.Speech
	if !c.On {
		return nil
	}
	player, err := audio.NewAplay(c.Device)
	if err != nil {
		return exit.Errorf(exitUnusable, "speech.on: %w", err)
	}
	voice, err := audio.NewEspeak(player)
	if err != nil {
		return exit.Errorf(exitUnusable, "speech.on: %w", err)
	}
	b.speech = newSpeech(voice, b.log)
	for _, path := range c.Inputs {
		b.speech.inputs = append(b.speech.inputs, audio.Input{Path: path, Key: c.Key})
	}
	return nil
}

func newSpeech(s audio.Speaker, log *slog.Logger) *speech {
	return &speech{queue: audio.NewQueue(s, log), log: log}
}

// say is what the screens have heard, nil where nothing is.
func (s *speech) say() func(ui.Speech) {
	if s == nil {
		return nil
	}
	return func(u ui.Speech) {
		s.queue.Say(audio.Utterance{Language: u.Language, Text: u.Text, Volume: u.Volume})
	}
}

// run speaks until ctx ends.
func (s *speech) run(ctx context.Context) error { return s.queue.Run(ctx) }

// lookAgain is how soon an input that is not there is looked for again.
const lookAgain = 5 * time.Second

// listens begins and ends speech by an input, until ctx ends. One that goes may come
// back: a keypad has a plug, too.
func (s *speech) listens(ctx context.Context, i audio.Input, screen *ui.Server) error {
	said := ""
	for {
		err := i.Watch(ctx, func(e audio.InputEvent) {
			said = ""
			switch e {
			case audio.Plugged, audio.Unplugged:
				screen.Headphones(e == audio.Plugged)
			case audio.KeyDown:
				screen.ToggleSpeech()
			}
		})
		if ctx.Err() != nil {
			return nil
		}
		screen.Headphones(false) // what nobody watches may be a loudspeaker by now
		if err != nil && err.Error() != said {
			said = err.Error()
			s.log.Warn("an input of speech cannot be read: looking for it again", "err", err)
		}
		timer := time.NewTimer(lookAgain)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}
