package cardcmd_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"balie/hw/eid/eidtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestJSON holds the shape that others rely on. What differs from run to run (keys are
// made anew, and the length of their signatures varies) is replaced.
func TestJSON(t *testing.T) {
	kid := an(eidtest.Applet18)
	kid.Type, kid.Birth, kid.NationalNumber = "06", "2090", ""
	old := an(eidtest.Applet11)
	old.Language, old.Birth = "fr", "1985-07"
	unborn := an(eidtest.Applet17)
	unborn.BirthRaw = "   .   .    "
	for _, c := range []struct {
		name      string
		card      eidtest.Description
		arguments []string
	}{
		{"check-in", an(eidtest.Applet18), nil},
		{"whole", an(eidtest.Applet18), []string{"--with", "address,photo", "--genuine"}},
		{"child", kid, nil},
		{"no-birth-date", unborn, nil},
		{"old", old, []string{"--with", "address"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, reader := insertAnywhere(t, c.card)
			r := run(t, append([]string{"read", "--reader", reader, "--json", "--trust-test-root", desk.root}, c.arguments...)...)
			r.advises(t, 0, "")
			golden(t, "testdata/"+c.name+".json", steady(strings.Replace(r.stdout, reader, "Virtual PCD 0 00 00", 1)))
		})
	}
}

// steady replaces what differs from run to run.
func steady(said string) string {
	for _, key := range []string{"exchanges", "bytes", "took_ms"} {
		said = regexp.MustCompile(`(?m)^  "`+key+`": [1-9]\d*(,?)$`).ReplaceAllString(said, `  "`+key+`": 1$1`)
	}
	return regexp.MustCompile(`"public_key_hash": "[0-9a-f]{96}"`).ReplaceAllString(said, `"public_key_hash": "96 digits"`)
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is now\n%s", path, got)
	}
}
