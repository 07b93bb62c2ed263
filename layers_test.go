// Package balie holds no code: only the tests of the house itself.
package balie

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// allowed says, for each room, which rooms its packages may import besides
// packages of the same room. Imports are parsed from the files rather than asked
// of go list, which leaves out files behind build tags.
var allowed = map[string][]string{
	"internal":  {},
	"hw":        {"internal"},
	"printer":   {"internal"},
	"sync":      {"internal"},
	"kiosk":     {"hw", "printer", "sync", "internal"},
	"ui":        {"kiosk", "internal"},
	"cmd":       {"ui", "kiosk", "hw", "printer", "sync", "internal"},
	"packaging": {},
}

func TestImportsGoOneWay(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "node_modules" || path == "build") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || !strings.Contains(path, "/") {
			return nil
		}
		files++
		checkFile(t, filepath.ToSlash(path))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("no Go file found: the test looks in the wrong place")
	}
}

func checkFile(t *testing.T, path string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	from := room(path)
	may, known := allowed[from]
	if !known {
		t.Errorf("%s: room %q is not in the house", path, from)
		return
	}
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		inside, ours := strings.CutPrefix(name, "balie/")
		if !ours || room(inside) == from {
			checkFake(t, path, name)
			continue
		}
		if !contains(may, room(inside)) {
			t.Errorf("%s: %s may not import %s", path, from, name)
		}
		checkFake(t, path, name)
	}
}

// checkFake keeps fakes out of what is shipped: only tests, the fakes themselves,
// kiosksim and the suite of portald, which is for test portals, import a …test
// package of ours.
func checkFake(t *testing.T, path, name string) {
	t.Helper()
	dir := filepath.ToSlash(filepath.Dir(path))
	if !strings.HasPrefix(name, "balie/") || !strings.HasSuffix(name, "test") {
		return
	}
	if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(dir, "test") || dir == "cmd/kiosksim" || path == "cmd/portald/minter.go" || path == "cmd/portald/conformance.go" {
		return
	}
	t.Errorf("%s: imports the fake %s", path, name)
}

func room(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
