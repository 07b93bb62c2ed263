package preview_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"balie/printer"
	"balie/printer/preview"
	"balie/printer/printertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) []byte {
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
	return want
}

// everything has each kind of block, and text that does not fit in one line.
func everything() printer.Document {
	arrow := [][]byte{{0x18, 0}, {0x3C, 0}, {0x7E, 0}, {0xFF, 0x80}, {0x18, 0}, {0x18, 0}}
	return printer.Document{Title: "everything", Language: "nl", Blocks: []printer.Block{
		printer.Heading{Level: 1, Text: "B7"},
		printer.Heading{Level: 2, Text: "Codekaart"},
		printer.Heading{Level: 2, Text: "Een titel die te lang is voor dubbele breedte, en voor één regel"},
		printer.Heading{Level: 3, Text: "Uw codes"},
		printer.Codes{Columns: 3, Codes: []string{"ABCD-EFGH", "JKLM-NPQR", "STUV-WXYZ", "2345-6789", "ABCD-2345"}},
		printer.Paragraph{Text: "Bewaar deze kaart niet bij uw wachtwoord, en geef ze aan niemand: wie beide heeft, kan als u aanmelden.", Strong: true},
		printer.Rule{},
		printer.Field{Label: "Uur", Value: "14:30"},
		printer.Field{Label: "Dienst", Value: "Raadpleging gastro-enterologie en hepatologie, derde verdieping"},
		printer.Space{},
		printer.Field{Label: "Een label dat te lang is om naast zijn waarde te staan", Value: "waarde"},
		printer.Image{Width: 9, Rows: arrow, Alt: "pijl"},
		printer.QR{Data: "https://kaart.example/B7", Caption: "Scan om te activeren"},
		printer.Barcode{Data: "B7-2345"},
		printer.Cut{},
		printer.Paragraph{Text: "e\u0301e\u0301n accent, één accent", Center: true},
	}}
}

func documents() map[string]printer.Document {
	docs := map[string]printer.Document{"everything": everything()}
	for _, language := range printertest.Languages() {
		docs["ticket-"+language] = printertest.Ticket(language)
	}
	return docs
}

// TestText compares with golden files, on paper of 80 and of 58 mm.
func TestText(t *testing.T) {
	for name, doc := range documents() {
		for width, paper := range map[string]preview.Paper{"48": {}, "32": {Columns: 32}} {
			t.Run(name+" "+width, func(t *testing.T) {
				got, err := preview.Text(doc, paper)
				if err != nil {
					t.Fatal(err)
				}
				if want := golden(t, name+"."+width+".txt", []byte(got)); got != string(want) {
					t.Errorf("got:\n%s\nexpected:\n%s", got, want)
				}
			})
		}
	}
}

func picture(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestPNG compares pictures dot by dot. Letters may differ by a shade, since
// floating point is not the same on every processor.
func TestPNG(t *testing.T) {
	for _, name := range []string{"everything", "ticket-fr"} {
		t.Run(name, func(t *testing.T) {
			data, err := preview.PNG(documents()[name], preview.Paper{})
			if err != nil {
				t.Fatal(err)
			}
			got, want := picture(t, data), picture(t, golden(t, name+".png", data))
			if got.Bounds() != want.Bounds() {
				t.Fatalf("%v, expected %v", got.Bounds(), want.Bounds())
			}
			if n := different(got, want); n > 0 {
				t.Errorf("%d dots differ: look at the golden file beside what -update makes", n)
			}
		})
	}
}

// different counts the dots that are further apart than a shade.
func different(a, b image.Image) int {
	const shade = 0x1000
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			r, g, bl, al := a.At(x, y).RGBA()
			r2, g2, b2, al2 := b.At(x, y).RGBA()
			if apart(r, r2) > shade || apart(g, g2) > shade || apart(bl, b2) > shade || apart(al, al2) > shade {
				n++
			}
		}
	}
	return n
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }

// scan reads a code from a picture with a decoder that knows nothing of its maker.
func scan(t *testing.T, data []byte, reader gozxing.Reader) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture(t, data))
	if err != nil {
		t.Fatal(err)
	}
	result, err := reader.Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("a scanner cannot read it: %v", err)
	}
	return result.GetText()
}

// TestCodesAreRead: a scanner reads the codes on the picture, for data of every length.
func TestCodesAreRead(t *testing.T) {
	for _, data := range []string{"1", "https://route.example/46", "https://kaart.example/é?naam=ß", strings.Repeat("0123456789abcdef", 20), strings.Repeat("0123456789abcdef", 60)} {
		doc := printer.Document{Blocks: []printer.Block{
			printer.Paragraph{Text: "above"}, printer.QR{Data: data, Caption: "below"},
		}}
		sheet, err := preview.PNG(doc, preview.Paper{})
		if err != nil {
			t.Fatal(err)
		}
		if got := scan(t, sheet, qrcode.NewQRCodeReader()); got != data {
			t.Errorf("a scanner reads %q, expected %q", got, data)
		}
	}
	for name, doc := range documents() {
		sheet, err := preview.PNG(doc, preview.Paper{})
		if err != nil {
			t.Fatal(err)
		}
		want := "https://route.example/46"
		if name == "everything" {
			want = "https://kaart.example/B7"
		}
		if got := scan(t, sheet, qrcode.NewQRCodeReader()); got != want {
			t.Errorf("%s: a scanner reads %q, expected %q", name, got, want)
		}
	}
	bars, err := preview.PNG(printer.Document{Blocks: []printer.Block{printer.Barcode{Data: "B7-2345"}}}, preview.Paper{})
	if err != nil {
		t.Fatal(err)
	}
	if got := scan(t, bars, oned.NewCode128Reader()); got != "B7-2345" {
		t.Errorf("a scanner reads the barcode as %q", got)
	}
}

// TestSVG: it is XML with the text of the document in it, whatever that is.
func TestSVG(t *testing.T) {
	doc := everything()
	doc.Blocks = append(doc.Blocks, printer.Paragraph{Text: `<script>&"'`})
	svg, err := preview.SVG(doc, preview.Paper{})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch part := token.(type) {
		case xml.CharData:
			text.Write(part)
		case xml.StartElement:
			if part.Name.Local == "script" {
				t.Error("text became an element")
			}
		}
	}
	for _, want := range []string{"B7", "Codekaart", "2 JKLM-NPQR", "één accent, één accent", `<script>&"'`} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it lacks %q", want)
		}
	}
}

// TestRefuses: what cannot be printed cannot be previewed, in any form.
func TestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		doc   printer.Document
		paper preview.Paper
	}{
		"command in QR": {printer.Document{Blocks: []printer.Block{printer.QR{Data: "\x1B@"}}}, preview.Paper{}},
		"narrow paper":  {printertest.Ticket("nl"), preview.Paper{Columns: 8}},
	} {
		_, text := preview.Text(c.doc, c.paper)
		_, png := preview.PNG(c.doc, c.paper)
		_, svg := preview.SVG(c.doc, c.paper)
		if text == nil || png == nil || svg == nil {
			t.Errorf("%s: %v, %v, %v", name, text, png, svg)
		}
	}
}
