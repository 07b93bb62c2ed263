package escpos

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"balie/printer"
)

func loaded(t *testing.T, name string) Profile {
	t.Helper()
	p, err := LoadProfile(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestNoPictureIsARealTimeCommand: a printer would obey one in the middle of a picture.
func TestNoPictureIsARealTimeCommand(t *testing.T) {
	p := loaded(t, "epson-tm")
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.IntRange(1, 64).Draw(t, "bytes wide")
		dots := rapid.SliceOfN(rapid.SampledFrom([]byte{0x10, 0x04, 0x05, 0x14, 0x08, 0x01, 0x02, 0, 0xFF}), wide, wide)
		image := printer.Image{Width: wide * 8, Rows: rapid.SliceOfN(dots, 1, 40).Draw(t, "rows")}
		stream, err := Encode(printer.Document{Blocks: []printer.Block{image}}, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"\x10\x04", "\x10\x05", "\x10\x14"} {
			if at := bytes.Index(stream, []byte(command)); at >= 0 {
				t.Fatalf("% X at byte %d", command, at)
			}
		}
		device := virtual(p)
		device.Take(stream)
		if odd := device.Oddities(); len(odd) > 0 {
			t.Fatal(odd)
		}
	})
}

// TestPicture: white above it costs a byte a row, white below nothing.
func TestPicture(t *testing.T) {
	p := loaded(t, "epson-tm")
	rows := make([][]byte, 400)
	for y := range rows {
		rows[y] = make([]byte, 30)
		if y >= 300 && y < 390 {
			rows[y][y%30] = 0xA5
		}
	}
	stream, err := Encode(printer.Document{Blocks: []printer.Block{printer.Image{Width: 240, Rows: rows}}}, p)
	if err != nil {
		t.Fatal(err)
	}
	device := virtual(p)
	device.Take(stream)
	lines := device.Papers()[0].Lines()
	if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != "[picture8x300][picture240x90]" {
		t.Errorf("on paper: %q", got)
	}
}

// TestCodes: QR codes and barcodes come out with the data they were given, in
// the way that the profile knows.
func TestCodes(t *testing.T) {
	raster := loaded(t, "generic-escpos")
	raster.QR.Native = false
	for name, c := range map[string]struct {
		profile Profile
		block   printer.Block
		want    string
	}{
		"QR":                {loaded(t, "epson-tm"), printer.QR{Data: "https://route.example/é"}, "[QR https://route.example/é]"},
		"QR of Custom":      {loaded(t, "custom-vkp80"), printer.QR{Data: "https://route.example"}, "[QR https://route.example]"},
		"QR as picture":     {raster, printer.QR{Data: "1"}, "[picture 128 x 126]"},
		"long QR":           {loaded(t, "epson-tm"), printer.QR{Data: strings.Repeat("a", 500)}, "[QR " + strings.Repeat("a", 500) + "]"},
		"barcode":           {loaded(t, "epson-tm"), printer.Barcode{Data: "K1-042"}, "[barcode K1-042]"},
		"barcode of braces": {loaded(t, "epson-tm"), printer.Barcode{Data: "{A}{"}, "[barcode {A}{]"},
	} {
		t.Run(name, func(t *testing.T) {
			stream, err := Encode(printer.Document{Blocks: []printer.Block{c.block}}, c.profile)
			if err != nil {
				t.Fatal(err)
			}
			device := virtual(c.profile)
			device.Take(stream)
			papers := device.Papers()
			if odd := device.Oddities(); len(odd) > 0 || len(papers) != 1 {
				t.Fatalf("%d papers, %v", len(papers), odd)
			}
			if got := strings.TrimSpace(papers[0].Text()); got != c.want {
				t.Errorf("on paper: %q", got)
			}
		})
	}
}

// TestRefuses: what cannot be printed is an error that tells nothing of it.
func TestRefuses(t *testing.T) {
	const hidden = "geheim"
	for name, block := range map[string]printer.Block{
		"command in a QR code":  printer.QR{Data: hidden + "\x10\x04\x01"},
		"QR code without data":  printer.QR{Caption: hidden},
		"QR code too long":      printer.QR{Data: strings.Repeat(hidden, 600)},
		"command in a barcode":  printer.Barcode{Data: hidden + "\x1B@"},
		"barcode not ASCII":     printer.Barcode{Data: hidden + "é"},
		"barcode without data":  printer.Barcode{},
		"barcode too wide":      printer.Barcode{Data: strings.Repeat(hidden, 5)},
		"picture too wide":      printer.Image{Width: 2000, Rows: [][]byte{make([]byte, 250)}, Alt: hidden},
		"picture of odd rows":   printer.Image{Width: 16, Rows: [][]byte{{1}}, Alt: hidden},
		"picture without width": printer.Image{Rows: [][]byte{{1}}, Alt: hidden},
		"nothing":               nil,
	} {
		t.Run(name, func(t *testing.T) {
			stream, err := Encode(printer.Document{Blocks: []printer.Block{block}}, loaded(t, "epson-tm"))
			if err == nil || len(stream) > 0 {
				t.Fatalf("%d bytes, %v", len(stream), err)
			}
			if strings.Contains(err.Error(), hidden) {
				t.Errorf("the error tells: %v", err)
			}
		})
	}
}

// TestSecretLeavesNothing: after a secret document the symbol store and the line
// are empty, and after another the symbol store is not, which is why.
func TestSecretLeavesNothing(t *testing.T) {
	p := loaded(t, "epson-tm")
	for _, secret := range []bool{true, false} {
		stream, err := Encode(printer.Document{Secret: secret, Blocks: []printer.Block{printer.QR{Data: "0123456789"}}}, p)
		if err != nil {
			t.Fatal(err)
		}
		device := virtual(p)
		device.Take(stream)
		if empty := device.Holds() == 0; empty != secret {
			t.Errorf("secret %t: printer holds %d bytes", secret, device.Holds())
		}
	}
}

// TestCut: the parts of one job are papers of their own, in the way of the profile.
func TestCut(t *testing.T) {
	doc := printer.Document{Blocks: []printer.Block{
		printer.Paragraph{Text: "card", Center: true}, printer.Cut{}, printer.Paragraph{Text: "slip"},
	}}
	for name, want := range map[string]string{"epson-tm": "partial:card full:slip", "custom-vkp80": "full:card full:slip"} {
		p := loaded(t, name)
		stream, err := Encode(doc, p)
		if err != nil {
			t.Fatal(err)
		}
		device := virtual(p)
		device.Take(stream)
		var got []string
		for _, part := range device.Papers() {
			got = append(got, part.Cut+":"+strings.TrimSpace(part.Text()))
		}
		if strings.Join(got, " ") != want || len(device.Oddities()) > 0 {
			t.Errorf("%s: %v, %v", name, got, device.Oddities())
		}
	}
}
