package kiosk_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/kiosk"
	"balie/kiosk/hours"
	"balie/kiosk/text"
	"balie/printer"
	"balie/printer/escpos"
)

// slipped is how the paper of what is told comes out.
func slipped(o printer.Outcome) act {
	return func(b *booth) {
		b.do(kiosk.SlipDone{Visit: answer[kiosk.PrintSlip](b).Visit, Result: printer.Result{Outcome: o}})
	}
}

// inquiries are of people who put no card in.
func inquiries() []visit {
	topic := with(press("questions", ""), press("topic", "0"))
	return []visit{{
		name: "the app, on paper",
		acts: []act{press("app", ""), press("print", ""), slipped(printer.Confirmed), press("stop", "")},
		seen: "app welcome", asked: "PrintSlip Forget",
		checked: func(t *testing.T, b *booth) {
			if v := b.views[len(b.views)-2]; v.Link != appLink || len(v.Told.Points) != 5 || len(v.Told.Pictures) != 5 || v.Slip != "slip-printed" {
				t.Errorf("the app's screen: %+v", v)
			}
		},
	}, {
		name: "a question, to its last page and back",
		acts: []act{topic, press("next", ""), press("next", ""), press("back", ""), press("back", ""), press("back", ""), press("stop", "")},
		seen: "questions topic questions welcome", asked: "Forget",
	}, {
		name: "from a question to the app and back",
		acts: []act{press("questions", ""), press("app", ""), press("questions", ""), pass(time.Minute)},
		seen: "questions app questions questions? welcome", asked: "Forget",
	}, {
		name: "a slip that does not come out",
		acts: []act{topic, press("print", ""), slipped(printer.NotSent), press("print", ""), slipped(printer.Failed), press("print", ""), pass(50 * time.Second)},
		seen: "questions topic topic?", asked: "PrintSlip PrintSlip PrintSlip",
		checked: func(t *testing.T, b *booth) {
			var said []string
			for _, v := range b.views {
				said = append(said, v.Slip)
			}
			want := " slip-printing slip-none slip-printing slip-doubtful slip-printing slip-doubtful"
			if got := strings.Join(slices.Compact(said), " "); got != want {
				t.Errorf("said of the paper: %q, want %q", got, want)
			}
		},
	}, {
		name: "a card while something is told",
		acts: []act{press("language", "fr"), topic, press("print", ""), toConfirm, slipped(printer.Confirmed), confirm, committed, delivered(true), ticket, remove, pass(end)},
		seen: "questions topic reading fetching confirm saving printing ticket-printed welcome", asked: "PrintSlip Forget " + whole,
		checked: func(t *testing.T, b *booth) {
			if got := paper(t, b).Language; got != "fr" {
				t.Errorf("who asked in French has a ticket in %s", got)
			}
		},
	}, {
		name: "a card that does not answer, while something is told",
		acts: []act{topic, happens(kiosk.CardMute, "left"), remove},
		seen: "questions topic card-mute welcome", asked: "Forget Forget",
	}, {
		name: "a language chosen while asking, kept for the card that follows",
		acts: []act{press("questions", ""), press("language", "de"), press("stop", ""), insert},
		seen: "questions welcome reading", asked: "Forget ReadCard",
		checked: func(t *testing.T, b *booth) {
			if b.s.Language != "de" {
				t.Errorf("it goes on in %s", b.s.Language)
			}
		},
	}, {
		name: "while the reader is away",
		acts: []act{happens(kiosk.ReaderLost, "left"), press("questions", ""), press("stop", "")},
		seen: "closed questions closed", asked: "Forget",
	}}
}

