package text

import (
	"strings"
	"sync"
	"testing"
)

// data is a value for every placeholder that there is.
var data = []string{"name", "An P.", "time", "14:30", "date", "24/11/2026", "phone", "016 33 00 00", "kiosk", "K1", "day", "maandag", "page", "1", "pages", "3", "count", "2", "parent", "An P.", "child", "Lucas P.", "number", "17"}

func TestLoad(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Keys()) == 0 {
		t.Fatal("no sentences")
	}
	for _, l := range Languages() {
		for _, key := range c.Keys() {
			got := c.Get(l, key, data...)
			if got == key || strings.Contains(got, "{{") || strings.Contains(got, "<no value>") {
				t.Errorf("%s %s: %q", l, key, got)
			}
		}
	}
	if got := c.Get("nl", "greeting.hello", "name", "An P."); got != "Dag An P." {
		t.Errorf("got %q", got)
	}
	if got := c.Get("nl", "no.such"); got != "no.such" || c.Has("no.such") || !c.Has("greeting.hello") {
		t.Errorf("a key that does not exist gave %q", got)
	}
	if got := c.Get("es", "greeting.hello"); got != "greeting.hello" {
		t.Errorf("a language that does not exist gave %q", got)
	}
}

// TestNoSentenceIsLeftInAnotherLanguage finds what was copied and not translated.
func TestNoSentenceIsLeftInAnotherLanguage(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range c.Keys() {
		said := map[string]string{}
		for _, l := range Languages() {
			text := c.Get(l, key, data...)
			if other, twice := said[text]; twice && strings.Count(text, " ") > 2 {
				t.Errorf("%s is the same in %s and %s: %q", key, other, l, text)
			}
			said[text] = l
		}
	}
}

// TestPlainLanguage holds what can be counted of plain language: no sentence is
// so long that it has to be read twice, none shouts, none is without its end.
func TestPlainLanguage(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range c.Keys() {
		for _, l := range Languages() {
			text := c.Get(l, key, data...)
			for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".?!:", r) }) {
				if words := strings.Fields(sentence); len(words) > 22 {
					t.Errorf("%s %s: %d words: %q", l, key, len(words), sentence)
				}
			}
			if strings.HasSuffix(key, ".body") && !strings.ContainsAny(text[len(text)-1:], ".?") {
				t.Errorf("%s %s does not end: %q", l, key, text)
			}
			if strings.Contains(text, "!") || strings.Contains(text, "  ") || strings.TrimSpace(text) != text {
				t.Errorf("%s %s: %q", l, key, text)
			}
		}
	}
}

func TestPlural(t *testing.T) {
	c, err := load(map[string]string{
		"nl": "[a]\none = '{{.count}} kaart'\nother = '{{.count}} kaarten'",
		"fr": "[a]\none = '{{.count}} carte'\nother = '{{.count}} cartes'",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ lang, count, want string }{
		{"nl", "1", "1 kaart"}, {"nl", "2", "2 kaarten"}, {"nl", "0", "0 kaarten"},
		{"fr", "0", "0 carte"}, {"fr", "1", "1 carte"}, {"fr", "2", "2 cartes"},
	} {
		if got := c.Get(tc.lang, "a", "count", tc.count); got != tc.want {
			t.Errorf("%s %s: %q, want %q", tc.lang, tc.count, got, tc.want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, tc := range []struct{ name, nl, fr, want string }{
		{"missing", "a = 'x'\nb = 'y'", "a = 'x'", "b is"},
		{"extra", "a = 'x'", "a = 'x'\nb = 'y'", "b is"},
		{"placeholder", "a = 'x {{.name}}'", "a = 'x'", "a has placeholders"},
		{"placeholder of a form", "[a]\none = 'x'\nother = '{{.count}}'", "[a]\none = 'x'\nother = 'y'", "a has placeholders"},
		{"empty", "a = ' '", "a = 'x'", "a is empty"},
		{"number", "a = 1", "a = 'x'", "a is no text"},
		{"syntax", "a = ", "a = 'x'", "loading nl"},
		{"a template that is none", "a = '{{.name'", "a = '{{.name'", "a placeholder that is none"},
		{"a template that does something", "a = '{{if .name}}x{{end}}'", "a = 'x'", "a placeholder that is none"},
		{"few", "[a]\none = 'x'\nfew = 'y'\nother = 'z'", "a = 'x'", "other forms"},
		{"only other", "[a]\nother = 'z'", "a = 'x'", "other forms"},
		{"one form against two", "[a]\none = 'x'\nother = 'z'", "a = 'x'", "forms"},
		{"reserved", "[a]\ndescription = 'x'", "[a]\ndescription = 'x'", "plural rules"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := load(map[string]string{"nl": tc.nl, "fr": tc.fr})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// TestGetFromEverywhere asks as the pages and the tickets do, at the same time.
// The race detector holds it.
func TestGetFromEverywhere(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	for _, l := range Languages() {
		for range 4 {
			asking.Go(func() {
				for _, key := range c.Keys() {
					if c.Get(l, key, data...) == key {
						t.Errorf("%s %s: no sentence", l, key)
					}
				}
			})
		}
	}
	asking.Wait()
}
