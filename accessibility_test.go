package balie

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAccessibilityIsHeld: docs/accessibility.md has a row for each of A1 to A22, and
// every test that it names is there, in the package that it names before it.
func TestAccessibilityIsHeld(t *testing.T) {
	page := text(t, "docs/accessibility.md")
	for n := 1; n <= 22; n++ {
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| A%d \|.*$`, n)).FindString(page)
		if cells := strings.Split(row, "|"); len(cells) != 6 || strings.TrimSpace(cells[4]) == "" {
			t.Errorf("A%d: no row that says what holds it: %q", n, row)
			continue
		}
		folder := ""
		for _, word := range regexp.MustCompile("`[a-z0-9/]+`|Test[A-Za-z]+").FindAllString(row, -1) {
			if name, isFolder := strings.CutPrefix(word, "`"); isFolder {
				folder = strings.TrimSuffix(name, "`")
				continue
			}
			if !isThere(t, folder, word) {
				t.Errorf("A%d: there is no %s in %q", n, word, folder)
			}
		}
	}
}

// isThere looks for a test in a package; browser stands for ui/browser.
func isThere(t *testing.T, folder, name string) bool {
	t.Helper()
	if folder == "browser" {
		folder = "ui/browser"
	}
	files, err := filepath.Glob(folder + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
