package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/cmd/internal/exit"
	"balie/cmd/internal/version"
	"balie/kiosk/papers"
	"balie/kiosk/text"
	"balie/printer/dialect"
)

// kioskctl runs a command line, with no daemon there.
func kioskctl(t *testing.T, args ...string) (out, said string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := root()
	cmd.SetOut(&stdout)
	args = append([]string{"--socket", filepath.Join(t.TempDir(), "none.sock")}, args...)
	code = exit.Execute(t.Context(), cmd, args, &stderr, coded)
	return stdout.String(), stderr.String(), code
}

// TestPaperIntoFile: the file holds the very bytes that the printer would get, and
// nobody else may read it.
func TestPaperIntoFile(t *testing.T) {
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range dialect.Names() {
		profile, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"codecard", "trusted-person", "test"} {
			path := filepath.Join(t.TempDir(), "out")
			if _, said, code := kioskctl(t, "print", kind, "--lang", "de", "--profile", name, "--to", path); code != 0 {
				t.Fatalf("%s %s ends with %d: %s", name, kind, code, said)
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if kind == "test" {
				continue // says which profile it is for
			}
			paper, err := papers.Sample(kind, papers.Booth{})
			if err != nil {
				t.Fatal(err)
			}
			want, err := profile.Encode(paper.Document(texts, "de"))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s %s: %d bytes, expected %d, %v", name, kind, len(got), len(want), err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s %s: mode %v, %v", name, kind, info.Mode(), err)
			}
		}
	}
}

// TestTestPageIntoFile: it is the daemon's page, as far as that can be known without
// one: the width only where the printer has columns.
func TestTestPageIntoFile(t *testing.T) {
	for profile, line := range map[string]bool{"epson-tm": true, "evolis-primacy": false, "zebra-zpl": false} {
		out, said, code := kioskctl(t, "print", "test", "--profile", profile, "--as", "text", "--to", "-")
		words := strings.Join(strings.Fields(out), " ")
		if code != 0 || !strings.Contains(words, "Zuil K1 Versie "+version.String()+" Afgedrukt 20") || !strings.Contains(words, "Profiel "+profile) || strings.Contains(words, "Poort") {
			t.Errorf("%s ends with %d: %s%s", profile, code, out, said)
		}
		if full := strings.Contains(out, "\n"+strings.Repeat("0123456789", 4)+"01\n"); full != line {
			t.Errorf("%s: a full line %t:\n%s", profile, full, out)
		}
	}
}

func TestPaperLooks(t *testing.T) {
	for form, head := range map[string]string{"text": "Ziekenhuis Sint-Voorbeeld\n", "png": "\x89PNG", "svg": "<svg ", "pdf": "%PDF-"} {
		for _, profile := range []string{"", "epson-tm", "evolis-primacy", "zebra-zpl"} {
			args := []string{"print", "ticket", "--lang", "de", "--as", form, "--to", "-"}
			if profile != "" {
				args = append(args, "--profile", profile)
			}
			out, said, code := kioskctl(t, args...)
			if code != 0 || !strings.HasPrefix(out, head) {
				t.Errorf("%s as %s ends with %d: %.40q %s", profile, form, code, out, said)
			}
		}
	}
}

// TestOwnProfile: a technician's file is a profile, of whatever dialect it says.
func TestOwnProfile(t *testing.T) {
	folder := t.TempDir()
	own := "dialect = \"zpl\"\ntitle = \"wristband\"\nwidth = 300\nlength = 2000\nmargin = 10\nsize = 24\nsmallest = 16\nmodule = 4\n"
	if err := os.WriteFile(filepath.Join(folder, "wristband.toml"), []byte(own), 0o644); err != nil {
		t.Fatal(err)
	}
	out, said, code := kioskctl(t, "print", "ticket", "--profiles", folder, "--profile", "wristband", "--to", "-")
	if code != 0 || !strings.HasPrefix(out, "^XA^CI28^PW300^LL2000") {
		t.Errorf("ends with %d: %.60q %s", code, out, said)
	}
	if err := os.WriteFile(filepath.Join(folder, "wristband.toml"), []byte(own+"colour = true\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, said, code := kioskctl(t, "print", "ticket", "--profiles", folder, "--profile", "wristband", "--to", "-"); code != 2 || !strings.Contains(said, "unknown key colour") {
		t.Errorf("an unknown key ends with %d: %s", code, said)
	}
}

func TestPaperRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data.json")
	if err := os.WriteFile(file, []byte(`{"hospital":"x","password":"Kx7-Qm2"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"leaflet", 2, "unknown command"},
		{"ticket --lang es --to -", 2, "--lang"},
		{"ticket --as gif --to -", 2, "--as"},
		{"ticket --to -", 2, "--profile"},
		{"ticket --profile epson-tm", 2, "--to"},
		{"ticket --as png", 2, "--to"},
		{"ticket --printer ticket --to -", 2, "either"},
		{"ticket --profile nix --to -", 2, "no such printer profile"},
		{"ticket --profile epson-tm --to /none/at/all", 2, "--to"},
		{"codecard --data " + file, 2, "--to"},
		{"password --data /none/at/all --profile epson-tm --to -", 2, "--data"},
		{"password --data " + file + " --profile epson-tm --to -", 2, `"url" is missing`},
		{"password --data " + file, 2, `"url" is missing`},
		{"letter", 3, "kioskd does not run"},
		{"ticket --printer nix", 3, "kioskd does not run"},
	} {
		_, said, code := kioskctl(t, append([]string{"print"}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s ends with %d and says %q: expected %d and %q", c.args, code, said, c.code, c.want)
		}
		if strings.Contains(said, "Kx7-Qm2") {
			t.Errorf("%s tells of the data: %s", c.args, said)
		}
	}
}
