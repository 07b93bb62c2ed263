package exit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"balie/cmd/internal/exit"
)

func TestReport(t *testing.T) {
	cause := errors.New("no rights")
	for _, c := range []struct {
		name string
		err  error
		code int
		line string
	}{
		{"nothing", nil, 0, ""},
		{"plain", cause, 1, "prog: no rights\n"},
		{"coded", exit.Errorf(5, "opening: %w", cause), 5, "prog: opening: no rights\n"},
		{"coded and wrapped", fmt.Errorf("starting: %w", exit.Errorf(5, "opening: %w", cause)), 5, "prog: starting: opening: no rights\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var line strings.Builder
			if code := exit.Report(&line, "prog", c.err); code != c.code || line.String() != c.line {
				t.Errorf("got %d %q, want %d %q", code, line.String(), c.code, c.line)
			}
		})
	}
	if !errors.Is(exit.Errorf(5, "opening: %w", cause), cause) {
		t.Error("the cause is lost")
	}
}
