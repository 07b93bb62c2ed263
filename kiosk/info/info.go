// Package info holds what people come to ask at a booth, and the answers: topics of a
// few short pages in Dutch, French, German and English.
//
// Each topic is a file, NAME.toml. Those of this package say what holds at any
// hospital; a file of the same name in a hospital's own folder goes before it, and a
// file of another name adds a topic. What a file may hold is in docs/info.md.
//
// A set of topics that is not whole does not load: nobody is shown half an answer, or
// one in a language they do not read.
package info

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed topics/*.toml
var embedded embed.FS

// App is the topic that stands beside the code for the app: one page, of five steps.
const App = "app"

// DefaultTopics are those that come with the program, in the order they are shown. It
// gives a new slice each time.
func DefaultTopics() []string {
	return []string{
		"login", "app-trouble", "child", "other-record", "access", "results", "copy", "child-reports", "deceased", "mail",
	}
}

// maxTopics is how many fit on a screen beside the one about the app.
const maxTopics = 11

// Texts gives a sentence in a language; *text.Catalog does.
type Texts interface {
	Get(language, key string, data ...string) string
}

// Delays are after how long results can be seen in the portal.
type Delays struct{ Labs, Reports, Pathology time.Duration }

// Options say what is loaded.
type Options struct {
	Folder string   // of the hospital's own files; empty for none
	Topics []string // in the order they are shown, without [App]
	Delays Delays
	Texts  Texts
}

// Topic is one thing that people ask.
type Topic struct {
	Name     string
	pictures []string
	words    map[string]words
}

// words are a topic in one language.
type words struct {
	Title string     `toml:"title"`
	Pages [][]string `toml:"pages"`
}

// Page is one screen of a topic.
type Page struct {
	Picture string
	Points  []string
}

// Title is the question, in a language.
func (t Topic) Title(language string) string { return t.words[language].Title }

// Pages are the answer, in a language.
func (t Topic) Pages(language string) []Page {
	var list []Page
	for i, points := range t.words[language].Pages {
		list = append(list, Page{Picture: t.pictures[min(i, len(t.pictures)-1)], Points: points})
	}
	return list
}

// Pictures are the drawings of the topic, one for each page or step, or one for all.
func (t Topic) Pictures() []string { return slices.Clone(t.pictures) }

// Library is all there is to be told.
type Library struct {
	topics []Topic
	app    Topic
}

// Topics are those to choose from, in order.
func (l *Library) Topics() []Topic { return slices.Clone(l.topics) }

// App is what stands beside the code for the app.
func (l *Library) App() Topic { return l.app }

// Load reads and checks every topic. The error is one line, and names the file.
func Load(o Options) (*Library, error) {
	own, err := ownFiles(o)
	if err != nil {
		return nil, err
	}
	if len(o.Topics) > maxTopics {
		return nil, fmt.Errorf("%d topics, and no more than %d fit on a screen", len(o.Topics), maxTopics)
	}
	l := &Library{}
	for i, name := range append([]string{App}, o.Topics...) {
		if i > 0 && (name == App || slices.Contains(o.Topics[:i-1], name)) {
			return nil, fmt.Errorf("the topic %q is named twice, or by itself: %q is shown with the code for the app", name, App)
		}
		t, err := load(name, own, o)
		if err != nil {
			return nil, err
		}
		if name == App {
			l.app = t
			continue
		}
		l.topics = append(l.topics, t)
	}
	return l, nil
}

// ownFiles finds the hospital's own files by the name of their topic.
func ownFiles(o Options) (map[string]string, error) {
	own := map[string]string{}
	if o.Folder == "" {
		return own, nil
	}
	entries, err := os.ReadDir(o.Folder)
	if err != nil {
		return nil, fmt.Errorf("reading the folder of topics: %w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".toml")
		if !ok || e.IsDir() {
			continue
		}
		if name != App && !slices.Contains(o.Topics, name) {
			return nil, fmt.Errorf("%s: no topic of this name is to be shown: name it, or take the file away", path.Join(o.Folder, e.Name()))
		}
		own[name] = path.Join(o.Folder, e.Name())
	}
	return own, nil
}

// load reads one topic: the hospital's own, or ours.
func load(name string, own map[string]string, o Options) (Topic, error) {
	file, raw := own[name], []byte(nil)
	var err error
	if file != "" {
		raw, err = os.ReadFile(file)
	} else {
		file = name + ".toml"
		raw, err = fs.ReadFile(embedded, "topics/"+file)
		if err != nil {
			return Topic{}, fmt.Errorf("the topic %q comes with no program and is in no folder: give %s.toml, or do not name it", name, name)
		}
	}
	if err != nil {
		return Topic{}, fmt.Errorf("reading a topic: %w", err)
	}
	t, err := parse(name, string(raw), o)
	if err != nil {
		return Topic{}, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}
