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

// FuzzOverridden: whatever the portal says, nothing changes but what the file lets it
// set, and what it sets can be.
func FuzzOverridden(f *testing.F) {
	for _, text := range []string{
		"", "booth.late = \"10m\"\n", "booth.late = \"10m\"\ncards.pin = \"screen\"\n", "[booth]\nwithout = ['app']", "booth = 3", "[[hours.desk]]",
		"hours.desk = [\"mo 08:00-09:00\"]\nhours.desk = []", "\"booth.late\" = '1h'", "booth.\"late\" = '1h'", "booth.late.x = 1", "\x00", "portal.may_set = ['x']",
	} {
		f.Add(text)
	}
	c, err := Parse(named("[booth]\nlate = '5m'\n[portal]\nmay_set = ['booth.late', 'hours.desk', 'booth.without']\n"))
	if err != nil {
		f.Fatal(err)
	}
	before := c.Settings()
	f.Fuzz(func(t *testing.T, text string) {
		next, err := c.Overridden(text)
		for _, change := range Changes(before, next.Settings()) {
			if err != nil || !slices.Contains(c.Portal.MaySet, change.Name) {
				t.Errorf("%q changes %s: %v", text, change, err)
			}
		}
		if wrong := next.check(); len(wrong) > 0 {
			t.Errorf("%q: %v", text, wrong)
		}
		if diff := Changes(before, c.Settings()); len(diff) > 0 {
			t.Errorf("%q changes the file itself: %v", text, diff)
		}
	})
}
