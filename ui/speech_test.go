package ui_test

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
	"balie/kiosk/text"
	"balie/ui"
	"balie/ui/uitest"
)

// ears hear what is said; the rig's own goroutine asks, and the server's answers.
type ears struct{ list []ui.Speech }

func (e *ears) say(s ui.Speech) { e.list = append(e.list, s) }

// take gives what was said since it was asked last: texts, "–" for silence.
func (e *ears) take() []string {
	var said []string
	for _, s := range e.list {
		if s.Text.Empty() {
			said = append(said, "–")
			continue
		}
		said = append(said, s.Text.Reveal())
	}
	e.list = nil
	return said
}

// listening is a rig with headphones plugged in.
func listening(t *testing.T, test func(*rig, *ears, edit)) {
	t.Helper()
	e := &ears{}
	bubble(t, ui.Options{Hospital: ui.Hospital{Name: "Ziekenhuis", Phone: "016 00 00 00"}, Say: e.say}, func(r *rig) {
		in := r.enter()
		r.Headphones(true)
		e.take()
		test(r, e, in)
	})
}

// sample is the sample of this name, in a language.
func sample(t *testing.T, language, name string) kiosk.View {
	t.Helper()
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := uitest.Samples(language, catalog.Keys())
	i := slices.IndexFunc(all, func(s uitest.Sample) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no sample %s", name)
	}
	return all[i].View
}

// said holds what was heard.
func said(t *testing.T, e *ears, want ...string) {
	t.Helper()
	if got := e.take(); !slices.Equal(got, want) {
		t.Errorf("heard\n got %q\nwant %q", got, want)
	}
}

const foot = "Hulp nodig? Vraag het aan de balie of bel 016 00 00 00. Knop: Roep hulp."

// TestSpeechIsTheScreen holds what is said of a screen: who it is, the question, what it
// is about, the buttons in the order they are come to, and who helps.
func TestSpeechIsTheScreen(t *testing.T) {
	listening(t, func(r *rig, e *ears, _ edit) {
		r.Show(sample(t, "nl", "confirm"))
		said(t, e, "Dag An B. Komt u voor deze afspraak? 14:30, Raadpleging 4614, Gele zaal, niveau 1, Volg route 46. Knop: Ja, ik ben er. Knop: Stoppen. "+foot)
		r.Show(sample(t, "nl", "confirm-asking")) // what is behind the question is not heard
		said(t, e, "Bent u er nog? Uw gegevens verdwijnen zo dadelijk van het scherm. Knop: Ja, ik heb meer tijd nodig. Knop: Stoppen.")
		r.Show(sample(t, "nl", "done"))
		got := strings.Join(e.take(), " ")
		for _, part := range []string{"Uw nummer, K1-042.", "Wacht in, Gele zaal, niveau 1", "Neem uw ticket uit de printer.", "Neem uw kaart mee."} {
			if !strings.Contains(got, part) {
				t.Errorf("no %q in %q", part, got)
			}
		}
	})
}

// TestEveryScreenIsHeard: in every language, in that language, with its title, each of
// its buttons and each sentence that is marked, and nothing of how a page is made.
func TestEveryScreenIsHeard(t *testing.T) {
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range text.Languages() {
		listening(t, func(r *rig, e *ears, in edit) {
			for _, s := range uitest.Samples(language, catalog.Keys()) {
				r.Show(kiosk.View{Screen: kiosk.ScreenReading, Language: language})
				e.take()
				r.Show(s.View)
				if len(e.list) != 1 || e.list[0].Language != language {
					t.Errorf("%s %s: heard %d times", s.Name, language, len(e.list))
					continue
				}
				got := e.take()[0]
				head := regexp.MustCompile(`(?s)<h1.*?</h1>`)
				if s.View.Asking {
					head = regexp.MustCompile(`(?s)<h2 id.*?</h2>`)
				}
				title := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(head.FindString(r.ask("GET", "/", in).body), "")
				wants := []string{strings.Join(strings.Fields(html.UnescapeString(title)), " ")}
				for _, b := range s.View.Buttons {
					if !s.View.Asking && b.Do != "choose" && b.Do != "pick" && b.Do != "topic" && b.Do != "stay" {
						wants = append(wants, catalog.Get(language, b.Text))
					}
				}
				for _, want := range wants {
					if !strings.Contains(strings.ReplaceAll(got, ", ", " "), strings.ReplaceAll(want, ", ", " ")) {
						t.Errorf("%s %s: no %q in %q", s.Name, language, want, got)
					}
				}
				if strings.ContainsAny(got, "<>{}") || strings.Contains(got, "  ") {
					t.Errorf("%s %s: %q", s.Name, language, got)
				}
			}
		})
	}
}

// TestSpeechIsBrokenOffAndRepeated: a press breaks it off, one can have it again, the
// same words are not said twice by themselves, and a language is that of the screen.
func TestSpeechIsBrokenOffAndRepeated(t *testing.T) {
	listening(t, func(r *rig, e *ears, in edit) {
		v := sample(t, "nl", "welcome-cards-only")
		r.Show(v)
		whole := e.take()
		r.Show(v)
		r.press(in, v.Seq, "contrast", "on")
		said(t, e)
		r.press(in, v.Seq, "again", "")
		said(t, e, whole...)
		r.press(in, v.Seq, "help", "")
		said(t, e, "–")
		v.Language = "fr"
		r.Show(v)
		if len(e.list) != 1 || e.list[0].Language != "fr" || !strings.HasPrefix(e.list[0].Text.Reveal(), "Bienvenue") {
			t.Errorf("in French: %v", e.take())
		}
	})
}

