package balie

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDependenciesAreExplained: docs/dependencies.md has each module that go.mod
// requires by itself and each of its tools, and those of the package, with a reason, and
// nothing else.
func TestDependenciesAreExplained(t *testing.T) {
	required, tools := goMod(t, "go.mod")
	_, packageTools := goMod(t, "packaging/tools/go.mod")
	explained, rest, found := strings.Cut(text(t, "docs/dependencies.md"), "\n## Tools\n")
	toolsExplained, packageExplained, foundToo := strings.Cut(rest, "\n## Tools of the package\n")
	if !found || !foundToo {
		t.Fatal("docs/dependencies.md has no part on tools, or on those of the package")
	}
	for _, part := range []struct {
		what string
		want []string
		page string
	}{{"modules", required, explained}, {"tools", tools, toolsExplained}, {"tools of the package", packageTools, packageExplained}} {
		if len(part.want) == 0 {
			t.Fatalf("go.mod has no %s: the test reads it wrongly", part.what)
		}
		if diff := cmp.Diff(part.want, rows(part.page)); diff != "" {
			t.Errorf("%s of go.mod (-) and those that docs/dependencies.md explains (+), in order:\n%s", part.what, diff)
		}
	}
}

// goMod gives the paths of direct requirements and of tools of a go.mod, in order.
func goMod(t *testing.T, path string) (required, tools []string) {
	t.Helper()
	block := ""
	for line := range strings.Lines(text(t, path)) {
		line = strings.TrimSpace(line)
		name, opens := strings.CutSuffix(line, " (")
		switch {
		case opens:
			block = name
		case line == ")":
			block = ""
		case strings.HasPrefix(line, "replace "), strings.HasPrefix(line, "require "), strings.HasPrefix(line, "tool "), block == "replace":
			t.Errorf("%s: this test does not understand %q", path, line)
		case block == "require" && !strings.HasSuffix(line, "// indirect"):
			required = append(required, strings.Fields(line)[0])
		case block == "tool":
			tools = append(tools, line)
		}
	}
	slices.Sort(required)
	slices.Sort(tools)
	return required, tools
}

// rows gives the first cell of each row whose second one says something.
func rows(page string) (first []string) {
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| *[^| ][^|]*\\|$").FindAllStringSubmatch(page, -1) {
		first = append(first, row[1])
	}
	return first
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
