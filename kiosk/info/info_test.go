package info_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"balie/kiosk/info"
	"balie/kiosk/text"
)

var loadTexts = sync.OnceValues(text.Load)

func options(t testing.TB) info.Options {
	t.Helper()
	texts, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	return info.Options{
		Topics: info.DefaultTopics(), Texts: texts,
		Delays: info.Delays{Labs: 24 * time.Hour, Reports: 72 * time.Hour, Pathology: 30 * 24 * time.Hour},
	}
}

// TestOurTopics: those that come with the program load, each in its order, and every
// file is among them.
func TestOurTopics(t *testing.T) {
	o := options(t)
	l, err := info.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("topics/*.toml")
	if err != nil || len(files) != len(o.Topics)+1 {
		t.Errorf("%d files, %d topics: %v", len(files), len(o.Topics), err)
	}
	for i, topic := range l.Topics() {
		if topic.Name != o.Topics[i] || len(topic.Pictures()) == 0 {
			t.Errorf("topic %d is %s, drawn by %v", i, topic.Name, topic.Pictures())
		}
	}
	if steps := l.App().Pages("fr")[0].Points; len(steps) != 5 || len(l.App().Pictures()) != 5 {
		t.Errorf("the app has the steps %q", steps)
	}
}

// TestPlainWords holds what can be counted of plain language, as of the sentences of
// the screens, and that nothing is left in another language.
func TestPlainWords(t *testing.T) {
	l, err := info.Load(options(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range append(l.Topics(), l.App()) {
		said := map[string]string{}
		for _, language := range text.Languages() {
			for _, page := range topic.Pages(language) {
				for _, point := range page.Points {
					if other := said[point]; other != "" {
						t.Errorf("%s is the same in %s and %s: %q", topic.Name, other, language, point)
					}
					said[point] = language
					plain(t, topic.Name+" "+language, point)
				}
			}
		}
	}
}

func plain(t *testing.T, where, point string) {
	t.Helper()
	for _, sentence := range strings.FieldsFunc(point, func(r rune) bool { return strings.ContainsRune(".?!:", r) }) {
		if words := strings.Fields(sentence); len(words) > 20 {
			t.Errorf("%s: %d words: %q", where, len(words), sentence)
		}
	}
	if strings.Contains(point, "!") || strings.Contains(point, "  ") || strings.TrimSpace(point) != point {
		t.Errorf("%s: %q", where, point)
	}
}

// TestDelaysAreSettable: what a hospital sets is what is said, in hours or in days.
func TestDelaysAreSettable(t *testing.T) {
	o := options(t)
	o.Delays = info.Delays{Labs: time.Hour, Reports: 48 * time.Hour, Pathology: 14 * 24 * time.Hour}
	l, err := info.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string][]string{
		"nl": {"na 1 uur", "48 uur", "14 dagen"}, "fr": {"1 heure.", "48 heures", "14 jours"},
		"de": {"1 Stunde.", "48 Stunden", "14 Tagen"}, "en": {"1 hour.", "48 hours", "14 days"},
	} {
		said := ""
		for _, topic := range l.Topics() {
			if topic.Name == "results" {
				said = strings.Join(topic.Pages(language)[0].Points, " ")
			}
		}
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: no %q in %q", language, w, said)
			}
		}
	}
}

// whole is a topic with nothing wrong.
const whole = `pictures = ["lab"]
[nl]
title = "Vraag"
pages = [["Antwoord."]]
[fr]
title = "Question"
pages = [["Réponse."]]
[de]
title = "Frage"
pages = [["Antwort hier."]]
[en]
title = "Question?"
pages = [["An answer."]]
`

// folder is a hospital's own, with these files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestOwnGoesBefore: a hospital's file takes the place of ours, and adds one of its own.
func TestOwnGoesBefore(t *testing.T) {
	o := options(t)
	o.Folder = folder(t, map[string]string{"results.toml": whole, "parking.toml": whole, "README": "not a topic"})
	o.Topics = []string{"parking", "results", "login"}
	l, err := info.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Vraag", "Vraag", "Hoe meld ik mij aan bij het portaal?"} {
		if got := l.Topics()[i].Title("nl"); got != want {
			t.Errorf("topic %d is %q, want %q", i, got, want)
		}
	}
	if p := l.Topics()[0].Pages("en"); len(p) != 1 || p[0].Picture != "lab" || p[0].Points[0] != "An answer." {
		t.Errorf("pages: %v", p)
	}
}