// TestVolumeEndsWithTheVisit: it goes up and down by steps, no further than it can, is
// heard at once, and the next person begins anew; headphones that are still in still
// speak.
func TestVolumeEndsWithTheVisit(t *testing.T) {
	listening(t, func(r *rig, e *ears, in edit) {
		v := sample(t, "nl", "confirm")
		r.Show(v)
		if e.list[0].Volume != 3 {
			t.Errorf("it begins at %d", e.list[0].Volume)
		}
		for _, volume := range []string{"4", "5", "9", "x"} {
			r.press(in, v.Seq, "volume-up", volume)
		}
		if last := e.list[len(e.list)-1]; last.Volume != 5 || last.Text.Reveal() != "Zo luid is het nu." || len(e.list) != 4 {
			t.Errorf("after three steps: %d, %q, %d times", last.Volume, last.Text.Reveal(), len(e.list))
		}
		r.press(in, v.Seq, "volume-down", "1")
		e.take()
		r.Show(kiosk.View{Seq: 90, Screen: kiosk.ScreenWelcome, Language: "nl"})
		if len(e.list) != 1 || e.list[0].Volume != 3 {
			t.Errorf("the next person hears %d at %v", len(e.list), e.list)
		}
	})
}

// TestSpeechBeginsAndEnds: with headphones, by a key, by the button; and ends with them,
// and a minute after who asked for it has gone.
func TestSpeechBeginsAndEnds(t *testing.T) {
	listening(t, func(r *rig, e *ears, in edit) {
		v := sample(t, "nl", "welcome-cards-only")
		r.Show(v)
		r.Headphones(false)
		if got := e.take(); got[len(got)-1] != "–" {
			t.Errorf("headphones out: %q", got)
		}
		r.Show(kiosk.View{Seq: 9, Screen: kiosk.ScreenReading, Language: "nl"})
		said(t, e)
		for name, begin := range map[string]func(){
			"headphones": func() { r.Headphones(true) },
			"key":        r.ToggleSpeech,
			"button":     func() { r.press(in, v.Seq, "speech", "on") },
		} {
			r.Show(v)
			begin()
			if got := e.take(); len(got) != 1 || !strings.HasPrefix(got[0], "Dit scherm wordt voorgelezen.") || !strings.Contains(got[0], "Welkom") {
				t.Errorf("%s: %q", name, got)
			}
			r.Headphones(true)
			r.Headphones(false)
			said(t, e, "–")
		}
		r.press(in, v.Seq, "speech", "on")
		e.take()
		pass(61 * time.Second)
		r.ask("POST", "/alive", in, form("seq", strconv.FormatUint(v.Seq, 10)))
		said(t, e, "–")
	})
}

// TestFocusIsHeard: the button that one comes to is said, tools too, from the page and not
// from what was sent; and nothing on a page that is gone, or without headphones.
func TestFocusIsHeard(t *testing.T) {
	listening(t, func(r *rig, e *ears, in edit) {
		v := sample(t, "nl", "choose")
		r.Show(v)
		e.take()
		come := func(seq uint64, do, choice string) {
			if a := r.ask("POST", "/focus", in, form("seq", strconv.FormatUint(seq, 10), "do", do, "choice", choice)); a.status != 204 {
				t.Errorf("answered %d", a.status)
			}
		}
		come(v.Seq, "choose", "1")
		said(t, e, "Knop: 15:15, Medische beeldvorming, Blauwe wachtzaal, niveau 0, Al aangemeld.")
		come(v.Seq, "volume-up", "4")
		said(t, e, "Knop: Luider.")
		come(v.Seq, "language", "fr")
		said(t, e, "Knop: Français.")
		come(v.Seq, "<b>", "")
		come(v.Seq-1, "stop", "")
		said(t, e)
		r.Headphones(false)
		e.take()
		come(v.Seq, "stop", "")
		said(t, e)
		if a := r.ask("POST", "/focus", form("seq", "1")); a.status != 403 {
			t.Errorf("without a cookie: %d", a.status)
		}
	})
}

// TestNoSpeechWhereThereIsNone: a booth without a jack has no button for it, and a press
// that is made up does nothing.
func TestNoSpeechWhereThereIsNone(t *testing.T) {
	bubble(t, ui.Options{}, func(r *rig) {
		in := r.enter()
		r.Headphones(true)
		r.ToggleSpeech()
		r.Show(kiosk.View{Seq: 1, Screen: kiosk.ScreenWelcome, Language: "nl"})
		for _, do := range []string{"speech", "volume-up", "again"} {
			r.press(in, 1, do, "on")
		}
		if page := r.ask("GET", "/", in).body; strings.Contains(page, "data-aloud") || strings.Contains(page, `data-do="speech"`) {
			t.Error("it offers to speak")
		}
	})
}

// TestSpeechTellsNobody: a name is heard, and in no log.
func TestSpeechTellsNobody(t *testing.T) {
	listening(t, func(r *rig, e *ears, in edit) {
		r.Show(kiosk.View{Seq: 7, Screen: kiosk.ScreenReading, Language: "nl", Person: secret.NewText(canary)})
		r.ask("POST", "/focus", in, form("seq", "7", "do", "stop"))
		if !strings.Contains(strings.Join(e.take(), ""), canary) {
			t.Error("nobody is greeted")
		}
		if strings.Contains(r.log.String(), canary) {
			t.Errorf("logged: %s", r.log.String())
		}
	})
}
