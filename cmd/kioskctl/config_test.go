package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/cmd/internal/exit"
)

// runs runs kioskctl with arguments, and gives what it says and its code.
func runs(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	cmd := root()
	var b bytes.Buffer
	cmd.SetOut(&b)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return b.String(), err
}

func written(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "kioskd.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigCheck(t *testing.T) {
	good := written(t, "[hospital]\nname = 'x'\n")
	if out, err := runs(t, "config", "check", "--config", good); err != nil || out != good+": right\n" {
		t.Errorf("%q, %v", out, err)
	}
	bad := written(t, "[hospital]\nname = 'x'\nphoen = '1'\n[cards]\npin = 'no'\n")
	out, err := runs(t, "config", "check", "--config", bad)
	if exit.Code(err) != exit.Usage || strings.Count(out, "\n! ") != 1 || !strings.Contains(out, "did you mean hospital.phone?") ||
		!strings.Contains(out, `(allowed: "off", "reader" or "screen")`) {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := runs(t, "config", "check", "--config", filepath.Join(t.TempDir(), "absent")); exit.Code(err) != exit.Usage {
		t.Errorf("of no file: %v", err)
	}
}

func TestConfigShowAndDiff(t *testing.T) {
	one := written(t, "[hospital]\nname = 'x'\n[booth]\nlate = '5m'\n")
	out, err := runs(t, "config", "show", "--config", one)
	if err != nil || !strings.Contains(out, `late = "5m"                              # file`) || !strings.Contains(out, `early = "0s"                             # default`) {
		t.Errorf("%v\n%s", err, out)
	}
	other := written(t, "[hospital]\nname = 'x'\n[screen]\nlisten = '127.0.0.1:9'\n")
	out, err = runs(t, "config", "diff", "--config", one, other)
	want := "booth.late: \"0s\" -> \"5m\" (applied on reload)\nscreen.listen: \"127.0.0.1:9\" -> \"127.0.0.1:8610\" (needs a restart)\n"
	if exit.Code(err) != exitDiffers || out != want {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = runs(t, "config", "diff", "--config", one, one); err != nil || out != "" {
		t.Errorf("of itself: %v\n%s", err, out)
	}
}
