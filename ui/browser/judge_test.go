package browser

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// judge is a browser with a page of every size.
type judge struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

// newJudge starts the browser; the test fails with one line that says what to
// install where it cannot.
func newJudge(t *testing.T) *judge {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("node is missing: apt-get install nodejs npm")
	}
	if _, err := os.Stat("/usr/bin/chromium"); err != nil && os.Getenv("CHROMIUM") == "" {
		t.Fatal("chromium is missing: apt-get install chromium")
	}
	for _, name := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join("node_modules", name)); err != nil {
			t.Fatalf("%s is missing: (cd ui/browser && npm ci --ignore-scripts)", name)
		}
	}
	return start(t, exec.Command("node", "judge.mjs"))
}

func start(t *testing.T, cmd *exec.Cmd) *judge {
	t.Helper()
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // its end of input is the end of the program
		if err := cmd.Wait(); err != nil {
			t.Errorf("the browser's driver: %v", err)
		}
	})
	j := &judge{t: t, in: in, out: bufio.NewScanner(out)}
	j.out.Buffer(nil, 1<<20)
	j.answer("start", nil)
	return j
}

// do gives a command and decodes the answer into result, which may be nil.
func (j *judge) do(name string, args map[string]any, result any) {
	j.t.Helper()
	command := map[string]any{"do": name}
	maps.Copy(command, args)
	line, err := json.Marshal(command)
	if err != nil {
		j.t.Fatal(err)
	}
	if _, err := j.in.Write(append(line, '\n')); err != nil {
		j.t.Fatal(err)
	}
	j.answer(name, result)
}

func (j *judge) answer(name string, result any) {
	j.t.Helper()
	if !j.out.Scan() {
		j.t.Fatalf("%s: the browser's driver ended: %v", name, j.out.Err())
	}
	var a struct {
		OK    json.RawMessage
		Error string
	}
	if err := json.Unmarshal(j.out.Bytes(), &a); err != nil {
		j.t.Fatalf("%s: %v", name, err)
	}
	if a.Error != "" {
		j.t.Fatalf("%s: %s", name, a.Error)
	}
	if result == nil {
		return
	}
	if err := json.Unmarshal(a.OK, result); err != nil {
		j.t.Fatalf("%s: %v", name, err)
	}
}

// list gives a command that answers with what is wrong.
func (j *judge) list(name string, args map[string]any) []string {
	j.t.Helper()
	var list []string
	j.do(name, args, &list)
	return list
}
