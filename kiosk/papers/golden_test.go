package papers_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/kiosk/papers"
	"balie/kiosk/text"
	"balie/printer/dialect"
	"balie/printer/form"
)

var update = flag.Bool("update", false, "write the golden files anew")

// profiles are one printer and more of each dialect.
func profiles() []string {
	return []string{"epson-tm", "custom-vkp80", "generic-escpos", "evolis-primacy", "zebra-zpl"}
}

func catalog(t testing.TB) *text.Catalog {
	t.Helper()
	c, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func load(t testing.TB, name string) dialect.Profile {
	t.Helper()
	p, err := dialect.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sample(t testing.TB, kind string) papers.Paper {
	t.Helper()
	p, err := papers.Sample(kind, papers.Booth{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fitting is a paper for a printer of that profile: the test page is about it.
func fitting(paper papers.Paper, p dialect.Profile) papers.Paper {
	if test, ok := paper.(papers.Test); ok {
		test.Profile, test.Columns = p.Name, p.Columns
		return test
	}
	return paper
}

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from byte %d on:\n got %q\nwant %q", path, at, got[at:min(at+40, len(got))], want[at:min(at+40, len(want))])
	}
}

// TestBytes holds every byte of every paper in every language and dialect. The
// same document gives the same bytes, and a secret leaves nothing in the printer.
func TestBytes(t *testing.T) {
	texts := catalog(t)
	for _, name := range profiles() {
		p := load(t, name)
		for _, kind := range papers.Kinds() {
			for _, language := range text.Languages() {
				t.Run(name+" "+kind+" "+language, func(t *testing.T) {
					doc := fitting(sample(t, kind), p).Document(texts, language)
					stream, err := p.Encode(doc)
					if err != nil {
						t.Fatal(err)
					}
					golden(t, filepath.Join("bytes", kind+"-"+language+"."+name), stream)
					wiped := map[string]string{"escpos": "\x1B@", "evolis": "\x1BWcb;a;0\r", "zpl": "^PQ1^XZ"}[p.Dialect]
					if doc.Secret && !strings.HasSuffix(string(stream), wiped) {
						t.Errorf("ends %q after a secret", stream[len(stream)-8:])
					}
				})
			}
		}
	}
}

// TestForms holds the text of every sheet of A4 in every language, as pdftotext
// reads it, and what a screen reader asks for.
func TestForms(t *testing.T) {
	texts := catalog(t)
	for _, kind := range papers.Forms() {
		for _, language := range text.Languages() {
			t.Run(kind+" "+language, func(t *testing.T) {
				doc := sample(t, kind).Document(texts, language)
				pdf, err := form.PDF(doc, time.Date(2026, 11, 24, 14, 5, 0, 0, time.UTC))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Contains(pdf, []byte("/Lang ("+language+")")) {
					t.Error("its language is not set")
				}
				golden(t, filepath.Join("forms", kind+"-"+language+".txt"), poppler(t, pdf, "pdftotext", "-layout", "-", "-"))
				if info := poppler(t, pdf, "pdfinfo", "-"); !bytes.Contains(info, []byte(doc.Title)) || !bytes.Contains(info, []byte("Pages:           1\n")) {
					t.Errorf("pdfinfo: %s", info)
				}
				if fonts := poppler(t, pdf, "pdffonts", "-"); bytes.Count(fonts, []byte("Identity-H       yes")) != bytes.Count(fonts, []byte("\n"))-2 {
					t.Errorf("a font that is not in the file:\n%s", fonts)
				}
			})
		}
	}
}

// poppler runs one of its tools on a file.
func poppler(t *testing.T, pdf []byte, tool string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Fatalf("%s is missing: packaging/setup/install test", tool)
	}
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	return out
}

// card is the slip of the bench.
func card(t testing.TB) papers.Paper {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "code-card.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p, err := papers.Read("codecard", file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestBudget: the card of the bench fits into so many bytes, its labels in the
// longest language included.
func TestBudget(t *testing.T) {
	texts := catalog(t)
	for name, most := range map[string]int{"epson-tm": 720, "epson-tm-m30": 720, "custom-vkp80": 720, "generic-escpos": 720, "zebra-zpl": 1000} {
		for _, language := range text.Languages() {
			stream, err := load(t, name).Encode(card(t).Document(texts, language))
			if err != nil {
				t.Fatal(err)
			}
			if len(stream) > most {
				t.Errorf("%s %s: %d bytes, more than %d", name, language, len(stream), most)
			}
			t.Logf("%s %s: %d bytes", name, language, len(stream))
		}
	}
}

// TestSlipIsWhole: all that the file says is on the slip, in every dialect.
func TestSlipIsWhole(t *testing.T) {
	slip := card(t).(papers.Slip)
	for _, name := range profiles() {
		p := load(t, name)
		sheet, err := p.Preview(slip.Document(catalog(t), "nl"))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(strings.Fields(sheet.Text()), " ")
		euro := "€"
		if p.Dialect == "evolis" {
			euro = "EUR"
		}
		wanted := append([]string{slip.Header, slip.Title, slip.User, slip.Password, slip.URL, euro + " 0,00", "mot de passe."}, slip.Codes...)
		for _, want := range wanted {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, sheet.Text())
			}
		}
		if want := "24 " + slip.Codes[23]; !strings.Contains(got, want) {
			t.Errorf("%s: the last code is not numbered %q", name, want)
		}
	}
}

// TestSecrets: what holds a secret says so, and nothing else does.
func TestSecrets(t *testing.T) {
	texts := catalog(t)
	var secret []string
	for _, kind := range papers.Kinds() {
		if sample(t, kind).Document(texts, "nl").Secret {
			secret = append(secret, kind)
		}
	}
	if got := strings.Join(secret, " "); got != "codecard password app" {
		t.Errorf("secret: %s", got)
	}
}

// TestPicturesOfEverything: each paper can be looked at, in each dialect.
func TestPicturesOfEverything(t *testing.T) {
	texts := catalog(t)
	for _, name := range profiles() {
		p := load(t, name)
		for _, kind := range papers.Kinds() {
			sheet, err := p.Preview(sample(t, kind).Document(texts, "de"))
			if err != nil {
				t.Fatal(err)
			}
			svg, err := sheet.SVG()
			if err != nil || !bytes.HasPrefix(svg, []byte("<svg ")) {
				t.Errorf("%s %s: SVG %.20q, %v", name, kind, svg, err)
			}
		}
	}
}
