package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

func printersCommand(d *door) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "printers", Short: "The printers of the booth, and how each is now", Args: cobra.NoArgs,
		Long: `Asks every printer of the booth how it is, and shows how its jobs stand. What stands
in the way of printing is marked with ! and says what to do about it.

` + printersCodes,
		Example: "  kioskctl printers\n  kioskctl printers --json | jq '.[] | select(.ready | not)'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := d.client().Printers(cmd.Context())
			if err != nil {
				return unprinted(err)
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), list)
			} else {
				err = writePrinters(cmd.OutOrStdout(), list)
			}
			if err == nil {
				err = printersError(list)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return cmd
}

const printersCodes = `Exit codes:
  0  each could print now
  3  there is none, or one cannot be reached
  4  one needs a person: paper, cover, jam`

func writePrinters(w io.Writer, list []control.PrinterState) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.Name, printerWord(p), jobsWord(p), p.Port, p.Profile)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, line := range printersTroubles(list) {
		if _, err := fmt.Fprintln(w, "!", line); err != nil {
			return err
		}
	}
	return nil
}

// printerWord is how a printer is, in short.
func printerWord(p control.PrinterState) string {
	switch {
	case p.Error != "":
		return "cannot be asked"
	case len(p.Faults) > 0:
		return strings.Join(p.Faults, ", ")
	}
	return "ready"
}

func jobsWord(p control.PrinterState) string {
	switch {
	case p.Stage != "" && p.Waiting > 1:
		return fmt.Sprintf("%s, %d behind", p.Stage, p.Waiting-1)
	case p.Stage != "":
		return p.Stage
	case p.Waiting > 0:
		return fmt.Sprintf("%d in line", p.Waiting)
	}
	return "idle"
}

// printersTroubles is what to do, a line each.
func printersTroubles(list []control.PrinterState) (lines []string) {
	for _, p := range list {
		if p.Error != "" {
			lines = append(lines, p.Name+": "+p.Error)
		}
		for _, f := range p.Faults {
			lines = append(lines, p.Name+": "+f+": "+printerAdvice(f))
		}
		if !p.Clear && p.Trouble != "" {
			lines = append(lines, p.Name+": what an earlier job left in it could not be cleared, and it prints nothing until it can: "+p.Trouble)
		}
		if p.Unsettled > 0 {
			lines = append(lines, fmt.Sprintf("%s: %d jobs with codes ended without anybody's word: they count as unknown, and are to be revoked", p.Name, p.Unsettled))
		}
	}
	return lines
}

// printersError is the exit code: worst is one that cannot be reached.
func printersError(list []control.PrinterState) error {
	if len(list) == 0 {
		return exit.Errorf(exitNoPrinter, "%w", control.ErrNoPrinter)
	}
	for _, p := range list {
		if !p.Reachable {
			return exit.Errorf(exitNoPrinter, "%s cannot be reached", p.Name)
		}
	}
	i := slices.IndexFunc(list, func(p control.PrinterState) bool { return !p.Ready })
	if i >= 0 {
		return exit.Errorf(exitPerson, "%s needs a person", list[i].Name)
	}
	return nil
}
