package exit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

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

func TestExecute(t *testing.T) {
	cause := errors.New("no rights")
	coded := func(err error) error {
		if errors.Is(err, cause) {
			return exit.Errorf(5, "%w", err)
		}
		return err
	}
	for _, c := range []struct {
		name string
		args []string
		err  error
		code int
		line string
	}{
		{"done", nil, nil, 0, ""},
		{"failed", nil, errors.New("no luck"), 1, "prog: no luck\n"},
		{"failed with a code", nil, fmt.Errorf("opening: %w", cause), 5, "prog: opening: no rights\n"},
		{"an error of two lines", nil, errors.Join(errors.New("one"), errors.New("two")), 1, "prog: one; two\n"},
		{"unknown option", []string{"--nothing"}, nil, 2, "prog: unknown flag: --nothing (see prog --help)\n"},
		{"an argument too many", []string{"more"}, nil, 2, "prog: unknown command \"more\" for \"prog\" (see prog --help)\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := &cobra.Command{Use: "prog", Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { return c.err }}
			var line strings.Builder
			if code := exit.Execute(t.Context(), cmd, append([]string{}, c.args...), &line, coded); code != c.code || line.String() != c.line {
				t.Errorf("got %d %q, want %d %q", code, line.String(), c.code, c.line)
			}
		})
	}
}
