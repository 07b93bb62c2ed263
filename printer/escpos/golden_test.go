package escpos_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"balie/printer"
	"balie/printer/escpos"
	"balie/printer/preview"
	"balie/printer/printertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

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
	if !bytes.Equal(got, want) {
		at := 0
		for at < len(got) && at < len(want) && got[at] == want[at] {
			at++
		}
		t.Errorf("%s differs from byte %d on:\n got % X\nwant % X", path, at, got[at:min(at+24, len(got))], want[at:min(at+24, len(want))])
	}
}

func profile(t testing.TB, name string) escpos.Profile {
	t.Helper()
	p, err := escpos.LoadProfile(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func encoded(t *testing.T, doc printer.Document, p escpos.Profile) []byte {
	t.Helper()
	stream, err := escpos.Encode(doc, p)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// kind is a shipped profile, the virtual printer it is for, and the bytes by
// which its tickets are known.
type kind struct {
	profile string
	device  printertest.Options
	euro    []byte // after the code page was chosen
	page    []byte
	qr      []byte
	cut     []byte
	folds   bool // its page lacks some of what a ticket has
}

func kinds() []kind {
	const data = "https://route.example/46"
	store := func(mode byte) []byte {
		return append([]byte{0x1D, '(', 'k', byte(len(data) + 3), 0, 0x31, 80, mode}, data...)
	}
	wide := printertest.Options{Columns: 48, Dots: 576}
	custom := wide
	custom.Custom = true
	epsonCut := []byte{0x1D, 'V', 65, 0}
	return []kind{
		{"epson-tm", printertest.Options{}, []byte{0x80}, []byte{0x1B, 't', 16}, store(0x30), epsonCut, false},
		{"epson-tm-m30", wide, []byte{0x80}, []byte{0x1B, 't', 16}, store(0x30), epsonCut, false},
		{"generic-escpos", wide, []byte{0x80}, []byte{0x1B, 't', 16}, store(0x30), epsonCut, false},
		{"custom-vkp80", custom, []byte{0xD5}, []byte{0x1B, 't', 19}, store(0x31), []byte{0x1C, 'P', 10, 1, 'R', 30}, true},
	}
}

// TestEveryShippedProfileIsGolden: kinds has each of them, so that none goes untested.
func TestEveryShippedProfileIsGolden(t *testing.T) {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.profile)
	}
	slices.Sort(names)
	if shipped := escpos.ProfileNames(); !slices.Equal(names, shipped) {
		t.Errorf("golden: %v, shipped: %v", names, shipped)
	}
}

// TestTicketBytes holds every byte of a ticket in every language on every shipped
// profile, and says of the few that matter most what they must be.
func TestTicketBytes(t *testing.T) {
	for _, k := range kinds() {
		for _, language := range printertest.Languages() {
			t.Run(k.profile+" "+language, func(t *testing.T) {
				stream := encoded(t, printertest.Ticket(language), profile(t, k.profile))
				golden(t, "ticket-"+language+"."+k.profile+".bin", stream)
				if !bytes.HasPrefix(stream, append([]byte("\x1B@"), k.page...)) {
					t.Errorf("begins % X: no reset and page", stream[:5])
				}
				if n := bytes.Count(stream, k.page[:2]); n != 1 {
					t.Errorf("%d code pages on one ticket", n)
				}
				if n := bytes.Count(stream, k.euro); n != 1 {
					t.Errorf("%d times the euro % X", n, k.euro)
				}
				if !bytes.Contains(stream, k.qr) {
					t.Error("the QR code is not native")
				}
				if !bytes.HasSuffix(stream, k.cut) {
					t.Errorf("ends % X: no cut", stream[len(stream)-6:])
				}
			})
		}
	}
}

// TestTicketReadsAsPreviewed: a printer that knows nothing of the encoder puts on
// paper what the preview shows.
func TestTicketReadsAsPreviewed(t *testing.T) {
	for _, k := range kinds() {
		for _, language := range printertest.Languages() {
			t.Run(k.profile+" "+language, func(t *testing.T) {
				p := profile(t, k.profile)
				device := printertest.New(k.device)
				device.Take(encoded(t, printertest.Ticket(language), p))
				papers := device.Papers()
				if odd := device.Oddities(); len(odd) > 0 || len(papers) != 1 {
					t.Fatalf("%d papers, %v", len(papers), odd)
				}
				want, err := preview.Text(printertest.Ticket(language), preview.Paper{Columns: p.Columns, Dots: p.Dots, Tabs: p.Tabs})
				if err != nil {
					t.Fatal(err)
				}
				if k.folds {
					want = folded(want)
				}
				if got := papers[0].Text(); got != want {
					t.Errorf("on paper:\n%s\npreviewed:\n%s", got, want)
				}
				if papers[0].Cut != "full" {
					t.Errorf("cut %q", papers[0].Cut)
				}
			})
		}
	}
}

// folded is text as code page 858 has it, as long as nothing grows over a line's end.
func folded(text string) string {
	return strings.NewReplacer("’", "'", "“", `"`, "”", `"`, "„", `"`, "–", "-", "œ", "oe", "…", "...").Replace(text)
}
