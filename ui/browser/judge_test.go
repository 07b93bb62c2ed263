package browser

import (
	"context"
	"testing"
)

// judge is a browser with a page of every size.
type judge struct {
	t      *testing.T
	driver *Driver
}

// newJudge starts the browser; the test fails with one line that says what to
// install where it cannot.
func newJudge(t *testing.T) *judge {
	t.Helper()
	// The test's own context ends before what is cleaned up.
	driver, err := Start(context.WithoutCancel(t.Context()), ".", "judge.mjs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := driver.Close(); err != nil {
			t.Error(err)
		}
	})
	return &judge{t: t, driver: driver}
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
