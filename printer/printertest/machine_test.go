package printertest_test

import (
	"slices"
	"strings"
	"testing"

	"balie/printer"
	"balie/printer/printertest"
)

// TestMachine feeds command by command what the references say, written down
// here as bytes and not made by the encoder.
func TestMachine(t *testing.T) {
	const qr = "\x1D(k\x04\x001A2\x00" + "\x1D(k\x03\x001C\x06" + "\x1D(k\x03\x001E1" + "\x1D(k\x05\x001P0hi" + "\x1D(k\x03\x001Q0"
	for name, c := range map[string]struct {
		options printertest.Options
		stream  string
		want    string
		odd     []string
	}{
		"euro on 1252":          {stream: "\x1Bt\x10\x80\n", want: "€"},
		"euro on 858":           {stream: "\x1Bt\x13\xD5\n", want: "€"},
		"euro on Greek":         {stream: "\x1Bt\x0F\xA4\n", want: "€"},
		"no euro on 437":        {stream: "\xD5\n", want: "╒"},
		"page it has not":       {stream: "\x1Bt\x63\x80\n", want: "?", odd: []string{"character of code page 99, which it has not"}},
		"reset forgets":         {stream: "\x1Bt\x10\x1Ba\x02lost\x1B@a\n", want: "a"},
		"right":                 {stream: "\x1Ba\x02a\n", want: strings.Repeat(" ", 41) + "a"},
		"centre, wide":          {stream: "\x1Ba\x01\x1D!\x10ab\n", want: strings.Repeat(" ", 19) + "ab"},
		"line runs over":        {stream: strings.Repeat("x", 43) + "\n", want: strings.Repeat("x", 42) + "\nx"},
		"tab":                   {stream: "a\tb\n", want: "a       b"},
		"native QR":             {stream: qr, want: "[QR hi]"},
		"QR in a line":          {stream: "x" + qr, want: "[QR hi]", odd: []string{"QR print in the middle of a line"}},
		"QR level of Custom":    {options: printertest.Options{Custom: true}, stream: qr, want: "[QR hi]", odd: []string{"QR store with m 30", "QR print with m 30"}},
		"barcode":               {stream: "\x1Dw\x02\x1Dk\x49\x04{BA1", want: "[barcode A1]"},
		"barcode of no set":     {stream: "\x1Dk\x49\x02A1x\n", want: "x", odd: []string{"Code 128 without a code set"}},
		"picture in two bands":  {stream: "\x1Dv0\x00\x01\x00\x01\x00\xFF\x1Dv0\x00\x01\x00\x01\x00\xFF", want: "[picture 8 x 2]"},
		"unknown":               {stream: "\x1BZx\n", want: "x", odd: []string{"ESC 5A"}},
		"control character":     {stream: "a\x07b\n", want: "ab", odd: []string{"control character 07"}},
		"presenter on an Epson": {stream: "x\n\x1CP", want: "x", odd: []string{"FS 50"}},
		"real time in a line":   {stream: "a\x10\x04\x01b\n", want: "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			device := printertest.New(c.options)
			device.Take([]byte(c.stream))
			hanging := device.Hanging()
			if got := strings.TrimSuffix(hanging.Text(), "\n"); got != c.want {
				t.Errorf("on paper %q, expected %q", got, c.want)
			}
			if odd := device.Oddities(); !slices.Equal(odd, c.odd) {
				t.Errorf("odd: %q, expected %q", odd, c.odd)
			}
		})
	}
}

// TestCuts: each kind of cut gives a paper, and none where nothing was printed.
func TestCuts(t *testing.T) {
	for stream, want := range map[string]string{
		"\x1DV\x00": "full", "\x1DV1": "partial", "\x1DVA\x00": "full", "\x1DVB\x00": "partial", "\x1Bi": "full", "\x1Bm": "partial",
	} {
		device := printertest.New(printertest.Options{})
		device.Take([]byte("\n" + stream + "x\n" + stream + stream))
		papers := device.Papers()
		if len(papers) != 1 || papers[0].Cut != want || papers[0].Text() != "x\n" {
			t.Errorf("% X: %d papers, expected one cut %s", stream, len(papers), want)
		}
	}
}

// TestKeepsTheRest: what was not printed at the end of the paper comes out on the
// next roll, unless it is told to forget.
func TestKeepsTheRest(t *testing.T) {
	for _, told := range []bool{false, true} {
		device := printertest.New(printertest.Options{})
		device.FaultAt(6, printer.PaperEnd)
		device.Take([]byte("first\nsecond\n\x1DVA\x00"))
		if held := device.Holds(); held == 0 {
			t.Fatal("it holds nothing")
		}
		if told {
			device.Take([]byte("\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"))
		}
		device.Set(printer.PaperEnd, false)
		device.Take([]byte("next\n\x1DVA\x00"))
		var got []string
		for _, p := range device.Papers() {
			got = append(got, p.Cut+":"+strings.TrimSpace(p.Text()))
		}
		want := []string{"torn:first", "full:second", "full:next"}
		if told {
			want = []string{"torn:first", "full:next"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("told to forget %t: %q, expected %q", told, got, want)
		}
	}
}
