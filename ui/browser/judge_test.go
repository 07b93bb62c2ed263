package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
)

// judges is the browser of all tests: its start costs more than most of them, and
// every test opens pages of its own in it.
var judges *Driver

// TestMain ends the browser after the last test.
func TestMain(m *testing.M) {
	code := m.Run()
	if judges != nil {
		if err := judges.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// judge is a browser with a page of every size.
type judge struct {
	t      *testing.T
	driver *Driver
}

// newJudge gives the browser, which is started with the first test; the test fails
// with one line that says what to install where it cannot.
func newJudge(t *testing.T) *judge {
	t.Helper()
	if judges == nil {
		driver, err := Start(context.Background(), ".", "judge.mjs")
		if err != nil {
			t.Fatal(err)
		}
		judges = driver
	}
	t.Cleanup(func() {
		if err := judges.Do("shut", nil, nil); err != nil {
			t.Error(errors.Join(err, judges.Close()))
			judges = nil // the next test has a new one
		}
	})
	return &judge{t: t, driver: judges}
}

// do gives a command and decodes the answer into result, which may be nil.
func (j *judge) do(name string, args map[string]any, result any) {
	j.t.Helper()
	if err := j.driver.Do(name, args, result); err != nil {
		j.t.Fatal(err)
	}
}

// list gives a command that answers with what is wrong.
func (j *judge) list(name string, args map[string]any) []string {
	j.t.Helper()
	var list []string
	j.do(name, args, &list)
	return list
}
