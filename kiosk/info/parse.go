package info

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"balie/kiosk/text"
)

// How much fits on the smallest screen in the largest text, in letters. The tests of
// the screens show a page that is as full as this.
const (
	maxPages  = 6
	maxPoints = 3
	maxTitle  = 44
	maxPoint  = 110
	maxPage   = 230
	appSteps  = 5
	maxStep   = 40
)

// Pictures are the drawings that a topic can name. It gives a new slice each time.
func Pictures() []string {
	return []string{
		"app", "app-pin", "app-register", "app-scan", "app-store", "app-view", "calendar", "child", "clock", "code-card", "desk",
		"key", "lab", "mail", "paper", "people", "shield", "video",
	}
}

// topicFile is a file as it is written.
type topicFile struct {
	Pictures []string `toml:"pictures"`
	NL       words    `toml:"nl"`
	FR       words    `toml:"fr"`
	DE       words    `toml:"de"`
	EN       words    `toml:"en"`
}

// parse reads one topic and holds its languages against one another.
func parse(name, source string, o Options) (Topic, error) {
	var f topicFile
	meta, err := toml.Decode(source, &f)
	if err != nil {
		return Topic{}, oneLine(err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Topic{}, fmt.Errorf("%q: no such key: correct its spelling or take it out", unknown[0].String())
	}
	t := Topic{Name: name, pictures: f.Pictures, words: map[string]words{"nl": f.NL, "fr": f.FR, "de": f.DE, "en": f.EN}}
	for _, language := range text.Languages() {
		w, err := t.words[language].filled(language, o)
		if err != nil {
			return Topic{}, fmt.Errorf("%s.%w", language, err)
		}
		t.words[language] = w
		if err := w.check(name == App); err != nil {
			return Topic{}, fmt.Errorf("%s.%w", language, err)
		}
		if err := w.same(t.words[text.Languages()[0]]); err != nil {
			return Topic{}, fmt.Errorf("%s.%w", language, err)
		}
	}
	return t, t.checkPictures()
}

// oneLine is an error of the TOML package without its drawing of the line.
func oneLine(err error) error {
	if p, ok := errors.AsType[toml.ParseError](err); ok {
		err = fmt.Errorf("line %d: %s", p.Position.Line, p.Message)
	}
	return errors.New(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, err.Error()))
}

// check holds what is written to what a screen can show.
func (w words) check(app bool) error {
	if err := fits("title", w.Title, maxTitle); err != nil {
		return err
	}
	points, longest, pages := maxPoints, maxPoint, maxPages
	if app {
		points, longest, pages = appSteps, maxStep, 1
	}
	if n := len(w.Pages); n == 0 || n > pages {
		return fmt.Errorf("pages: %d of them, and there are 1 to %d", n, pages)
	}
	for i, page := range w.Pages {
		key, whole := fmt.Sprintf("pages: page %d", i+1), 0
		if n := len(page); n == 0 || n > points || app && n != points {
			return fmt.Errorf("%s has %d points; there are %s", key, n, map[bool]string{false: "1 to 3", true: "5"}[app])
		}
		for _, point := range page {
			if err := fits(key, point, longest); err != nil {
				return err
			}
			whole += utf8.RuneCountInString(point)
		}
		if whole > maxPage {
			return fmt.Errorf("%s is too long: %d letters, and %d fit", key, whole, maxPage)
		}
	}
	return nil
}

// fits tells whether a text is there, is one, and is not too long.
func fits(key, s string, longest int) error {
	switch n := utf8.RuneCountInString(s); {
	case strings.TrimSpace(s) == "":
		return fmt.Errorf("%s is missing", key)
	case n > longest:
		return fmt.Errorf("%s is too long: %d letters, and %d fit", key, n, longest)
	case strings.ContainsFunc(s, unicode.IsControl):
		return fmt.Errorf("%s has a line end or another sign that is none", key)
	case strings.ContainsAny(s, "{}"):
		return fmt.Errorf("%s has a placeholder that is none: there are {{.labs}}, {{.reports}} and {{.pathology}}", key)
	}
	return nil
}

// same holds a language against the first one: as many pages and points, or one of
// the two was not translated.
func (w words) same(first words) error {
	if len(w.Pages) != len(first.Pages) {
		return fmt.Errorf("pages: %d of them, and another language has %d", len(w.Pages), len(first.Pages))
	}
	for i := range w.Pages {
		if len(w.Pages[i]) != len(first.Pages[i]) {
			return fmt.Errorf("pages: page %d has %d points, and %d in another language", i+1, len(w.Pages[i]), len(first.Pages[i]))
		}
	}
	return nil
}

func (t Topic) checkPictures() error {
	want := len(t.words[text.Languages()[0]].Pages)
	if t.Name == App {
		want = appSteps
	}
	if n := len(t.pictures); n != want && (n != 1 || t.Name == App) {
		return fmt.Errorf("pictures: %d of them: one for each of %d", n, want)
	}
	for _, p := range t.pictures {
		if !slices.Contains(Pictures(), p) {
			return fmt.Errorf("pictures: %q is none of %s", p, strings.Join(Pictures(), ", "))
		}
	}
	return nil
}

// filled is what is written with its placeholders filled in.
func (w words) filled(language string, o Options) (words, error) {
	if w.Title == "" && len(w.Pages) == 0 {
		return w, errors.New("title is missing: the topic is not translated")
	}
	fill := strings.NewReplacer(
		"{{.labs}}", o.span(language, o.Delays.Labs),
		"{{.reports}}", o.span(language, o.Delays.Reports),
		"{{.pathology}}", o.span(language, o.Delays.Pathology),
	)
	full := words{Title: fill.Replace(w.Title)}
	for _, page := range w.Pages {
		var points []string
		for _, point := range page {
			points = append(points, fill.Replace(point))
		}
		full.Pages = append(full.Pages, points)
	}
	return full, nil
}

// span says a time in words: in hours up to three days, in days above.
func (o Options) span(language string, d time.Duration) string {
	key, n := "span.hours", int(d/time.Hour)
	if n > 72 {
		key, n = "span.days", n/24
	}
	return o.Texts.Get(language, key, "count", strconv.Itoa(n))
}
