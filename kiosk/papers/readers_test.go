package papers_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"balie/kiosk/papers"
	"balie/printer/evolis/evolistest"
	"balie/printer/form"
	"balie/printer/printertest"
)

// zbar gives what zbarimg, of others, reads in a picture.
func zbar(t *testing.T, png []byte) string {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Fatal("zbarimg is missing: packaging/setup/install test")
	}
	path := filepath.Join(t.TempDir(), "picture.png")
	if err := os.WriteFile(path, png, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--nodbus", "--raw", path)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("zbarimg: %v: %s", err, said.String())
	}
	return strings.TrimSpace(string(out))
}

// scanned are papers with a code to scan, each in another language, and what it says.
func scanned(t *testing.T) map[string]struct {
	paper    papers.Paper
	language string
	code     string
} {
	t.Helper()
	type c = struct {
		paper    papers.Paper
		language string
		code     string
	}
	slip := card(t).(papers.Slip)
	return map[string]c{
		"ticket":       {sample(t, "ticket"), "nl", sample(t, "ticket").(papers.Ticket).RouteURL},
		"codecard":     {sample(t, "codecard"), "fr", sample(t, "codecard").(papers.CodeCard).URL},
		"instructions": {sample(t, "instructions"), "de", sample(t, "instructions").(papers.Instructions).URL},
		"letter":       {sample(t, "letter"), "en", sample(t, "letter").(papers.Letter).Code},
		"slip":         {slip, "nl", slip.URL},
	}
}

// TestCodesAreReadFromPreviews: what a technician is shown can be scanned.
func TestCodesAreReadFromPreviews(t *testing.T) {
	for name, c := range scanned(t) {
		for _, profile := range []string{"epson-tm", "evolis-primacy", "zebra-zpl"} {
			sheet, err := load(t, profile).Preview(c.paper.Document(catalog(t), c.language))
			if err != nil {
				t.Fatal(err)
			}
			png, err := sheet.PNG()
			if err != nil {
				t.Fatal(err)
			}
			if got := zbar(t, png); got != c.code {
				t.Errorf("%s for %s reads %q, expected %q", name, profile, got, c.code)
			}
		}
	}
}

// TestCodesAreReadFromPrinters: what comes out of the virtual printers, which draw
// from the bytes that they got, can be scanned.
func TestCodesAreReadFromPrinters(t *testing.T) {
	for name, c := range scanned(t) {
		doc := c.paper.Document(catalog(t), c.language)
		stream, err := load(t, "epson-tm").Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		roll := printertest.New(printertest.Options{})
		roll.Take(stream)
		png, err := roll.Papers()[0].PNG()
		if err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, png); got != c.code {
			t.Errorf("%s on a roll reads %q, expected %q", name, got, c.code)
		}
		if stream, err = load(t, "evolis-primacy").Encode(doc); err != nil {
			t.Fatal(err)
		}
		cards := evolistest.New(evolistest.Options{})
		cards.Take(stream)
		if png, err = cards.Sheets()[0].PNG(); err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, png); got != c.code {
			t.Errorf("%s on a card reads %q, expected %q", name, got, c.code)
		}
	}
}

// TestCodesAreReadFromForms: those on a sheet of A4, drawn as a printer would.
func TestCodesAreReadFromForms(t *testing.T) {
	all := scanned(t)
	for _, name := range []string{"letter", "instructions"} {
		c := all[name]
		pdf, err := form.PDF(c.paper.Document(catalog(t), c.language), time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, poppler(t, pdf, "pdftoppm", "-r", "150", "-png", "-")); got != c.code {
			t.Errorf("%s reads %q, expected %q", name, got, c.code)
		}
	}
}

// TestZebrashRenders: a renderer of ZPL that nobody here wrote draws our labels, no
// larger than they say, and their codes can be scanned.
func TestZebrashRenders(t *testing.T) {
	peers := filepath.Join("..", "..", "printer", "peers")
	if _, err := os.Stat(filepath.Join(peers, "node_modules")); err != nil {
		t.Fatal("zpl-renderer-js is missing: make peers")
	}
	size := regexp.MustCompile(`\^PW(\d+)\^LL(\d+)`)
	folder, args := t.TempDir(), []string{filepath.Join(peers, "zpl.mjs")}
	for name, c := range scanned(t) {
		stream, err := load(t, "zebra-zpl").Encode(c.paper.Document(catalog(t), c.language))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, stream, 0o600); err != nil {
			t.Fatal(err)
		}
		dots := size.FindStringSubmatch(string(stream))
		args = append(args, file, millimetres(t, dots[1]), millimetres(t, dots[2]))
	}
	if said, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput(); err != nil {
		t.Fatalf("zpl-renderer-js: %v: %s", err, said)
	}
	for name, c := range scanned(t) {
		png, err := os.ReadFile(filepath.Join(folder, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, png); got != c.code {
			t.Errorf("%s reads %q, expected %q", name, got, c.code)
		}
	}
}

// millimetres of so many dots at eight per millimetre.
func millimetres(t *testing.T, dots string) string {
	t.Helper()
	n, err := strconv.Atoi(dots)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(float64(n) / 8)
}
