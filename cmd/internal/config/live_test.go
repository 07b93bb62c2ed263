package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTaking: what a daemon takes while it runs are the keys that the table calls live,
// and no others.
func TestTaking(t *testing.T) {
	next, err := Parse(strings.NewReplacer("AZ Voorbeeld", "AZ Ander", "016 00", "017 00").Replace(Example()))
	if err != nil {
		t.Fatal(err)
	}
	next.StateDir, next.Screen.Listen, next.Cards.PIN, next.Hospital.Primary = "/other", "127.0.0.1:9", "reader", "#000000"
	old := Default()
	for _, c := range Changes(old.Settings(), old.Taking(next).Settings()) {
		if !c.Live {
			t.Errorf("taken while it runs: %s", c)
		}
	}
	for _, c := range Changes(old.Taking(next).Settings(), next.Settings()) {
		if c.Live {
			t.Errorf("not taken: %s", c)
		}
	}
	if from := old.Taking(next).From("booth.late"); from != FromFile {
		t.Errorf("booth.late comes from %s", from)
	}
}

// TestOverridden: the portal sets what the file lets it set, and nothing else.
func TestOverridden(t *testing.T) {
	c, err := Parse(named("[booth]\nlanguages = ['nl', 'fr']\nlate = '5m'\n[portal]\nmay_set = ['booth.late', 'hours.desk', 'booth.without']\n"))
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.Overridden("[booth]\nlate = '10m'\n[hours]\ndesk = ['mo 08:00-09:00']\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range Changes(c.Settings(), next.Settings()) {
		got = append(got, s.Name+" = "+s.New+" of "+next.From(s.Name))
	}
	want := []string{`booth.late = "10m" of portal`, `hours.desk = ["mo 08:00-09:00"] of portal`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(next.Booth.Languages, c.Booth.Languages) || c.From("booth.late") != FromFile {
		t.Errorf("the file's own were written over: %v", next.Booth.Languages)
	}
	for text, why := range map[string]string{
		"[booth]\nearly = '1h'":                                 "booth.early",
		"[cards]\ntest_roots = []":                              "cards.test_roots",
		"[booth]\nlate = 'soon'":                                "booth.late",
		"[booth]\nwithout = ['help']":                           "booth.without",
		"[portal]\nmay_set = ['booth.early']":                   "portal.may_set",
		"[booth]\nlate = '10m'\n[booth.x]\ny = 1":               "booth.x.y",
		"[booth]\nlate = '10m'\n[portal]\nurl = 'https://x.be'": "portal.url",
	} {
		if _, err := c.Overridden(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
