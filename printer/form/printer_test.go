package form

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"balie/printer"
)

const name = "Amélie Voorbeeld"

func letter() printer.Document {
	return printer.Document{Title: "Brief", Language: "nl", Blocks: []printer.Block{
		printer.Heading{Level: 2, Text: "Brief"}, printer.Field{Label: "Voor", Value: name},
		printer.Signature{Label: "Handtekening"}, printer.Blank{Label: "Datum"}, printer.Choice{Text: "ja"},
	}}
}

// script is a program in a folder of its own.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "print")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCommandGetsTheFile: on its standard input, with its arguments as they are.
func TestCommandGetsTheFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.pdf")
	p := New([]string{script(t, `cat >"$2"; test "$1" = '$(id); x'`), "$(id); x", out}, &Shelf{})
	r, err := p.Print(t.Context(), letter())
	if r.Outcome != printer.Sent || err == nil {
		t.Fatalf("%v, %v", r.Outcome, err)
	}
	file, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) || !bytes.HasSuffix(bytes.TrimSpace(file), []byte("%%EOF")) {
		t.Errorf("it got %.20q, %v", file, err)
	}
}

func TestCommandFails(t *testing.T) {
	for what, c := range map[string]struct {
		command []string
		want    printer.Outcome
	}{
		"refuses":          {[]string{script(t, "cat >/dev/null; echo "+name+" >&2; exit 3")}, printer.Unknown},
		"does not read":    {[]string{script(t, "exit 1")}, printer.Unknown},
		"does not exist":   {[]string{"/none/at/all"}, printer.NotSent},
		"may not be run":   {[]string{"/etc/passwd"}, printer.NotSent},
		"dies of a signal": {[]string{script(t, "kill -9 $$")}, printer.Unknown},
	} {
		r, err := New(c.command, &Shelf{}).Print(t.Context(), letter())
		if r.Outcome != c.want || err == nil || !strings.Contains(err.Error(), "forms.command") {
			t.Errorf("a command that %s: %v, %v", what, r.Outcome, err)
		}
		if err != nil && strings.Contains(err.Error(), "Amélie") {
			t.Errorf("a command that %s: the error tells of the document: %v", what, err)
		}
	}
}

// TestCommandHangs: who waits for it can give up, and it is ended.
func TestCommandHangs(t *testing.T) {
	began := filepath.Join(t.TempDir(), "began")
	if err := syscall.Mkfifo(began, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		// It opens once the command has it open too; nothing is written.
		_, _ = os.ReadFile(began)
	}()
	r, err := New([]string{script(t, `exec 3>"$1"; exec 3>&-; exec sleep 600`), began}, &Shelf{}).Print(ctx, letter())
	if r.Outcome != printer.Unknown || err == nil {
		t.Errorf("%v, %v", r.Outcome, err)
	}
}

// TestShelf: a sheet is fetched once, none stays for long, and not too many do.
func TestShelf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shelf := &Shelf{}
		p := New(nil, shelf)
		for range keptMost + 2 {
			if r, err := p.Print(t.Context(), letter()); r.Outcome != printer.Confirmed || err != nil {
				t.Fatalf("%v, %v", r.Outcome, err)
			}
		}
		list := shelf.List(time.Now())
		if len(list) != keptMost || list[0].ID != 3 || list[0].Title != "Brief" {
			t.Fatalf("%d are kept, from %d on", len(list), list[0].ID)
		}
		if file, found := shelf.Take(5, time.Now()); !found || !bytes.HasPrefix(file, []byte("%PDF-")) {
			t.Errorf("form 5: %t, %.10q", found, file)
		}
		for _, id := range []int{5, 1, 99, -1} {
			if _, found := shelf.Take(id, time.Now()); found {
				t.Errorf("form %d is there", id)
			}
		}
		<-time.After(keptFor + time.Second)
		if list := shelf.List(time.Now()); len(list) != 0 {
			t.Errorf("%d are kept for ever", len(list))
		}
	})
}

// TestRefused: what cannot be printed is refused, and told nothing of.
func TestRefused(t *testing.T) {
	shelf := &Shelf{}
	for _, block := range []printer.Block{printer.QR{Data: name + "\x1B"}, printer.QR{}, printer.Barcode{Data: name}, printer.Image{Width: 9, Rows: [][]byte{{1}}}, nil} {
		doc := letter()
		doc.Blocks = append(doc.Blocks, block)
		r, err := New(nil, shelf).Print(t.Context(), doc)
		if r.Outcome != printer.NotSent || err == nil || strings.Contains(err.Error(), "Amélie") {
			t.Errorf("%T: %v, %v", block, r.Outcome, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := New(nil, shelf).Print(ended, letter()); r.Outcome != printer.NotSent || !errors.Is(err, context.Canceled) {
		t.Errorf("with nobody waiting: %v, %v", r.Outcome, err)
	}
	if n := len(shelf.List(time.Now())); n != 0 {
		t.Errorf("%d are kept", n)
	}
}

// TestLongText: what does not fit on a page goes on to the next, every word of it.
func TestLongText(t *testing.T) {
	doc := printer.Document{Title: "lang", Language: "nl"}
	for range 60 {
		doc.Blocks = append(doc.Blocks, printer.Paragraph{Text: strings.Repeat("woord ", 40)}, printer.Field{Label: strings.Repeat("naam ", 20), Value: strings.Repeat("waarde ", 30)},
			printer.Blank{Label: "Datum", Lines: 3}, printer.Signature{Label: "Handtekening"}, printer.Image{Width: 16, Rows: [][]byte{{0xFF, 0}, {0, 0xFF}}})
	}
	doc.Blocks = append(doc.Blocks, printer.Cut{}, printer.Codes{Columns: 3, Codes: make([]string, 24)}, printer.Heading{Level: 1, Text: "slotwoord"}, printer.Rule{})
	pdf, err := PDF(doc, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: packaging/setup/install test: %v", err)
	}
	for word, want := range map[string]int{"woord": 2400 + 1, "naam": 1200, "waarde": 1800, "slotwoord": 1} {
		if n := strings.Count(string(text), word); n != want {
			t.Errorf("%d times %q, expected %d", n, word, want)
		}
	}
	if pages := strings.Count(string(text), "\f"); pages < 20 {
		t.Errorf("%d pages", pages)
	}
}
