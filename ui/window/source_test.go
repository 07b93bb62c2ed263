package window

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// forbidden start a JavaScript engine in this process, or let the page call into
// it. [options.go] says why that must not be.
var forbidden = map[string]bool{"Bind": true, "Unbind": true, "Eval": true, "Init": true}

var forbiddenC = regexp.MustCompile(`evaluate_javascript|run_javascript|call_async_javascript|[^n]register_script_message_handler|jsc_|JSC|JSG`)

func TestNoBindAndNoEval(t *testing.T) {
	for _, dir := range []string{".", "../../cmd/kioskview"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no Go files in %s: %v", dir, err)
		}
		for _, path := range files {
			if !strings.HasSuffix(path, "_test.go") {
				checkGo(t, path)
			}
		}
	}
	sources, err := filepath.Glob("*.[ch]")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no C files: %v", err)
	}
	for _, path := range sources {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if found := forbiddenC.Find(b); found != nil {
			t.Errorf("%s uses %s", path, found)
		}
	}
}

func checkGo(t *testing.T, path string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && forbidden[sel.Sel.Name] {
			t.Errorf("%s uses %s", set.Position(n.Pos()), sel.Sel.Name)
		}
		return true
	})
}
