package setup

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
)

func written(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "answers.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestReadAnswers: a slip is refused with what there is, and a token is not in any error.
func TestReadAnswers(t *testing.T) {
	token := written(t, " 4XJ7K-AAAAA \n")
	a, err := ReadAnswers(written(t, "portal = 'https://p.example'\ntoken_file = '"+token+"'\nunits = []\n[kioskd.hospital]\nname = 'x'\n"))
	if err != nil || a.Token.Reveal() != "4XJ7K-AAAAA" || len(a.Units) != 0 || !a.Test {
		t.Errorf("%+v, %v", a, err)
	}
	for text, why := range map[string]string{
		"portal = 'https://p.example'":                  "token_file",
		"portl = 'x'":                                   "no such answer",
		"token = 'SECRET'\ntoken_file = '/x'":           "either",
		"portal = 'x'\ntoken_file = '/absent/token'":    "token_file",
		"wait = 'SECRET'":                               "wait",
		"kioskd = 3":                                    "kioskd",
		"[kioskd.hospital]\nname = 'x'\n[other]\nx = 1": "other",
	} {
		_, err := ReadAnswers(written(t, text))
		if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), why) || text != "wait = 'SECRET'" && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestResolve: what is to be found is the only one there; otherwise the answer has to
// say which, and is told how each is named.
func TestResolve(t *testing.T) {
	find := func(desk string) Answers {
		return Answers{Kioskd: map[string]any{
			"cards": map[string]any{"reader": Find, "desk_reader": desk}, "printer": map[string]any{"port": Find},
		}}
	}
	one, two := Reader{Name: "Cherry 00 00"}, Reader{Name: "ACS 01 00", Socket: "1-1.2"}
	a := find("")
	if err := a.resolve(Found{Readers: []Reader{one}, Ports: []string{"/dev/usb/lp0"}}); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"cards": map[string]any{"reader": "", "desk_reader": ""}, "printer": map[string]any{"port": "/dev/usb/lp0"}}
	if diff := cmp.Diff(want, a.Kioskd); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct {
		found Found
		desk  string
		why   string
	}{
		"two readers":     {Found{Readers: []Reader{one, two}}, "", `"usb:1-1.2"`},
		"no reader":       {Found{}, "", "plug one in"},
		"no service":      {Found{Cards: errors.New("pcscd cannot be reached")}, "", "pcscd"},
		"no printer":      {Found{Readers: []Reader{one}}, "", "printer.port: no printer"},
		"two printers":    {Found{Readers: []Reader{one}, Ports: []string{"/dev/a", "/dev/b"}}, "", "/dev/a, /dev/b"},
		"one is a desk's": {Found{Readers: []Reader{one, two}}, "usb:1-1.2", "printer.port"},
	} {
		a := find(c.desk)
		if err := a.resolve(c.found); exit.Code(err) != exitNotFound || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRunWritesTheFile: for the daemon's group, with what every key is for; the one of
// before is kept; a wrong answer leaves it as it was.
func TestRunWritesTheFile(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	var did []string
	s := Setup{Config: filepath.Join(dir, "kioskd.toml"), Dev: dir, Out: &out, Systemctl: func(_ context.Context, args ...string) error {
		did = append(did, strings.Join(args, " "))
		return nil
	}, Enrol: func(_ context.Context, a Answers) error { did = append(did, "enrol "+a.Portal); return nil }}
	a := Answers{Portal: "https://p.example", Units: []string{"kioskd.service"}, Kioskd: map[string]any{
		"state_dir": dir, "hospital": map[string]any{"name": "AZ Voorbeeld"}, "printer": map[string]any{"port": ""},
	}}
	for range 2 {
		if err := s.Run(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"enrol https://p.example", "enable kioskd.service", "restart kioskd.service"}
	if diff := cmp.Diff(append(want, want...), did); diff != "" {
		t.Error(diff)
	}
	c, err := config.Load(s.Config)
	if err != nil || c.Hospital.Name != "AZ Voorbeeld" || c.StateDir != dir {
		t.Errorf("%+v, %v", c.Hospital, err)
	}
	info, err := os.Stat(s.Config)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
	a.set("booth", "languages", []string{"it"})
	if err := s.Run(t.Context(), a); exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), "booth.languages") {
		t.Errorf("a wrong answer: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 2 {
		t.Errorf("what lies there is %q", files)
	}
}

// TestWalk: who answers is asked again where the answer cannot be, and Enter keeps what
// the kiosk is set to.
func TestWalk(t *testing.T) {
	before := config.Default()
	before.Hospital.Phone, before.Booth.Languages = "016 1", []string{"fr"}
	var out bytes.Buffer
	found := Found{Readers: []Reader{{Name: "Cherry 00 00"}, {Name: "ACS 01 00", Socket: "1-1.2"}}, Ports: []string{filepath.Join(t.TempDir(), "lp0")}}
	tried := ""
	answers := []string{
		"", "AZ Voorbeeld", "", "Inkomhal", // name is asked twice
		"nl it", "nl fr", "app",
		"1", "2", "y",
		"1", "nonsense", "epson-tm", "0", "0",
		"http://p.example", "-",
	}
	w := Walk{Talk: NewTalk(strings.NewReader(strings.Join(answers, "\n")+"\n"), &out), Found: found, Before: before,
		TryCard: func(_ context.Context, reader string) error { tried = reader; return nil }}
	a, err := w.Answers(t.Context())
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	c, err := a.config()
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Hospital.Name, c.Hospital.Phone, c.Hours.DeskPlace, strings.Join(c.Booth.Languages, " "), strings.Join(c.Booth.Without, " "),
		c.Cards.Reader, c.Cards.DeskReader, c.Printer.Port, c.Printer.Profile, a.Portal, tried}
	want := []string{"AZ Voorbeeld", "016 1", "Inkomhal", "nl fr", "app", "Cherry * *", "usb:1-1.2", found.Ports[0], "epson-tm", "", "Cherry 00 00"}
	want[5] = found.Readers[0].Pattern()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, out.String())
	}
	short := Walk{Talk: NewTalk(strings.NewReader("AZ\n"), &out), Before: before}
	if _, err := short.Answers(t.Context()); !errors.Is(err, errHungUp) {
		t.Errorf("of answers that end: %v", err)
	}
}
