package e2e

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
)

// TestInquiry is someone without a card at the real booth: the app and a question, on
// the screen and on paper, help, and a card after all. The hospital has an answer of
// its own, and waits another time for the results of its lab.
func TestInquiry(t *testing.T) {
	t.Parallel()
	own := t.TempDir()
	parking := `pictures = ["clock"]
[nl]
title = "Parkeren"
pages = [["Bij de ingang."]]
[fr]
title = "Se garer"
pages = [["A l’entrée."]]
[de]
title = "Parken"
pages = [["Am Eingang."]]
[en]
title = "Parking"
pages = [["At the entrance."]]
`
	if err := os.WriteFile(filepath.Join(own, "parking.toml"), []byte(parking), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, 1, func(c *config.Config) {
		c.Info.Folder, c.Info.Topics = own, []string{"results", "parking"}
		if err := c.Info.Labs.UnmarshalText([]byte("48h")); err != nil {
			t.Error(err)
		}
	})
	v := r.visitor()
	v.sees("welcome")

	v.presses("app")
	v.sees("app")
	v.reads("Installeer de app uit de winkel")
	v.presses("print")
	v.reads("Neem uw blad uit de printer.")
	paper := r.paper(1)
	if len(paper.QR) != 1 || paper.QR[0] != "https://www.azvoorbeeld.example/app" || !strings.Contains(paper.Text, "2. Installeer de app") || !paper.Cut {
		t.Errorf("the paper of the app is %+v", paper)
	}

	v.presses("questions")
	v.sees("questions")
	r.must(v.Press("topic", "0"))
	v.sees("topic")
	v.reads("Van het labo: na 48 uur.")
	v.presses("next")
	v.reads("Uw arts legt het u uit.")
	v.presses("back")
	v.presses("back")
	v.sees("questions")
	r.must(v.Press("language", "fr"))
	r.must(v.Press("topic", "1"))
	v.reads("A l’entrée.")
	v.presses("print")
	v.reads("Prenez votre feuille")
	if paper := r.paper(2); !strings.Contains(paper.Text, "- A l’entrée.") {
		t.Errorf("the paper in French is %+v", paper)
	}

	v.presses("help")
	v.sees("help")
	v.reads("Inkomhal")

	r.insert(desk.CrowdCard(0)) // and it goes on in French
	v.sees("confirm")
	v.presses("help")
	if seen := v.sees("help"); strings.Contains(seen.Text, desk.CrowdName(0)) {
		t.Error("help shows who is in")
	}
	v.presses("back")
	v.sees("confirm")
	v.presses("confirm")
	if seen := v.sees("done"); seen.Lang != "fr" {
		t.Errorf("the last screen is in %s", seen.Lang)
	}
	r.pull()
}

// TestSpeech is a booth that reads its screens out. ALSA writes what would be heard to a
// file: the card's owner is greeted there, once they asked for it, and the log has
// nothing of that.
func TestSpeech(t *testing.T) {
	t.Parallel()
	sound := filepath.Join(t.TempDir(), "heard.raw")
	r := newRig(t, 1, func(c *config.Config) { c.Speech.On, c.Speech.Device = true, "file:"+sound+",raw" })
	v := r.visitor()
	v.sees("welcome")
	if _, err := os.Stat(sound); err == nil {
		t.Error("it speaks before anybody asked for it")
	}
	r.must(v.Press("speech", "on"))
	r.until("the welcome screen is heard", func(context.Context) bool { return loud(sound) })
	r.must(os.Remove(sound))
	r.insert(desk.CrowdCard(0))
	v.sees("confirm")
	r.until("the appointment is heard", func(context.Context) bool { return loud(sound) })
	v.presses("stop")
	r.pull()
	if line := "nothing can be heard"; r.says("kioskd", line) || r.says("kioskd", desk.CrowdName(0)) {
		t.Error("the log says that nothing is heard, or who is greeted")
	}
}

// loud tells whether there is a second of sound in a file, and not silence.
func loud(path string) bool {
	raw, err := os.ReadFile(path)
	return err == nil && len(raw) > 44100 && bytes.ContainsFunc(raw, func(r rune) bool { return r != 0 })
}

// reads waits until a text is on the screen.
func (v *visitor) reads(text string) {
	v.r.t.Helper()
	if _, err := v.Read(stepTime, text); err != nil {
		v.r.t.Fatal(err)
	}
}

// paper waits for the n-th paper, and gives it.
func (r *rig) paper(n int) (p desk.Paper) {
	r.t.Helper()
	r.until("a paper comes out", func(ctx context.Context) bool {
		papers, err := r.Papers(ctx)
		if err != nil || len(papers) < n {
			return false
		}
		p = papers[n-1]
		return p.Cut
	})
	return p
}
