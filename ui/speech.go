package ui

import (
	"net/http"
	"strconv"
	"time"

	"balie/internal/secret"
)

// The volumes that a person can choose; each begins with the normal one.
const (
	softest      = 1
	normalVolume = 3
	loudest      = 5
)

// Speech is what is to be heard now, in place of whatever is heard. It may be private:
// it is for headphones.
type Speech struct {
	Language string
	Text     secret.Text // empty is silence
	Volume   int         // 1 to 5
}

// Headphones says whether headphones are plugged in. While they are, every screen is
// read out; once they are out, nothing is.
func (s *Server) Headphones(plugged bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plugged = plugged
	s.readAloud(plugged)
}

// ToggleSpeech has the screens read out, or no longer: a key that can be found without
// sight was pressed.
func (s *Server) ToggleSpeech() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readAloud(!s.prefs.Aloud)
}

// readAloud begins or ends reading out. mu is held.
func (s *Server) readAloud(aloud bool) {
	if s.opts.Say == nil || s.prefs.Aloud == aloud {
		return
	}
	s.prefs.Aloud, s.touched = aloud, time.Now()
	s.redraw()
}

// fresh is how the next person finds the screen.
func (s *Server) fresh() prefs { return prefs{Aloud: s.plugged} }

// speak reads out what is shown: once, also where the page is drawn anew with the same
// words. mu is held.
func (s *Server) speak() {
	switch {
	case s.opts.Say == nil:
		return
	case !s.prefs.Aloud:
		s.hush()
		s.reading, s.read = false, Speech{}
		return
	}
	next := s.speech(heard(s.page, s.button).screen)
	if s.reading && next.Language == s.read.Language && next.Text.Equal(s.read.Text) {
		return
	}
	s.read = next
	if !s.reading {
		next = s.speech(s.text("speech.intro") + " " + next.Text.Reveal())
	}
	s.reading = true
	s.opts.Say(next)
}

// speech is something said in the language and at the volume of the person in front.
// mu is held.
func (s *Server) speech(text string) Speech {
	return Speech{Language: s.view.Language, Text: secret.NewText(text), Volume: normalVolume + s.prefs.Louder}
}

func (s *Server) text(key string, data ...string) string {
	return s.opts.Texts.Get(s.view.Language, key, data...)
}

// button is how a button is read out.
func (s *Server) button(label string) string { return s.text("speech.button", "name", label) }

// hush breaks off what is being said: a person who acts has heard enough. mu is held.
func (s *Server) hush() {
	if s.reading {
		s.opts.Say(s.speech(""))
	}
}

// louder sets the volume, and lets it be heard. mu is held.
func (s *Server) louder(choice string) {
	volume, err := strconv.Atoi(choice)
	if err != nil || !s.reading {
		return
	}
	s.prefs.Louder = min(max(volume, softest), loudest) - normalVolume
	s.redraw()
	s.opts.Say(s.speech(s.text("speech.volume")))
}

// again says the screen once more. mu is held.
func (s *Server) again() {
	if s.reading {
		s.opts.Say(s.speech(s.read.Text.Reveal()))
	}
}

// serveFocus reads out the button that somebody has come to with a key. What is said is
// of the page that is shown, and nothing that was sent.
func (s *Server) serveFocus(w http.ResponseWriter, r *http.Request) {
	seq, ok := form(w, r)
	if !ok {
		return
	}
	do, choice := r.PostForm.Get("do"), r.PostForm.Get("choice")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading && seq == s.view.Seq {
		if label := heard(s.page, s.button).buttons[place{do, choice}]; label != "" {
			s.opts.Say(s.speech(label))
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
