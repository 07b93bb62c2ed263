package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
	"balie/printer"
)

func printTest() *cobra.Command {
	return &cobra.Command{
		Use: "test", Short: "Print the test page, and say what the printer could prove", Args: cobra.NoArgs,
		Long: `Prints a page that shows what paper relies on: the code page with accents and the
euro sign, a rule as wide as the paper, a QR code, the cut. It says how far the page
came, and what the printer could prove of each step.

A printer with a mouth holds the page out. Take it, and it ends with taken. Leave it
there once, when the kiosk is put up: it must end with retracted. One that pushes the
page out instead is not fit for codes and passwords.

` + printCodes,
		Example: "  kioskctl print test\n  kioskctl print test --printer card\n  kioskctl print test --profile epson-tm --to page.bin",
	}
}

// printCodes are the exit codes of what prints, as --help has them.
const printCodes = `Exit codes:
  0  printed, and taken where that can be known
  3  no such printer, or it cannot be reached
  4  it needs a person: paper, cover, jam
  5  nobody knows what became of it
  6  nobody took it, and the printer drew it back in`

// Exit codes of what prints.
const (
	exitNoPrinter = 3
	exitPerson    = 4
	exitUnknown   = 5
	exitRetracted = 6
)

// unprinted gives an error of asking for print its exit code.
func unprinted(err error) error {
	switch {
	case errors.Is(err, control.ErrNoPrinter), errors.Is(err, control.ErrNotRunning):
		return exit.Errorf(exitNoPrinter, "%w", err)
	case errors.Is(err, control.ErrRefused):
		return exit.Errorf(exit.Failed, "%w", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return exit.Errorf(exitUnknown, "kioskd ended before it said what became of the paper: look at the printer, and at kioskctl printers when it runs again")
	}
	return err
}

// outcomeError says what to do where a paper did not come out.
func outcomeError(what string, p control.Printed) error {
	code := outcomeCode(p)
	if code == exit.OK {
		return nil
	}
	why := []string{p.Outcome}
	for _, f := range p.Faults {
		why = append(why, f+": "+printerAdvice(f))
	}
	if p.Error != "" {
		why = append(why, p.Error)
	}
	return exit.Errorf(code, "%s: %s", what, strings.Join(why, "; "))
}

// writeOutcome says how a paper came out.
func writeOutcome(w io.Writer, p control.Printed) error {
	_, err := fmt.Fprintf(w, "%s (%s)\n", p.Outcome, or(p.By, "nothing to rest on"))
	return err
}

// writeProof says how a page came out, of each step what it rests on, and what follows for secrets.
func writeProof(w io.Writer, p control.Printed) error {
	if err := writeOutcome(w, p); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range p.Steps {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", s.Stage, stepMeaning(s.Stage), s.By)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "  %s\n", verdict(p))
	return err
}

// stepMeaning is what a stage says of the paper.
func stepMeaning(stage string) string {
	return map[string]string{
		string(printer.Sending): "begun", string(printer.Delivered): "all of it was taken by the printer",
		string(printer.Printed): "the printer says that it printed it", string(printer.Held): "held out, to be taken",
	}[stage]
}

// verdict is what the printer has shown itself to be good for.
func verdict(p control.Printed) string {
	reached := func(s printer.Stage) bool {
		return slices.ContainsFunc(p.Steps, func(x control.Step) bool { return x.Stage == string(s) })
	}
	switch p.Outcome {
	case printer.Retracted.String():
		return "it holds out, and draws back in what nobody takes: fit for codes and passwords"
	case printer.Taken.String():
		return "it knows that somebody took it; leave the page in its mouth once to see that it draws it back in"
	case printer.Confirmed.String():
		return "it proves that it printed, and not who took it"
	case printer.Sent.String():
		return "it proves nothing: not fit for codes and passwords"
	case printer.NotSent.String():
		return "nothing was printed"
	}
	if reached(printer.Held) {
		return "what became of it in the mouth is not known: not fit for codes and passwords until this is mended"
	}
	return "what is on paper is not known"
}

// outcomeCode is the exit code of an outcome.
func outcomeCode(p control.Printed) int {
	unreached := slices.Contains(p.Faults, string(printer.Mute))
	switch p.Outcome {
	case printer.Confirmed.String(), printer.Sent.String(), printer.Taken.String():
		return exit.OK
	case printer.Retracted.String():
		return exitRetracted
	case printer.Unknown.String():
		return exitUnknown
	case printer.NotSent.String():
		if unreached || len(p.Faults) == 0 {
			return exitNoPrinter
		}
	}
	return exitPerson
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
