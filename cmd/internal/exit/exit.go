// Package exit says how a program of this house ends: one line on stderr and a
// code that a script can act on. What the codes of a program mean is in its
// --help.
package exit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// The codes that mean the same in every program here.
const (
	OK     = 0
	Failed = 1
	Usage  = 2 // an option, an argument or the configuration is wrong; nothing was started
)

// Error is an error with the code to end with.
type Error struct {
	Code int
	Err  error
}

// Errorf makes an Error as fmt.Errorf makes an error.
func Errorf(code int, format string, args ...any) *Error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...)}
}

// Error is the line to print.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives what went wrong.
func (e *Error) Unwrap() error { return e.Err }

// Code is the code that an error ends a program with: its own, or Failed.
func Code(err error) int {
	var e *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &e):
		return e.Code
	}
	return Failed
}

// Report writes an error as one line, "program: what went wrong", and gives its
// code. Nothing is written where there is no error.
func Report(w io.Writer, program string, err error) int {
	if err != nil {
		line := strings.ReplaceAll(err.Error(), "\n", "; ") // of joined errors
		_, _ = fmt.Fprintf(w, "%s: %s\n", program, line)    // stderr gone: nobody to tell
	}
	return Code(err)
}

// Execute runs a command line to its end and gives the exit code. An error of the
// command line itself, before anything was begun, is Usage; coded, which may be nil,
// gives the others their codes.
func Execute(ctx context.Context, cmd *cobra.Command, args []string, stderr io.Writer, coded func(error) error) int {
	cmd.SetArgs(args)
	began := false // cobra tells in no other way whether it was the call that was wrong
	cmd.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	err := cmd.ExecuteContext(ctx)
	switch {
	case err != nil && !began:
		err = Errorf(Usage, "%w (see %s --help)", err, cmd.Name())
	case coded != nil:
		err = coded(err)
	}
	return Report(stderr, cmd.Name(), err)
}
