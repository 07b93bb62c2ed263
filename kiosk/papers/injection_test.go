package papers_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"balie/kiosk/papers"
	"balie/printer/dialect"
	"balie/printer/evolis/evolistest"
	"balie/printer/printertest"
	"balie/printer/zpl/zpltest"
)

// hostile is what a command could be made of in one dialect or another.
func hostile() []string {
	return []string{
		"\x1B@", "\x1Bi", "\x1BSe\r", "\x1D", "\x1DV\x00", "\x10\x04\x01", "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "\x10", "\x04", "\x00", "\x7F", "\r", "\n", "\t",
		"^XZ", "^XA", "^FS", "~JA", "~HS", "^", "~", "_5E", "_", ";", ";0;", `\&`, `\`, ">", ">0", "{", "{{A", "%", "\u009B", "\u2028", "\u202E", "\xFF\xFE", "€", "ß", "é", " ", "Wt", "漢",
	}
}

// fill puts hostile text into every string of a paper but those that become a code
// to scan, and gives how many it found.
func fill(v reflect.Value, draw func(name string) string) int {
	n := 0
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if name != "URL" && name != "RouteURL" && name != "Code" {
				n += fill(v.Field(i), draw)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			n += fill(v.Index(i), draw)
		}
	case reflect.String:
		v.SetString(draw("text"))
		n++
	}
	return n
}

// printed gives the text that comes out of a virtual printer of that profile, and
// what it did not understand.
func printed(p dialect.Profile, stream []byte) (papers []string, odd []string) {
	switch p.Dialect {
	case "evolis":
		d := evolistest.New(evolistest.Options{})
		d.Take(stream)
		for _, s := range d.Sheets() {
			papers = append(papers, s.Text())
		}
		return papers, d.Oddities()
	case "zpl":
		d := zpltest.New(zpltest.Options{})
		d.Take(stream)
		for _, s := range d.Sheets() {
			papers = append(papers, s.Text())
		}
		return papers, d.Oddities()
	}
	o := printertest.Options{Columns: p.Columns, Dots: 12 * p.Columns, Custom: p.Name == "custom-vkp80"}
	d := printertest.New(o)
	d.Take(stream)
	for _, s := range d.Papers() {
		papers = append(papers, s.Text())
	}
	return papers, d.Oddities()
}

// TestTextIsNoCommand: whatever is in the texts of a paper, in every dialect a
// printer understands every byte, and puts on paper what the preview shows.
func TestTextIsNoCommand(t *testing.T) {
	texts := catalog(t)
	for _, name := range profiles() {
		p := load(t, name)
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			kind := rapid.SampledFrom(papers.Kinds()).Draw(t, "kind")
			paper := reflect.New(reflect.TypeOf(mustSample(t, kind))).Elem()
			paper.Set(reflect.ValueOf(mustSample(t, kind)))
			copySlices(paper)
			attack := rapid.SliceOfN(rapid.SampledFrom(hostile()), 1, 6)
			if fill(paper, func(name string) string { return "a" + strings.Join(attack.Draw(t, name), "b") }) == 0 {
				t.Fatal("no text in it")
			}
			doc := paper.Interface().(papers.Paper).Document(texts, "fr")
			stream, err := p.Encode(doc)
			if err != nil {
				t.Fatal(err)
			}
			sheet, err := p.Preview(doc)
			if err != nil {
				t.Fatal(err)
			}
			got, odd := printed(p, stream)
			if len(odd) > 0 {
				t.Errorf("not understood: %q", odd)
			}
			if want := sheet.Text(); strings.Join(got, strings.Repeat("=", 24)+"\n") != want {
				t.Errorf("on paper:\n%s\npreviewed:\n%s", strings.Join(got, "\n"), want)
			}
		}))
	}
}

func mustSample(t *rapid.T, kind string) papers.Paper {
	p, err := papers.Sample(kind, papers.Booth{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// copySlices makes the slices of a value its own.
func copySlices(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Slice:
			own := reflect.MakeSlice(f.Type(), f.Len(), f.Len())
			reflect.Copy(own, f)
			f.Set(own)
		case reflect.Struct:
			copySlices(f)
		}
	}
}

// TestCodesAreNoCommand: what is scanned is refused with a control character in it,
// and otherwise printed as it is.
func TestCodesAreNoCommand(t *testing.T) {
	texts := catalog(t)
	for _, name := range profiles() {
		p := load(t, name)
		for _, url := range []string{"https://x.example/^XZ~JA;_5E>0{{\\&", "https://x.example/?a=1&b=\\&"} {
			stream, err := p.Encode(papers.Instructions{Booth: papers.Booth{Hospital: "x"}, URL: url}.Document(texts, "nl"))
			if err != nil {
				t.Fatal(err)
			}
			got, odd := printed(p, stream)
			if len(odd) > 0 || len(got) != 1 || !strings.Contains(got[0], "[QR "+url+"]") {
				t.Errorf("%s printed %q, not understood: %q", name, got, odd)
			}
		}
		for _, control := range []string{"\x1B", "\x1D", "\x10\x04\x01", "\r", "\x7F", "\x00"} {
			if _, err := p.Encode(papers.Instructions{Booth: papers.Booth{Hospital: "x"}, URL: "https://x.example/" + control}.Document(texts, "nl")); err == nil {
				t.Errorf("%s takes a QR code with %q in it", name, control)
			}
		}
		letter := sample(t, "letter").(papers.Letter)
		letter.Code = "A^~;_>{Z"
		stream, err := p.Encode(letter.Document(texts, "nl"))
		if err != nil {
			t.Fatal(err)
		}
		if got, odd := printed(p, stream); len(odd) > 0 || !strings.Contains(strings.Join(got, ""), "[barcode "+letter.Code+"]") {
			t.Errorf("%s printed %q, not understood: %q", name, got, odd)
		}
	}
}