// TestLoadRefuses: one line for each slip, which names the file and what in it.
func TestLoadRefuses(t *testing.T) {
	with := func(old, new string) map[string]string {
		if !strings.Contains(whole, old) {
			t.Fatalf("no %q to replace", old)
		}
		return map[string]string{"results.toml": strings.Replace(whole, old, new, 1)}
	}
	long := strings.Repeat("a", 111)
	for name, c := range map[string]struct {
		files  map[string]string
		topics []string
		want   string
	}{
		"no TOML":             {with("[nl]", "[nl"), nil, "results.toml: line"},
		"unknown key":         {with("title = \"Vraag\"", "titel = \"Vraag\""), nil, `"nl.titel": no such key`},
		"unknown language":    {with("[en]", "[it]"), nil, "no such key"},
		"missing translation": {with("[fr]\ntitle = \"Question\"\npages = [[\"Réponse.\"]]\n", ""), nil, "fr.title is missing: the topic is not translated"},
		"missing title":       {with("title = \"Frage\"\n", ""), nil, "de.title is missing"},
		"missing pages":       {with("pages = [[\"Antwort hier.\"]]\n", ""), nil, "de.pages: 0 of them"},
		"page not translated": {with(`pages = [["Antwoord."]]`, `pages = [["Antwoord."], ["En nog een."]]`), nil, "fr.pages: 1 of them"},
		"point missing":       {with(`["Antwoord."]`, `["Antwoord.", "En nog een."]`), nil, "fr.pages: page 1 has 1 points"},
		"empty point":         {with("Réponse.", " "), nil, "fr.pages: page 1 is missing"},
		"long title":          {with("Frage", strings.Repeat("ü", 45)), nil, "de.title is too long: 45"},
		"long point":          {with("Antwort hier.", long), nil, "de.pages: page 1 is too long: 111"},
		"long page":           {with(`"Antwoord."`, `"`+long[1:]+`", "`+long[1:]+`", "`+long[1:]+`"`), nil, "nl.pages: page 1 is too long: 330"},
		"four points":         {with(`"Antwoord."`, `"a", "b", "c", "d"`), nil, "nl.pages: page 1 has 4 points"},
		"seven pages":         {with(`["Antwoord."]`, `["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]`), nil, "nl.pages: 7 of them"},
		"line end":            {with("Antwoord.", "Ant\\nwoord"), nil, "nl.pages: page 1 has a line end"},
		"placeholder":         {with("Antwoord.", "Na {{.days}}."), nil, "placeholder that is none"},
		"no picture":          {with(`["lab"]`, `[]`), nil, "pictures: 0 of them"},
		"unknown picture":     {with(`["lab"]`, `["cat"]`), nil, `"cat" is none of`},
		"two pictures":        {with(`["lab"]`, `["lab", "key"]`), nil, "pictures: 2 of them"},
		"steps of the app":    {map[string]string{"app.toml": whole}, nil, "page 1 has 1 points; there are 5"},
		"nobody shows it":     {map[string]string{"parking.toml": whole}, nil, "parking.toml: no topic of this name"},
		"no default":          {nil, []string{"parking"}, `"parking" comes with no program`},
		"twice":               {nil, []string{"results", "results"}, "named twice"},
		"the app by itself":   {nil, []string{"app"}, "by itself"},
		"too many":            {nil, append(info.DefaultTopics(), "a", "b"), "no more than 11"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.Folder = folder(t, c.files)
			if c.topics != nil {
				o.Topics = c.topics
			}
			_, err := info.Load(o)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v: want one line with %q", err, c.want)
			}
		})
	}
	o := options(t)
	o.Folder = filepath.Join(t.TempDir(), "absent")
	if _, err := info.Load(o); err == nil || !strings.Contains(err.Error(), "absent") {
		t.Errorf("no such folder: %v", err)
	}
}

// FuzzTopic: whatever stands in a file, there is a topic or one line.
func FuzzTopic(f *testing.F) {
	f.Add(whole)
	for _, source := range []string{"", "\x00", "[nl]\ntitle = \"a\\nb\"", "pictures = 1", "\"a\\nb\" = 1", "[nl]\npages = [[[]]]"} {
		f.Add(source)
	}
	o := options(f)
	f.Fuzz(func(t *testing.T, source string) {
		o := o
		o.Folder, o.Topics = folder(t, map[string]string{"x.toml": source}), []string{"x"}
		l, err := info.Load(o)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("not one line: %q", err)
			}
			return
		}
		for _, language := range text.Languages() {
			if l.Topics()[0].Title(language) == "" || len(l.Topics()[0].Pages(language)) == 0 {
				t.Errorf("taken, and says nothing in %s", language)
			}
		}
	})
}
