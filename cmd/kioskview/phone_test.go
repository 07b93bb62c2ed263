package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

func TestPhoneOf(t *testing.T) {
	for name, c := range map[string]struct {
		file, want string
		warns      bool
	}{
		"there":              {"[hospital]\nphone = \"016 00 00 00\"\n", "016 00 00 00", false},
		"with what is wrong": {"nonsense = 1\n[hospital]\nphone = \"016 00 00 00\"\n", "016 00 00 00", false},
		"not there":          {"[hospital]\nname = \"x\"\n", "", false},
		"no configuration":   {"[hospital\n", "", true},
		"of the wrong type":  {"[hospital]\nphone = 16\n", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "kioskd.toml")
			if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			var said bytes.Buffer
			if got := phoneOf(path, slog.New(slog.NewTextHandler(&said, nil))); got != c.want || said.Len() > 0 != c.warns {
				t.Errorf("got %q and %q", got, said.String())
			}
		})
	}
}

func TestPhoneOfNothing(t *testing.T) {
	if got := phoneOf("", slog.New(slog.DiscardHandler)); got != "" {
		t.Errorf("got %q", got)
	}
}
