package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExampleIsShipped: packaging/kioskd.toml is what the table of keys says.
// kioskctl config show --example writes it anew.
func TestExampleIsShipped(t *testing.T) {
	if diff := cmp.Diff(Example(), read(t, example)); diff != "" {
		t.Errorf("of the table (-) and as shipped (+):\n%s", diff)
	}
}

// TestKeysAreThoseOfConfig: the table has every key, once, and says what it may be.
func TestKeysAreThoseOfConfig(t *testing.T) {
	var got []string
	for _, k := range keys {
		got = append(got, strings.TrimPrefix(k.Name, anyPrinter+"."))
		if k.Allowed == "" {
			t.Errorf("%s: nothing of what is allowed", k.Name)
		}
		if k.Portal && !k.Live {
			t.Errorf("%s: a portal's change would wait for a restart", k.Name)
		}
	}
	want := append(keysOf("", reflect.TypeFor[Config]()), keysOf("", reflect.TypeFor[NamedPrinter]())...)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys of Config (-) and of the table (+):\n%s", diff)
	}
}

// TestUnknownKeyNamesTheNearest: what a slip of the finger was to be.
func TestUnknownKeyNamesTheNearest(t *testing.T) {
	for text, meant := range map[string]string{
		"[hospital]\nphoen = '1'":       "hospital.phone",
		"[hospital]\nlanguages = []":    "booth.languages",
		"[screen]\nlisen = ''":          "screen.listen",
		"statedir = '/a'":               "state_dir",
		"[booth]\nlanguage = ['nl']":    "booth.languages",
		"[printers.card]\nrol = 'card'": "printers.card.role",
	} {
		_, err := Parse(named(text))
		if err == nil || !strings.HasSuffix(err.Error(), "did you mean "+meant+"?") {
			t.Errorf("%q: %v: want %s", text, err, meant)
		}
	}
	if _, err := Parse(named("[weather]\nsunny = true")); err == nil || strings.Contains(err.Error(), "did you mean") {
		t.Errorf("nothing is like it, and yet: %v", err)
	}
}

// TestProblems: all that is wrong is told at once, each with its key and what is
// allowed.
func TestProblems(t *testing.T) {
	wrong := Problems("[hospital]\nname = ''\nphoen = '1'\n[booth]\nlanguages = ['it']\n[cards]\npin = 'x'\n")
	var all []string
	for _, err := range wrong {
		all = append(all, err.Error())
	}
	want := []string{
		"hospital.phoen: no such key: did you mean hospital.phone?",
		`hospital.name: give the name that screen and ticket show (allowed: a text that is not empty)`,
		`booth.languages: "it" is none of nl, fr, de, en, or stands there twice (allowed: a list of "nl", "fr", "de", "en", each once)`,
		`cards.pin: "x" is none of "off", "reader", "screen" (allowed: "off", "reader" or "screen")`,
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	if _, err := Parse(named("[printer]\nbaud = '9600'")); err == nil || !strings.Contains(err.Error(), "allowed is 0, 1200, ") {
		t.Errorf("of a wrong type: %v", err)
	}
}

// TestSettings: every key, with where its value comes from; what is written can be
// read again, and is the same.
func TestSettings(t *testing.T) {
	c, err := Parse(named("[booth]\nlate = '5m'\n[printers.card]\nrole = 'card'\nport = '/dev/usb/lp0'\nprofile = 'zebra-zpl'"))
	if err != nil {
		t.Fatal(err)
	}
	list := c.Settings()
	from := map[string]string{}
	for _, s := range list {
		from[s.Name] = s.From
	}
	for name, want := range map[string]string{"booth.late": FromFile, "booth.early": FromDefault, "printers.card.port": FromFile, "hospital.name": FromFile} {
		if from[name] != want {
			t.Errorf("%s comes from %q, not %q", name, from[name], want)
		}
	}
	path := filepath.Join(t.TempDir(), "shown.toml")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteSettings(f, list); err != nil {
		t.Fatal(err)
	}
	again, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := Changes(list, again.Settings()); len(diff) > 0 {
		t.Errorf("read again: %v", diff)
	}
}

// TestChanges: what differs, and whether it waits for a restart.
func TestChanges(t *testing.T) {
	old, err := Parse(named("[printers.card]\nrole = 'card'\nport = '/dev/usb/lp0'\nprofile = 'zebra-zpl'"))
	if err != nil {
		t.Fatal(err)
	}
	next, err := Parse(named("[booth]\nlate = '5m'\n[screen]\nlisten = '127.0.0.1:9000'"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range Changes(old.Settings(), next.Settings()) {
		got = append(got, c.String())
	}
	want := []string{
		`booth.late: "0s" -> "5m" (applied on reload)`,
		`screen.listen: "127.0.0.1:8610" -> "127.0.0.1:9000" (needs a restart)`,
		`printers.card.role: "card" -> not there (needs a restart)`,
		`printers.card.port: "/dev/usb/lp0" -> not there (needs a restart)`,
		`printers.card.baud: 0 -> not there (needs a restart)`,
		`printers.card.profile: "zebra-zpl" -> not there (needs a restart)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestText: what is written with all its explanations is read as it was.
func TestText(t *testing.T) {
	want, err := Parse(named("[booth]\nlate = '5m'\n[printers.card]\nrole = 'card'\nport = '/dev/usb/lp0'\nprofile = 'zebra-zpl'"))
	if err != nil {
		t.Fatal(err)
	}
	text := want.Text()
	got, err := Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := Changes(want.Settings(), got.Settings()); len(diff) > 0 {
		t.Errorf("read again: %v", diff)
	}
	if !strings.Contains(text, "# On every screen and ticket.") {
		t.Errorf("nothing is explained:\n%s", text)
	}
}
