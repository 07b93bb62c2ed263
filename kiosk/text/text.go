// Package text holds every sentence that a person reads or hears at the booth,
// in Dutch, French, German and English: one file each, the same keys in all.
//
// A file that lacks a key, or whose placeholders differ from the others', does
// not load: a booth never shows a half sentence or a key.
package text

import (
	"embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed nl.toml fr.toml de.toml en.toml
var files embed.FS

// Languages are those there are.
var Languages = []string{"nl", "fr", "de", "en"}

// Catalog gives sentences.
type Catalog struct {
	localizers map[string]*i18n.Localizer
	keys       []string
}

// Load reads the sentences and holds the languages against one another.
func Load() (*Catalog, error) {
	sources := map[string]string{}
	for _, l := range Languages {
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
	var first map[string]string
	for _, l := range slices.Sorted(maps.Keys(sources)) {
		flat, err := flatten(sources[l])
		if err != nil {
			return nil, fmt.Errorf("loading %s: %w", l, err)
		}
		if first == nil {
			first, c.keys = flat, slices.Sorted(maps.Keys(flat))
		}
		if err := same(first, flat); err != nil {
			return nil, fmt.Errorf("loading %s: %w", l, err)
		}
		if _, err := bundle.ParseMessageFileBytes([]byte(sources[l]), l+".toml"); err != nil {
			return nil, fmt.Errorf("loading %s: %w", l, err)
		}
		c.localizers[l] = i18n.NewLocalizer(bundle, l)
	}
	return c, nil
}

// flatten gives the sentences of one file by dotted key.
func flatten(source string) (map[string]string, error) {
	tree := map[string]any{}
	if _, err := toml.Decode(source, &tree); err != nil {
		return nil, err
	}
	flat := map[string]string{}
	return flat, walk("", tree, flat)
}

func walk(prefix string, tree map[string]any, flat map[string]string) error {
	for name, v := range tree {
		key := strings.TrimPrefix(prefix+"."+name, ".")
		switch v := v.(type) {
		case string:
			if strings.TrimSpace(v) == "" {
				return fmt.Errorf("%s is empty", key)
			}
			flat[key] = v
		case map[string]any:
			if err := walk(key, v, flat); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s is no text", key)
		}
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// same holds one language against another: the same keys, the same placeholders.
func same(a, b map[string]string) error {
	for key, text := range a {
		other, ok := b[key]
		if !ok {
			return fmt.Errorf("%s is missing", key)
		}
		if x, y := placeholders(text), placeholders(other); !slices.Equal(x, y) {
			return fmt.Errorf("%s has placeholders %v, another language has %v", key, y, x)
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			return fmt.Errorf("%s is in no other language", key)
		}
	}
	return nil
}

func placeholders(text string) []string {
	return slices.Sorted(slices.Values(placeholder.FindAllString(text, -1)))
}

// Keys lists all keys, in order.
func (c *Catalog) Keys() []string { return slices.Clone(c.keys) }

// Has tells whether there is such a sentence.
func (c *Catalog) Has(key string) bool { return slices.Contains(c.keys, key) }

// Get gives a sentence; data are pairs of a placeholder's name and its value. A
// key that does not exist gives the key: the tests hold that none is asked for.
func (c *Catalog) Get(lang, key string, data ...string) string {
	values := map[string]string{}
	for i := 0; i+1 < len(data); i += 2 {
		values[data[i]] = data[i+1]
	}
	l, ok := c.localizers[lang]
	if !ok {
		return key
	}
	s, err := l.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: values})
	if err != nil {
		return key
	}
	return s
}
