package packaging

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTechnicianHasTheExitCodes: docs/technician.md has them as --help does.
func TestTechnicianHasTheExitCodes(t *testing.T) {
	page := unindented(document(t, "../docs/technician.md"))
	for program, source := range map[string]string{
		"kioskd": "../cmd/kioskd/main.go", "kioskctl": "../cmd/kioskctl/main.go", "kioskview": "../cmd/kioskview/command.go",
	} {
		_, codes, found := strings.Cut(constant(t, source, "help"), "Exit codes:\n")
		if !found {
			t.Fatalf("%s: its help has no exit codes", source)
		}
		if !strings.Contains(page, program+":\n\n"+unindented(codes)) {
			t.Errorf("technician.md does not have the exit codes of %s as its help has them:\n%s", program, codes)
		}
	}
}

// TestTechnicianNamesWhatIsThere: every path of ours in the page is one that the
// units, the example or make install know.
func TestTechnicianNamesWhatIsThere(t *testing.T) {
	known := ""
	for _, path := range []string{"../Makefile", "systemd/kioskd.service", "systemd/kioskview.service", "systemd/tmpfiles.conf", "kioskd.toml", "udev/60-balie.rules"} {
		known += document(t, path)
	}
	known = strings.NewReplacer("$(DESTDIR)", "", "$(PREFIX)", "/usr", `SYMLINK+="`, "/dev/").Replace(known)
	paths := regexp.MustCompile(`/(?:etc|usr|var|run|dev)/[a-z0-9./-]*[a-z0-9]`).FindAllString(document(t, "../docs/technician.md"), -1)
	if len(paths) < 10 {
		t.Fatalf("only %q found: the test looks in the wrong place", paths)
	}
	for _, path := range paths {
		if strings.HasPrefix(path, "/var/lib/portald") || path == "/usr/share/balie/kioskd.toml" || path == "/usr/share/balie/balie.rules.yml" {
			continue // the portal's machine; a file installed into a folder, which TestInstall holds
		}
		if !strings.Contains(known, path) {
			t.Errorf("nothing but the page speaks of %s", path)
		}
	}
}

func document(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unindented takes what lines begin with away.
func unindented(text string) string {
	return regexp.MustCompile(`(?m)^[ \t]+`).ReplaceAllString(text, "")
}

// constant is the value of a string constant in a Go file.
func constant(t *testing.T, path, name string) (value string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || spec.Names[0].Name != name || len(spec.Values) != 1 {
			return true
		}
		if text, is := spec.Values[0].(*ast.BasicLit); is {
			value, err = strconv.Unquote(text.Value)
		}
		return false
	})
	if err != nil || value == "" {
		t.Fatalf("%s has no constant %s: %v", path, name, err)
	}
	return value
}