// helps are of people who call for help, with a card in and without.
func helps() []visit {
	return []visit{{
		name: "help, and back to the welcome screen",
		acts: []act{press("help", ""), press("stop", "")},
		seen: "help welcome", asked: "Forget",
	}, {
		name: "help before confirming, and on",
		acts: []act{toConfirm, press("help", ""), pass(40 * time.Second), press("stay", ""), press("back", ""), confirm, committed, delivered(true), ticket, remove, pass(end)},
		seen: "reading fetching confirm help help? help confirm saving printing ticket-printed welcome", asked: whole,
		checked: func(t *testing.T, b *booth) {
			for _, v := range b.views {
				if v.Screen == kiosk.ScreenHelp && (!v.Person.Empty() || len(v.Appointments) > 0) {
					t.Errorf("help shows %+v", v)
				}
			}
		},
	}, {
		name: "help while the promise is kept",
		acts: []act{toConfirm, confirm, press("help", ""), committed, delivered(true), ticket, remove, pass(end)},
		seen: "reading fetching confirm saving help ticket-printed welcome", asked: whole,
	}, {
		name: "help, and the card goes",
		acts: []act{toConfirm, press("help", ""), remove, pass(8 * time.Second)},
		seen: "reading fetching confirm help card-removed welcome", asked: "ReadCard Fetch Forget Forget",
	}, {
		name: "help, and stop",
		acts: []act{toConfirm, press("help", ""), press("stop", ""), remove},
		seen: "reading fetching confirm help take-card welcome", asked: "ReadCard Fetch Forget",
	}, {
		name: "nobody takes the card, who wants help",
		acts: []act{insert, readFails(kiosk.ErrCardForeign), press("stop", ""), press("help", ""), press("stop", "")},
		seen: "reading card-foreign take-card help take-card", asked: "ReadCard Forget Forget",
	}}
}

// TestOpeningIsTrueAllTheTime: a screen that is looked at changes when the desk opens,
// and at midnight, without anybody pressing.
func TestOpeningIsTrueAllTheTime(t *testing.T) {
	b := visit{hang: func(s *kiosk.Settings) { s.Printer = false }, acts: []act{happens(kiosk.ReaderLost, "left")}}.play(t)
	b.views = b.views[len(b.views)-1:]
	b.pass(14 * 24 * time.Hour)
	var said []string
	for _, v := range b.views {
		said = append(said, v.Helpers[0].Opening.State)
	}
	day := []string{"open-until", "opens-tomorrow", "opens-today"} // from Tuesday ten o'clock on
	want := slices.Concat(day, day, day, []string{"open-until", "opens-on", "opens-tomorrow", "opens-today"})
	if len(said) < len(want) || !slices.Equal(said[:len(want)], want) {
		t.Errorf("over a week:\n got %v\nwant %v", said, want)
	}
}

// openings are weeks, holidays, and how that is said on Tuesday the 24th at ten.
func openings() [][3]string {
	list := [][3]string{
		{"", "", ""},
		{"mo-su 00:00-24:00", "", "open"},
		{"mo-su 00:00-24:00", "11-25", "open-until 00:00"},
		{"mo-su 00:00-24:00", "11-27", "open"},
		{"tu 00:00-24:00", "", "open-until 00:00"},
		{"tu 12:00-13:00", "", "opens-today 12:00"},
		{"we 12:00-13:00", "", "opens-tomorrow 12:00"},
		{"mo 12:00-13:00", "11-30", "opens-date 12:00 07/12/2026"},
		{"tu 08:00-09:00", "", "opens-date 08:00 01/12/2026"},
		{"tu 12:00-13:00", "easter", "opens-today 12:00"},
		{"we 12:00-13:00", "11-25 12-02 12-09", "opens-date 12:00 16/12/2026"},
	}
	for day, name := range map[string]string{"th": "thursday", "fr": "friday", "sa": "saturday", "su": "sunday", "mo": "monday"} {
		list = append(list, [3]string{day + " 12:00-13:00", "", "opens-on 12:00 " + name})
	}
	return list
}

// opens is a booth whose desk has these hours, at its help screen.
func opens(t *testing.T, week, holidays string) *booth {
	t.Helper()
	return visit{hang: func(s *kiosk.Settings) {
		h, err := hours.ParseHolidays(strings.Fields(holidays))
		if err != nil {
			t.Fatal(err)
		}
		w, err := hours.Parse(slices.DeleteFunc([]string{week}, func(l string) bool { return l == "" }), h)
		if err != nil {
			t.Fatal(err)
		}
		s.Helpers = []kiosk.Helper{{Kind: "desk", Hours: w}}
	}, acts: []act{press("help", "")}}.play(t)
}

// TestOpening holds how each state of a schedule is said.
func TestOpening(t *testing.T) {
	for _, tc := range openings() {
		o := opens(t, tc[0], tc[1]).s.View().Helpers[0].Opening
		if got := strings.Join(strings.Fields(strings.Join([]string{o.State, o.Time, o.Day, o.Date}, " ")), " "); got != tc[2] {
			t.Errorf("%q without %q is said to be %q, want %q", tc[0], tc[1], got, tc[2])
		}
	}
}

