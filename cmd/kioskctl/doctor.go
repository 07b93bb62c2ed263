package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"balie/cmd/internal/doctor"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/fault"
	"balie/cmd/internal/state"
)

const doctorHelp = `Looks at every part of the kiosk, a line each: how it stands, what was found, and what
to do. What is to be looked at first stands first; what another fault explains is marked
so, and is gone when that one is mended.

While kioskd runs it is asked; where none runs, the parts are looked at with its rights
and nothing is changed. docs/faults.md has every fault by its code.

Exit codes:
  0  all is well
  1  nothing fails, but there are warnings
  2  something does not work`

func doctorCommand(d *door) *cobra.Command {
	var asJSON bool
	var path string
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look at every part of the kiosk, with or without kioskd", Long: doctorHelp, Args: cobra.NoArgs,
		Example: "  kioskctl doctor\n  kioskctl doctor --json | jq -r '.[0].fault'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			list := doctor.Doctor{Config: path, Socket: d.socket, Become: state.BecomeOwner}.Look(cmd.Context())
			write := writeFindings
			if asJSON {
				write = func(w io.Writer, list []fault.Finding) error { return writeJSON(w, list) }
			}
			if err := write(cmd.OutOrStdout(), list); err != nil {
				return err
			}
			return verdictOf(list)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	cmd.Flags().StringVar(&path, "config", configFile, "kioskd's configuration `FILE`")
	return cmd
}

func writeFindings(w io.Writer, list []fault.Finding) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.State, f.Part, findingLine(f))
	}
	return t.Flush()
}

// findingLine says what was found, and what to do.
func findingLine(f fault.Finding) string {
	of, known := fault.Of(f.Code)
	line := f.Fact
	if known {
		line = of.Title.EN + ": " + f.Fact
	}
	switch {
	case f.Because != "":
		cause, _ := fault.Of(f.Because)
		return line + " (because: " + cause.Title.EN + ")"
	case f.Do != "":
		return line + " -> " + f.Do
	}
	return line
}

// verdictOf is the exit code of what was found.
func verdictOf(list []fault.Finding) error {
	switch fault.Worst(list) {
	case fault.Fails:
		return exit.Errorf(2, "something does not work: %s first", list[0].Part)
	case fault.Warns:
		return exit.Errorf(1, "it works, with warnings: %s first", list[0].Part)
	}
	return nil
}
