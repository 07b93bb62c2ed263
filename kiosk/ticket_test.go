package kiosk_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/hw/eid"
	"balie/kiosk"
	"balie/kiosk/text"
	"balie/printer"
	"balie/printer/preview"
)

var update = flag.Bool("update", false, "write the tickets anew")

// TestTickets holds the paper against testdata/tickets, in every language and on
// both widths of roll: as most get it, of a test that the portal did not hear of in
// time, and where the portal says no more than when.
func TestTickets(t *testing.T) {
	for _, lang := range text.Languages() {
		for name, acts := range map[string][]act{
			"plain": {toConfirm, press("language", lang), confirm, committed, delivered(true)},
			"test": {
				insert, reads(func(r *eid.Record) { r.Checks.Chain = eid.Test }), fetched(1),
				press("language", lang), confirm, committed, delivered(false),
			},
			"bare": {insert, read, brings(kiosk.Appointment{ID: "1", Start: in(1).Start}), press("language", lang), confirm, committed, delivered(true)},
		} {
			t.Run(lang+"-"+name, func(t *testing.T) {
				doc := paper(t, visit{hang: greets(lang, name), acts: acts}.play(t))
				if doc.Language != lang || doc.Title != "ticket" {
					t.Errorf("a %s in %s", doc.Title, doc.Language)
				}
				golden(t, filepath.Join("testdata", "tickets", lang+"-"+name+".txt"), sheet(t, doc))
			})
		}
	}
}

// greets makes a hospital that greets in another language than the ticket is in,
// and that has no phone where the ticket is bare.
func greets(lang, name string) func(*kiosk.Settings) {
	return func(s *kiosk.Settings) {
		s.Languages = []string{"nl", "fr", "de", "en"}
		if lang == "nl" {
			s.Languages = []string{"fr", "nl"}
		}
		if name == "bare" {
			s.Phone, s.Kiosk = "", ""
		}
	}
}

// sheet is a document as text, on wide and on narrow paper.
func sheet(t *testing.T, doc printer.Document) string {
	t.Helper()
	var b strings.Builder
	for _, columns := range []int{48, 32} {
		s, err := preview.Text(doc, preview.Paper{Columns: columns})
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(s + "\n")
	}
	silent(t, "the ticket", b.String())
	return b.String()
}

// golden holds a text against a file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: go test ./kiosk -run TestTickets -update writes it", err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", path, got, want)
	}
}

// TestTicketPhone holds whose number is on the ticket.
func TestTicketPhone(t *testing.T) {
	own := in(1)
	none := in(1)
	none.Phone = ""
	for _, tc := range []struct {
		a    kiosk.Appointment
		want string
	}{{own, "016 12 34 56"}, {none, "016 00 00 00"}} {
		b := visit{acts: []act{insert, read, brings(tc.a), confirm, committed, delivered(true)}}.play(t)
		if got := sheet(t, paper(t, b)); !strings.Contains(got, tc.want) {
			t.Errorf("no %s on\n%s", tc.want, got)
		}
	}
}
