// Package text holds every sentence that a person reads or hears at the booth,
// in Dutch, French, German and English: one file each, the same keys in all.
//
// A file that lacks a key, or whose placeholders differ from the others', does
// not load: a booth never shows a half sentence or a key. Which sentences are
// needed is not decided here; the tests hold that none is missing and none is
// left over.
package text

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed nl.toml fr.toml de.toml en.toml
var files embed.FS

// Languages are those there are. It gives a new slice each time.
func Languages() []string { return []string{"nl", "fr", "de", "en"} }

// Catalog gives sentences.
type Catalog struct {
	localizers map[string]*i18n.Localizer
	keys       []string
}

// Load reads the sentences and holds the languages against one another.
func Load() (*Catalog, error) {
	sources := map[string]string{}
	for _, l := range Languages() {
		raw, err := files.ReadFile(l + ".toml")
		if err != nil {
			return nil, fmt.Errorf("loading sentences: %w", err)
		}
		sources[l] = string(raw)
	}
	return load(sources)
}

// load makes a catalog of TOML texts by language.
func load(sources map[string]string) (*Catalog, error) {
	c := &Catalog{localizers: map[string]*i18n.Localizer{}}
	bundle := i18n.NewBundle(language.Dutch)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	var first sentences
	for _, l := range slices.Sorted(maps.Keys(sources)) {
		s, err := parse(sources[l])
		if err != nil {
			return nil, fmt.Errorf("loading %s: %w", l, err)
		}
		if first == nil {
			first, c.keys = s, slices.Sorted(maps.Keys(s))
		}
		if err := first.same(s); err != nil {
			return nil, fmt.Errorf("loading %s: %w", l, err)
		}
		if _, err := bundle.ParseMessageFileBytes([]byte(sources[l]), l+".toml"); err != nil {
			return nil, fmt.Errorf("loading %s: %w", l, err)
		}
		c.localizers[l] = i18n.NewLocalizer(bundle, l)
	}
	return c, nil
}

// Keys lists all keys, in order.
func (c *Catalog) Keys() []string { return slices.Clone(c.keys) }

// Has tells whether there is such a sentence.
func (c *Catalog) Has(key string) bool {
	_, ok := slices.BinarySearch(c.keys, key)
	return ok
}

// Get gives a sentence; data are pairs of a placeholder's name and its value. A
// sentence about a number takes it as "count". A key or a language that does not
// exist gives the key: the tests hold that none is asked for.
func (c *Catalog) Get(lang, key string, data ...string) string {
	l, ok := c.localizers[lang]
	if !ok {
		return key
	}
	config := &i18n.LocalizeConfig{MessageID: key}
	values := map[string]string{}
	for i := 0; i+1 < len(data); i += 2 {
		values[data[i]] = data[i+1]
	}
	config.TemplateData = values
	if n, err := strconv.Atoi(values["count"]); err == nil {
		config.PluralCount = n
	}
	s, err := l.Localize(config)
	if err != nil {
		return key
	}
	return s
}
