package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPrinterLinkInTheWay: a file that has the name of the link stays what it is.
func TestPrinterLinkInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letter")
	if err := os.WriteFile(path, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, said := run(t, "printer", "--link", path)
	if code != exitFailed || !strings.Contains(said, "not a link") {
		t.Errorf("ended with %d: %s", code, said)
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != "dear" {
		t.Errorf("the file holds %q, %v", kept, err)
	}
}
