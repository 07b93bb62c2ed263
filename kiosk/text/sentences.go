package text

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// sentences are those of one language by dotted key. One that is about a number
// has two forms, a table of one and other: the four languages need no more, and a
// third would never be said.
type sentences map[string][]string

// parse gives the sentences of one file.
func parse(source string) (sentences, error) {
	tree := map[string]any{}
	if _, err := toml.Decode(source, &tree); err != nil {
		return nil, err
	}
	s := sentences{}
	return s, s.take("", tree)
}

// take takes up what is below a key.
func (s sentences) take(prefix string, tree map[string]any) error {
	if _, plural := tree["other"]; plural {
		return s.takePlural(prefix, tree)
	}
	for name, v := range tree {
		key := strings.TrimPrefix(prefix+"."+name, ".")
		if reserved(name) {
			return fmt.Errorf("%s: the word %s means something to the plural rules", key, name)
		}
		switch v := v.(type) {
		case string:
			if err := s.put(key, v); err != nil {
				return err
			}
		case map[string]any:
			if err := s.take(key, v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s is no text", key)
		}
	}
	return nil
}

// takePlural takes up a sentence in its two forms.
func (s sentences) takePlural(key string, forms map[string]any) error {
	one, ok1 := forms["one"].(string)
	other, ok2 := forms["other"].(string)
	if !ok1 || !ok2 || len(forms) != 2 {
		return fmt.Errorf("%s has other forms than one and other", key)
	}
	return s.put(key, one, other)
}

// put keeps a sentence, in one form or two.
func (s sentences) put(key string, forms ...string) error {
	for _, f := range forms {
		if strings.TrimSpace(f) == "" {
			return fmt.Errorf("%s is empty", key)
		}
		if strings.ContainsAny(placeholder().ReplaceAllString(f, ""), "{}") {
			return fmt.Errorf("%s has a placeholder that is none: they are written {{.name}}", key)
		}
	}
	s[key] = forms
	return nil
}

// reserved tells whether go-i18n takes a name for a part of a message instead of
// a key: https://pkg.go.dev/github.com/nicksnyder/go-i18n/v2/i18n#Message
func reserved(name string) bool {
	return slices.Contains([]string{
		"id", "description", "hash", "leftdelim", "rightdelim", "zero", "one", "two", "few", "many", "other", "translation",
	}, strings.ToLower(name))
}

// same holds another language against this one: the same keys, forms and
// placeholders.
func (s sentences) same(t sentences) error {
	for key, forms := range s {
		others, ok := t[key]
		if !ok {
			return fmt.Errorf("%s is missing", key)
		}
		if len(forms) != len(others) {
			return fmt.Errorf("%s has %d forms, another language has %d", key, len(others), len(forms))
		}
		for i := range forms {
			if x, y := placeholders(forms[i]), placeholders(others[i]); !slices.Equal(x, y) {
				return fmt.Errorf("%s has placeholders %v, another language has %v", key, y, x)
			}
		}
	}
	for key := range t {
		if _, ok := s[key]; !ok {
			return fmt.Errorf("%s is in no other language", key)
		}
	}
	return nil
}

func placeholder() *regexp.Regexp { return regexp.MustCompile(`\{\{\.[a-z]+\}\}`) }

// placeholders are those of a text, in order and each once.
func placeholders(text string) []string {
	found := placeholder().FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}
