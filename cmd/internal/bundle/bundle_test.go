package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// files are those of an archive.
func files(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list[h.Name] = string(content)
	}
}

func text(s string) func(context.Context) ([]byte, error) {
	return func(context.Context) ([]byte, error) { return []byte(s), nil }
}

// canaries are what must not leave a kiosk, as some program could have logged it.
var canaries = map[string]string{
	"number":   "85073003328",
	"printed":  "85.07.30-033.28",
	"in words": "rrn=85073003328x",
	"card":     "592-1234567-12",
	"mail":     "lucas.specimen@example.be",
	"token":    "4XJ7K-0ABCD-9QRST-VWXYZ-12345",
	"pin":      `pin: 1234-canary`,
	"password": `"password":"hunter2canary"`,
	"key":      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIcanary\n-----END PRIVATE KEY-----",
	"cut key":  "-----BEGIN EC PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIcanarycut",
	"apdu":     "APDU: 00 B0 00 00 00 53 70 65 63 69 6D 65 6E 90 00",
	"blob":     strings.Repeat("U3BlY2ltZW4", 12),
}

// TestNothingOfAPerson: none of the canaries comes through, in whatever part it stands,
// also in the error of one that cannot be made; and what is needed is still there.
func TestNothingOfAPerson(t *testing.T) {
	var all strings.Builder
	for _, c := range canaries {
		all.WriteString("07:00:01 pcscd[1]: before " + c + " after\n")
	}
	const needed = `time=2026-11-28T09:05:20.089Z level=WARN msg=fault fault=printer-mute part="printer ticket" action=019aca4e-7c9f-7000-8000-000000000000 fingerprint=1065-9ee3-79b2-a078-326e`
	var out bytes.Buffer
	err := Write(t.Context(), &out, "balie-K1", []Part{
		{"journal.txt", text(all.String() + needed)},
		{"broken.txt", func(context.Context) ([]byte, error) { return []byte("half"), errors.New("of 85073003328") }},
	}, time.Date(2026, 11, 28, 7, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	got := files(t, out.Bytes())
	for name, canary := range canaries {
		for file, content := range got {
			for _, word := range strings.FieldsFunc(canary, func(r rune) bool { return r == '\n' || r == '"' || r == ':' }) {
				if len(word) > 9 && strings.ContainsAny(word, "0123456789") && strings.Contains(content, word) {
					t.Errorf("%s: %q is in %s", name, word, file)
				}
			}
			if strings.Contains(content, "canary") {
				t.Errorf("a canary is in %s:\n%s", file, content)
			}
		}
	}
	if !strings.Contains(got["balie-K1/journal.txt"], needed) {
		t.Errorf("what is needed was taken out:\n%s", got["balie-K1/journal.txt"])
	}
	if !strings.HasPrefix(got["balie-K1/broken.txt"], "half\ncould not be made: of [number]") {
		t.Errorf("%q", got["balie-K1/broken.txt"])
	}
}

// TestLongPart: of a log that is too long the newest is there.
func TestLongPart(t *testing.T) {
	log := []byte(strings.Repeat("old\n", maxPart/4) + "newest\n")
	if got := newest(log); len(got) != maxPart || !bytes.HasSuffix(got, []byte("newest\n")) {
		t.Errorf("%d bytes", len(got))
	}
	if got := newest([]byte("short")); string(got) != "short" {
		t.Errorf("%q", got)
	}
}
