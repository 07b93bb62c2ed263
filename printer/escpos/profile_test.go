package escpos_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"balie/printer/escpos"
)

const plainProfile = `title = "plain"
columns = 48
dots = 576
[text]
page = "cp858"
select = 19
[qr]
module = 6
[cut]
full = "1D 56 41 00"
[back]
status = "none"
`

func TestParseProfile(t *testing.T) {
	p, err := escpos.ParseProfile("plain", []byte(plainProfile))
	if err != nil {
		t.Fatal(err)
	}
	if cut := []byte{0x1D, 'V', 65, 0}; p.Name != "plain" || !bytes.Equal(p.Cut.Full, cut) || !bytes.Equal(p.Cut.End, cut) || !bytes.Equal(p.Cut.Partial, cut) {
		t.Errorf("%+v", p)
	}
}

// TestParseProfileRefuses: the error names the profile and the key.
func TestParseProfileRefuses(t *testing.T) {
	for name, c := range map[string]struct{ from, to, key string }{
		"unknown key":     {`[text]`, "paper = 1\n[text]", "paper"},
		"no TOML":         {`columns = 48`, "columns", "plain"},
		"narrow":          {"columns = 48", "columns = 4", "columns"},
		"too few dots":    {"dots = 576", "dots = 10", "dots"},
		"unknown page":    {"cp858", "cp857", "text.page"},
		"select no byte":  {"select = 19", "select = 300", "text.select"},
		"unknown status":  {`"none"`, `"star"`, "back.status"},
		"no module":       {"module = 6", "module = 0", "qr.module"},
		"module too many": {"module = 6", "native = true\nmodule = 6\nmax_module = 4", "qr.module"},
		"no levels":       {"module = 6", "native = true\nmodule = 6\nmax_module = 8", "qr.level.L"},
		"mode no byte":    {"module = 6", "native = true\nmodule = 6\nmax_module = 8\nprint_mode = -1", "qr.print_mode"},
		"no cut":          {`full = "1D 56 41 00"`, "", "cut.full"},
		"cut no hex":      {"1D 56", "1D 5", "cut"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(plainProfile, c.from) {
				t.Fatalf("nothing to replace: %q", c.from)
			}
			_, err := escpos.ParseProfile("plain", []byte(strings.Replace(plainProfile, c.from, c.to, 1)))
			if err == nil || !strings.Contains(err.Error(), c.key) || !strings.Contains(err.Error(), "plain") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestLoadProfile: a folder's file goes before the one that comes with the program.
func TestLoadProfile(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "epson-tm.toml")
	if err := os.WriteFile(file, []byte(plainProfile), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		folders []string
		title   string
	}{
		{"epson-tm", []string{t.TempDir(), folder}, "plain"},
		{"epson-tm", []string{t.TempDir()}, profile(t, "epson-tm").Title},
		{file, nil, "plain"},
	} {
		p, err := escpos.LoadProfile(c.name, c.folders...)
		if err != nil || p.Title != c.title || p.Name != "epson-tm" {
			t.Errorf("%s in %v: %q %q, %v", c.name, c.folders, p.Name, p.Title, err)
		}
	}
	_, err := escpos.LoadProfile("none", folder)
	if !errors.Is(err, escpos.ErrNoProfile) || !strings.Contains(err.Error(), "custom-vkp80") {
		t.Errorf("%v", err)
	}
	if _, err := escpos.LoadProfile(filepath.Join(folder, "none.toml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if names := escpos.ProfileNames(folder); len(names) != len(escpos.ProfileNames()) || !slices.IsSorted(names) {
		t.Errorf("%v", names)
	}
}
