package cardcmd

import (
	"strings"
	"testing"
)

// TestTableOfAlmostNothing: what a card leaves out leaves no commas and no words behind.
func TestTableOfAlmostNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		r    report
		want string // the first lines
	}{
		{"nothing", report{}, "Under 15 today  not known\nCost "},
		{"empty files", report{Address: &address{}, Photo: newPhoto(nil)}, "Address         none\nPhoto           none\nUnder "},
		{"a street", report{Address: &address{Street: "Bergstraat 1"}}, "Address         Bergstraat 1\nUnder "},
		{"a town", report{Address: &address{PostalCode: "3000", Municipality: "Leuven"}}, "Address         3000 Leuven\nUnder "},
		{"a begin", report{Identity: identity{ValidFrom: "2020-01-01"}}, "Valid           from 2020-01-01\nUnder "},
		{"an end", report{Identity: identity{ValidTo: "2030"}}, "Valid           to 2030\nUnder "},
		{"a photo", report{Photo: newPhoto([]byte{0xFF, 0xD8, 0xFF, 0xE0})}, "Photo           4 bytes, image/jpeg\nUnder "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			if err := c.r.table(&out, false); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(out.String(), c.want) {
				t.Errorf("it prints\n%s", out.String())
			}
		})
	}
}
