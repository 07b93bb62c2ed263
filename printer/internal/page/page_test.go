package page

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"balie/printer"
	"balie/printer/internal/paper"
)

func label() Format {
	return Format{Width: 400, Height: 300, Margin: 10, Size: 30, Smallest: 20, Scale: 900, Module: 4}
}

// long is a document of so many numbered words.
func long(words int) printer.Document {
	doc := printer.Document{Title: "x", Language: "nl"}
	for i := range words {
		doc.Blocks = append(doc.Blocks, printer.Paragraph{Text: fmt.Sprintf("w%03d", i)})
	}
	return doc
}

// TestPages: what does not fit on a label at its smallest goes on to the next, in
// order, and nothing stands beside a label.
func TestPages(t *testing.T) {
	doc := long(60)
	doc.Blocks = append(doc.Blocks, printer.QR{Data: "https://x.example", Caption: "lang bijschrift"}, printer.Cut{}, printer.Paragraph{Text: "tail"})
	pages, err := Lay(doc, label())
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 5 {
		t.Errorf("%d pages", len(pages))
	}
	read := strings.Fields(strings.ReplaceAll(Sheets{Pages: pages, Scale: 900}.Text(), strings.Repeat("=", 24), ""))
	for i := range 60 {
		if want := fmt.Sprintf("w%03d", i); read[i] != want {
			t.Fatalf("word %d is %q", i, read[i])
		}
	}
	if read[len(read)-1] != "tail" {
		t.Errorf("ends %q", read[len(read)-1])
	}
	for _, p := range pages {
		for _, item := range p.Items {
			if text, ok := item.(Text); ok && (text.Y+text.Size > 290 || text.Begins(900)+Width(text.Text, text.Size, 900) > 390) {
				t.Errorf("%+v stands beside the label", text)
			}
		}
	}
}

// TestSmaller: text gets smaller before a second page is begun.
func TestSmaller(t *testing.T) {
	pages, err := Lay(long(10), label())
	if err != nil || len(pages) != 1 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if size := pages[0].Items[0].(Text).Size; size >= 30 || size < 20 {
		t.Errorf("size %d", size)
	}
	if pages, err = Lay(long(3), label()); err != nil || pages[0].Items[0].(Text).Size != 30 {
		t.Errorf("three lines are made smaller: %v", err)
	}
}

// TestTooTall: what no page can hold is an error, and no endless run of pages.
func TestTooTall(t *testing.T) {
	image := printer.Image{Width: 8}
	for range 400 {
		image.Rows = append(image.Rows, []byte{0xFF})
	}
	if _, err := Lay(printer.Document{Blocks: []printer.Block{image}}, label()); !errors.Is(err, errTooSmall) {
		t.Errorf("a picture of 400 dots on a label of 300: %v", err)
	}
}

// TestCaptionBeside: a word below a code that stands beside the text is not broken.
func TestCaptionBeside(t *testing.T) {
	f := label()
	f.Beside = true
	pages, err := Lay(printer.Document{Blocks: []printer.Block{
		printer.Heading{Level: 2, Text: "titel"}, printer.Paragraph{Text: "tekst"}, printer.QR{Data: "https://x.example", Caption: "Zum Patientenportal"},
	}}, f)
	if err != nil || len(pages) != 1 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if text := (Sheets{Pages: pages, Scale: 900}).Text(); !strings.Contains(text, "Patientenportal") {
		t.Errorf("the caption is broken:\n%s", text)
	}
}

// TestWidth: a letter with an accent is as wide as without, and a word is broken
// between letters.
func TestWidth(t *testing.T) {
	if Width("éàü", 100, 1000) != Width("eau", 100, 1000) || Width("Ē", 100, 1000) != Width("E", 100, 1000) {
		t.Error("an accent makes a letter wider")
	}
	if w := Width("漢", 100, 1000); w != 100 {
		t.Errorf("an unknown letter is %d wide", w)
	}
	lines := wrap(strings.Repeat("é", 50), func(s string) bool { return Width(s, 30, 1000) <= 200 })
	if strings.Join(lines, "") != strings.Repeat("é", 50) || len(lines) < 4 {
		t.Errorf("broken into %q", lines)
	}
	if got := (Text{W: 200, Size: 10, Align: paper.Right, Text: "00"}).Begins(1000); got != 188 {
		t.Errorf("begins at %d", got)
	}
}
