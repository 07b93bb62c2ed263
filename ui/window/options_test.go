package window

import (
	"errors"
	"strings"
	"testing"
)

func TestOriginEndsWhereTheHostDoes(t *testing.T) {
	for in, want := range map[string]string{
		"http://127.0.0.1:80":            "http://127.0.0.1:80/",
		"http://127.0.0.1:8080/a/b?c#d":  "http://127.0.0.1:8080/",
		"http://[::1]:8080/":             "http://[::1]:8080/",
		"http://127.0.0.1:8080\x7f/path": "about:invalid",
	} {
		if got := origin(in); got != want {
			t.Errorf("origin(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPlaceLeavesOutWhatAPersonTyped(t *testing.T) {
	for in, want := range map[string]string{
		"http://example.org/An/85.07.30-033.28?q=An": "http://example.org",
		"file:///home/an":           "file:",
		"mailto:an@example.org":     "mailto:",
		"data:text/html,An":         "data:",
		"http://an:pw@example.org/": "http://example.org",
		"http://%zz/":               "an address that cannot be read",
	} {
		if got := place(in); got != want {
			t.Errorf("place(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOwnPages(t *testing.T) {
	for name, own := range map[string]func(string) string{"moment": momentPage, "closed": closedPage} {
		page := own(`<b>"014"</b>`)
		if !strings.Contains(page, "&lt;b&gt;&#34;014&#34;&lt;/b&gt;") || strings.Contains(page, "<b>") {
			t.Errorf("%s: the number is not escaped, or not there", name)
		}
		for _, lang := range []string{"nl", "fr", "de", "en"} {
			if !strings.Contains(page, `<p lang="`+lang+`">`) {
				t.Errorf("%s: nothing in %s", name, lang)
			}
		}
		if strings.Contains(page, "<script") || strings.Contains(page, "<!--") || strings.Contains(own(""), "☎") {
			t.Errorf("%s: a script, a place that is not filled, or a telephone without a number", name)
		}
	}
	if momentPage("") == closedPage("") {
		t.Error("both pages say the same")
	}
}

func TestSandboxChoices(t *testing.T) {
	if _, err := ParseSandbox("off"); !errors.Is(err, ErrSandboxChoice) {
		t.Errorf("error %v, want ErrSandboxChoice", err)
	}
	on, err := SandboxNever.settle(t.Context())
	if on || err != nil {
		t.Errorf("never: %t, %v", on, err)
	}
}
