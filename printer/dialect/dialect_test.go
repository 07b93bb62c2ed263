package dialect_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"balie/printer"
	"balie/printer/dialect"
	"balie/printer/evolis/evolistest"
	"balie/printer/printertest"
	"balie/printer/zpl/zpltest"
)

func TestShipped(t *testing.T) {
	names := dialect.Names()
	for _, want := range []string{"epson-tm", "custom-vkp80", "generic-escpos", "evolis-primacy", "zebra-zpl"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not among %v", want, names)
		}
	}
	doc := printer.Document{Title: "x", Language: "nl", Blocks: []printer.Block{printer.Paragraph{Text: "één €"}, printer.QR{Data: "x"}}}
	for _, name := range names {
		p, err := dialect.Load(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		stream, err := p.Encode(doc)
		if err != nil || len(stream) == 0 || p.Name != name || p.Title == "" || p.Dialect == "" || (p.Columns > 0) != (p.Dialect == "escpos") {
			t.Errorf("%s: %+v, %d bytes, %v", name, p, len(stream), err)
		}
		sheet, err := p.Preview(doc)
		if err != nil || !strings.Contains(sheet.Text(), "één") || !strings.Contains(sheet.Text(), "[QR x]") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOwn: a file in a folder goes before a shipped one, of whatever dialect; one
// with a mistake in it says where.
func TestOwn(t *testing.T) {
	zebra, err := os.ReadFile("../zpl/profiles/zebra-zpl.toml")
	if err != nil {
		t.Fatal(err)
	}
	evolis, err := os.ReadFile("../evolis/profiles/evolis-primacy.toml")
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ text, want string }{
		"another dialect":      {string(zebra), ""},
		"no such dialect":      {"dialect = \"star\"", "expected escpos, evolis or zpl"},
		"no TOML":              {"dialect = ", "own"},
		"unknown key":          {string(zebra) + "colour = 1\n", "unknown key colour"},
		"label too narrow":     {strings.Replace(string(zebra), "width = 576", "width = 50", 1), "width is 50"},
		"text too large":       {strings.Replace(string(zebra), "size = 26", "size = 300", 1), "size is 300"},
		"negative length":      {strings.Replace(string(zebra), "length = 0", "length = -1", 1), "length is -1"},
		"module of a label":    {strings.Replace(string(zebra), "module = 5", "module = 11", 1), "module is 11"},
		"margin of a label":    {strings.Replace(string(zebra), "margin = 16", "margin = 400", 1), "margin is 400"},
		"end of a format":      {strings.Replace(string(zebra), "^MNN", "^XZ^XA", 1), "none of them ^XA"},
		"no command":           {strings.Replace(string(zebra), "^MNN", "MNN", 1), "setup is"},
		"code page":            {strings.Replace(string(evolis), "iso-8859-1", "utf-8", 1), "page: code page"},
		"separator in a value": {strings.Replace(string(evolis), `"kb"`, `"k;b"`, 1), "ribbon is"},
		"no panel":             {strings.Replace(string(evolis), `panel = "k"`, `panel = ""`, 1), "panel is"},
		"command with CR":      {strings.Replace(string(evolis), `press = ""`, `press = "Sp\r"`, 1), "press is"},
		"text of a card":       {strings.Replace(string(evolis), "smallest = 20", "smallest = 4", 1), "smallest is 4"},
		"module of a card":     {strings.Replace(string(evolis), "module = 6", "module = 99", 1), "module is 99"},
		"margin of a card":     {strings.Replace(string(evolis), "margin = 28", "margin = 500", 1), "margin is 500"},
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "own.toml"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := dialect.Load("own", folder)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, expected %q", what, err, c.want)
		}
		if _, byPath := dialect.Load(filepath.Join(folder, "own.toml")); (byPath == nil) != (err == nil) {
			t.Errorf("%s by its path: %v", what, byPath)
		}
	}
	if _, err := dialect.Load("none"); !errors.Is(err, dialect.ErrNone) {
		t.Errorf("a profile that there is not: %v", err)
	}
}

// TestDrives: a profile of each dialect drives the printer that it is for.
func TestDrives(t *testing.T) {
	for name, device := range map[string]func() printertest.Server{
		"epson-tm":       func() printertest.Server { return printertest.New(printertest.Options{}) },
		"evolis-primacy": func() printertest.Server { return evolistest.New(evolistest.Options{}) },
		"zebra-zpl":      func() printertest.Server { return zpltest.New(zpltest.Options{}) },
	} {
		synctest.Test(t, func(t *testing.T) {
			p, err := dialect.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			driver := p.Drive(printertest.NewCable(device()).Open, slog.New(slog.DiscardHandler))
			r, err := driver.Print(t.Context(), printer.Document{Title: "x", Language: "nl", Blocks: []printer.Block{printer.Paragraph{Text: "één"}}})
			if r.Outcome != printer.Confirmed || err != nil {
				t.Errorf("%s: %v, %v", name, r.Outcome, err)
			}
			if err := driver.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
