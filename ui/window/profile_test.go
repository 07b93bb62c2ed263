package window

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProfile(t *testing.T) {
	base := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} {
		t.Setenv(name, "/nonexistent")
	}
	t.Setenv("XDG_RUNTIME_DIR", base)
	left := filepath.Join(base, "kioskview-left")
	if err := os.MkdirAll(filepath.Join(left, "cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	first, err := newProfile()
	if err != nil {
		t.Fatal(err)
	}
	second, err := newProfile()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("the folder of a window that is gone is still there")
	}
	if _, err := os.Stat(first.dir); err != nil {
		t.Errorf("the folder of a running window went: %v", err)
	}
	if os.Getenv("HOME") != second.dir || filepath.Dir(second.dir) != base {
		t.Errorf("HOME is %s, want a folder in %s", os.Getenv("HOME"), base)
	}
	first.remove()
	second.remove()
	if rest, err := os.ReadDir(base); err != nil || len(rest) != 0 {
		t.Errorf("left behind: %v, %v", rest, err)
	}
}
