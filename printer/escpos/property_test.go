package escpos

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"balie/printer"
	"balie/printer/internal/layout"
	"balie/printer/internal/paper"
	"balie/printer/printertest"
)

// virtual is the printer that a profile is for.
func virtual(p Profile) *printertest.Printer {
	return printertest.New(printertest.Options{
		Columns: p.Columns, Dots: p.Dots, Custom: p.Back.Status == statusCustom,
	})
}

// everywhere is a document with the text in every place that takes text and none
// that takes data.
func everywhere(text string) printer.Document {
	return printer.Document{Title: text, Language: "nl", Blocks: []printer.Block{
		printer.Heading{Level: 1, Text: text}, printer.Heading{Level: 2, Text: text}, printer.Heading{Level: 3, Text: text},
		printer.Paragraph{Text: text}, printer.Paragraph{Text: text, Strong: true, Center: true},
		printer.Field{Label: text, Value: text}, printer.Field{Label: "Uur", Value: text}, printer.Field{Label: text, Value: "1"},
		printer.Codes{Columns: 3, Codes: []string{text, "ABCD-EFGH", text}},
		printer.QR{Data: "https://route.example/46", Caption: text},
	}}
}

type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checkText says what must hold for any text at all: the only bytes besides
// characters of the page are commands of ours, no line is wider than the paper,
// and a printer puts on it what was laid out.
func checkText(t failer, p Profile, text string) {
	t.Helper()
	doc := everywhere(text)
	stream, err := Encode(doc, p)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	pg, err := p.page()
	if err != nil {
		t.Fatalf("%v", err)
	}
	strip, err := layout.Lay(doc, layout.Width{Columns: p.Columns, Dots: p.Dots, Tabs: p.Tabs, Fold: pg.Fold})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	want := trimmed(strip.Lines())
	for _, item := range strip.Items {
		if line, ok := item.(paper.Line); ok && line.Columns() > p.Columns {
			t.Errorf("%q: a line of %d columns on paper of %d: %q", text, line.Columns(), p.Columns, line.Text())
		}
	}
	device := virtual(p)
	device.Take(stream)
	papers := device.Papers()
	if odd := device.Oddities(); len(odd) > 0 || len(papers) != 1 {
		t.Fatalf("%q: %d papers, %v", text, len(papers), odd)
	}
	if got := trimmed(papers[0].Lines()); got != want {
		t.Errorf("%q on paper:\n%s\nlaid out:\n%s", text, got, want)
	}
	if rest := device.Hanging().Lines(); len(rest) > 0 {
		t.Errorf("%q: after the cut comes %q", text, rest)
	}
}

// trimmed is lines without what aligns them: a printer does not tell blanks that
// it was sent from those that it put in itself.
func trimmed(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

func shippedProfiles(t testing.TB) []Profile {
	t.Helper()
	var list []Profile
	for _, name := range ProfileNames() {
		p, err := LoadProfile(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// attacks are texts that would be commands, or that break a line counted in bytes
// or in characters before folding.
func attacks() []string {
	return []string{
		"", " ", "\n\n", "\x1B@", "\x1Bi", "\x1DV\x00", "\x10\x04\x01", "\x10\x14\x02\x01\x08", "\x1B=\x00", "\x1C\x50",
		"\u0085\u009B\u0090", "\x80\x9B\xFF", "\x7F", "a\u200Bb\u202Ec\uFEFF", "e\u0301 n\u0303 \u0301", "[QR x]", "{B{{",
		strings.Repeat("W", 200), strings.Repeat("€", 100), strings.Repeat("œ ", 100), strings.Repeat("ﷺ", 20),
		"Łódź Đặng Þór Ærø Çelik Ștefan Şükrü Żółć", "日本語 한국어 العربية ελληνικά кириллица", "👩🏽‍⚕️", "½ ㎏ ™ …",
		"a\tb\vc\fd\re", "\u00A0a\u2003b\u3000c", "\U0010FFFF\uFFFD\uFFFE", "-", strings.Repeat("ab ", 60),
	}
}

func TestNoTextIsACommand(t *testing.T) {
	for _, p := range shippedProfiles(t) {
		for _, text := range attacks() {
			checkText(t, p, text)
		}
	}
}

// TestNoTextIsACommandOnAnyPage: on every page that a profile may name, for any
// text, and on paper of any width.
func TestNoTextIsACommandOnAnyPage(t *testing.T) {
	base, err := LoadProfile("epson-tm")
	if err != nil {
		t.Fatal(err)
	}
	selects := map[string]int{"windows-1252": 16, "iso-8859-15": 40, "cp858": 19, "cp850": 2, "cp437": 0}
	rapid.Check(t, func(t *rapid.T) {
		p := base
		p.Text.Page = rapid.SampledFrom([]string{"windows-1252", "iso-8859-15", "cp858", "cp850", "cp437"}).Draw(t, "page")
		p.Text.Select = selects[p.Text.Page]
		p.Columns = rapid.IntRange(16, 64).Draw(t, "columns")
		p.Dots = 12 * p.Columns
		p.Tabs = rapid.Bool().Draw(t, "tabs")
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.Rune()), rapid.SampledFrom(attacks()),
			rapid.StringOf(rapid.SampledFrom([]rune("a € œ\u0301ß\x1B\x1D\x10\x04@iV ")))).Draw(t, "text")
		checkText(t, p, text)
	})
}

func FuzzText(f *testing.F) {
	for _, text := range attacks() {
		f.Add(text)
	}
	profiles := shippedProfiles(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range profiles {
			checkText(t, p, text)
		}
	})
}
