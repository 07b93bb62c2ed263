// Package audio speaks: text becomes sound, and the sound goes to a headphone jack.
//
// A [Speaker] says one thing; a [Queue] has it say the last thing it was given, and
// break off whatever came before. [Inputs] tells when headphones are plugged in. What
// is said may be private: it is handed to other programs through pipes, and never in
// an argument, a file, an error or a log.
package audio

import (
	"context"
	"errors"
	"io"

	"balie/internal/secret"
)

// The volumes, from the softest to the loudest; each person begins with the normal one.
const (
	Softest = 1
	Normal  = 3
	Loudest = 5
)

// Utterance is what is said.
type Utterance struct {
	Language string // "nl", "fr", "de" or "en"
	Text     secret.Text
	Volume   int // Softest to Loudest
}

// Speaker says things, one at a time.
type Speaker interface {
	// Say says u and returns when all of it was heard. Once ctx ends it is silent and
	// returns within a moment, with an error that wraps ctx.Err(). An empty text is
	// said at once. The error holds nothing of the text.
	Say(ctx context.Context, u Utterance) error
}

// ErrNoVoice is that there is no voice for a language.
var ErrNoVoice = errors.New("no voice for this language")

// Player plays sound: a WAV stream until its end, or the end of ctx.
type Player interface {
	Play(ctx context.Context, wav io.Reader) error
}