// TestSwitchedOff: what a hospital does not want is nowhere offered.
func TestSwitchedOff(t *testing.T) {
	for name, tc := range map[string]struct {
		hang func(*kiosk.Settings)
		want string
	}{
		"all":          {func(*kiosk.Settings) {}, "app questions block help"},
		"no app":       {func(s *kiosk.Settings) { s.Without = []string{kiosk.VisitApp} }, "questions block help"},
		"no link":      {func(s *kiosk.Settings) { s.AppLink = "" }, "questions block help"},
		"no questions": {func(s *kiosk.Settings) { s.Without = []string{kiosk.VisitQuestions} }, "app block help"},
		"nothing":      {func(s *kiosk.Settings) { s.Info = nil }, "block help"},
		"no block":     {func(s *kiosk.Settings) { s.Without = []string{kiosk.VisitBlock} }, "app questions help"},
	} {
		b := visit{hang: tc.hang}.play(t)
		if got := does(b); got != tc.want {
			t.Errorf("%s: on the welcome screen %q, want %q", name, got, tc.want)
		}
		if name == "no app" {
			b.play(press("questions", ""))
			if strings.Contains(does(b), "app") {
				t.Errorf("%s: among the questions: %q", name, does(b))
			}
		}
		if name == "no questions" {
			b.play(press("app", ""))
			if strings.Contains(does(b), "questions") {
				t.Errorf("%s: beside the app: %q", name, does(b))
			}
		}
	}
}

// does is what can be pressed.
func does(b *booth) string {
	var list []string
	for _, x := range b.s.View().Buttons {
		list = append(list, x.Do)
	}
	return strings.Join(list, " ")
}

// TestNoPaperForFun: an inquiry gets a few papers, and none from a printer that
// cannot print.
func TestNoPaperForFun(t *testing.T) {
	b := visit{acts: []act{press("app", "")}}.play(t)
	for range 5 {
		b.play(press("print", ""))
		if strings.Contains(does(b), "print") {
			t.Fatal("a second paper can be asked for while the first one is printed")
		}
		b.play(slipped(printer.Sent))
	}
	b.play(press("questions", ""), press("topic", "3"))
	if strings.Contains(does(b), "print") {
		t.Error("a sixth paper can be asked for")
	}
	b = visit{acts: []act{printerIs(nil, printer.PaperEnd), press("app", "")}}.play(t)
	if strings.Contains(does(b), "print") {
		t.Error("paper can be asked of a printer that has none")
	}
}

// TestSlips holds the paper of the app and of every topic against testdata/slips, and
// that every printer that comes with the program has a byte for each letter.
func TestSlips(t *testing.T) {
	for _, lang := range text.Languages() {
		var sheets strings.Builder
		choices := []act{press("app", "")}
		for i := range settings(t).Info.Topics() {
			choices = append(choices, with(press("questions", ""), press("topic", string(rune('0'+i)))))
		}
		for _, choose := range choices {
			b := visit{hang: greets(lang, "plain"), acts: []act{press("language", lang), choose, press("print", "")}}.play(t)
			doc := answer[kiosk.PrintSlip](b).Slip()
			if doc.Language != lang || doc.Title != "slip" {
				t.Errorf("a %s in %s", doc.Title, doc.Language)
			}
			sheets.WriteString(sheet(t, doc))
			for _, name := range escpos.ProfileNames() {
				encodes(t, doc, name)
			}
		}
		golden(t, filepath.Join("testdata", "slips", lang+".txt"), sheets.String())
	}
}

func encodes(t *testing.T, doc printer.Document, profile string) {
	t.Helper()
	p, err := escpos.LoadProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := escpos.Encode(doc, p)
	if err != nil || strings.Count(string(raw), "?") > questions(doc) {
		t.Errorf("%s in %s: %v, or a letter that it lacks", profile, doc.Language, err)
	}
}

// questions counts the question marks that a document has itself.
func questions(doc printer.Document) (n int) {
	for _, block := range doc.Blocks {
		switch b := block.(type) {
		case printer.Paragraph:
			n += strings.Count(b.Text, "?")
		case printer.Heading:
			n += strings.Count(b.Text, "?")
		}
	}
	return n
}
