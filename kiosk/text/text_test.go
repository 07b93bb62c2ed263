package text

import (
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range Languages {
		for _, key := range c.Keys() {
			got := c.Get(l, key, "name", "An P.", "time", "14:30", "phone", "016")
			if got == key || strings.Contains(got, "{{") || strings.Contains(got, "<no value>") {
				t.Errorf("%s %s: %q", l, key, got)
			}
		}
	}
	if got := c.Get("nl", "greeting.hello", "name", "An P."); got != "Dag An P." {
		t.Errorf("got %q", got)
	}
	if got := c.Get("nl", "no.such"); got != "no.such" {
		t.Errorf("a key that does not exist gave %q", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, tc := range []struct{ name, nl, fr, want string }{
		{"missing", "a = 'x'\nb = 'y'", "a = 'x'", "b is"},
		{"extra", "a = 'x'", "a = 'x'\nb = 'y'", "b is"},
		{"placeholder", "a = 'x {{.name}}'", "a = 'x'", "a has placeholders"},
		{"empty", "a = ' '", "a = 'x'", "a is empty"},
		{"number", "a = 1", "a = 'x'", "a is no text"},
		{"syntax", "a = ", "a = 'x'", "loading nl"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := load(map[string]string{"nl": tc.nl, "fr": tc.fr})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
