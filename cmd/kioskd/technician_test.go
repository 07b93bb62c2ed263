package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"balie/cmd/internal/config"
	"balie/internal/secret"
)

// TestCodeFile: what is kept is not the code, the right one is known and no other, and
// one that could be found by trying is not taken.
func TestCodeFile(t *testing.T) {
	f := codeFile{path: filepath.Join(t.TempDir(), "code.json")}
	right := func(code string) (bool, bool) { return f.right(secret.NewBytes([]byte(code))) }
	if is, set := right("493817"); is || set {
		t.Error("without a code somebody is let in")
	}
	for _, code := range []string{"12345", "1234567890123", "49381a", "777777"} {
		if err := f.set(secret.NewText(code)); err == nil {
			t.Errorf("%s is taken", code)
		} else if strings.Contains(err.Error(), code) {
			t.Error(err)
		}
	}
	if err := f.set(secret.NewText("493817")); err != nil {
		t.Fatal(err)
	}
	if is, set := right("493817"); !is || !set {
		t.Error("the right code is not known")
	}
	if is, set := right("493818"); is || !set {
		t.Error("another code is let in")
	}
	kept, err := os.ReadFile(f.path)
	info, statErr := os.Stat(f.path)
	if err != nil || statErr != nil || strings.Contains(string(kept), "493817") || info.Mode().Perm() != 0o600 {
		t.Errorf("%s, %v, %v", kept, err, statErr)
	}
	if err := f.set(secret.Text{}); err != nil {
		t.Fatal(err)
	}
	if is, set := right("493817"); is || set {
		t.Error("the code was taken away, and somebody is let in")
	}
}

// TestBacklight: a tenth at a time, never dark and never beyond what there is.
func TestBacklight(t *testing.T) {
	dir := t.TempDir()
	light := backlight{dir: dir}
	if p := (panel{light: light}); light.there() || len(p.can()) > 0 {
		t.Error("without a light it can be set")
	}
	device := filepath.Join(dir, "intel_backlight")
	if err := os.Mkdir(device, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"max_brightness": "200\n", "brightness": "190\n"} {
		if err := os.WriteFile(filepath.Join(device, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		by   int
		said string
	}{{+1, "100 %"}, {+1, "100 %"}, {-1, "90 %"}, {-8, "10 %"}, {-1, "10 %"}} {
		if said, err := light.change(c.by); err != nil || said != c.said {
			t.Errorf("%+d: %q, %v", c.by, said, err)
		}
	}
	if can := (panel{light: light}).can(); !slices.Equal(can, []string{"brighter", "darker"}) {
		t.Errorf("%q", can)
	}
}

// TestMixer: the jack that the booth speaks to is made louder, and what amixer says of it
// is told; a booth that does not speak has none.
func TestMixer(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\n[ \"$1 $2 $3 $4 $5\" = '-D hw:0 sset Master 5%+' ] && echo '  Front Left: Playback 40 [62%] [-15.00dB] [on]'\n"
	if err := os.WriteFile(filepath.Join(dir, "amixer"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if m := newMixer(config.Speech{Device: "hw:0"}); m.device != "" {
		t.Error("a booth that does not speak has a volume")
	}
	p := panel{sound: newMixer(config.Speech{On: true, Device: "hw:0"})}
	if said, err := p.do(t.Context(), "louder"); err != nil || said != "62%" {
		t.Errorf("%q, %v", said, err)
	}
	if _, err := p.do(t.Context(), "quieter"); err == nil {
		t.Error("what amixer refuses goes well")
	}
}
