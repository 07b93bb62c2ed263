package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

func printCommand(d *door) *cobra.Command {
	cmd := &cobra.Command{
		Use: "print", Short: "Print on the ticket printer", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(printTest(d))
	return cmd
}

func printTest(d *door) *cobra.Command {
	return &cobra.Command{
		Use: "test", Short: "Print the test page", Args: cobra.NoArgs,
		Long: `Prints a page that shows what a ticket relies on: accents and the euro sign, the
width of the paper, a QR code, the cut. It says how sure it is of the outcome.

Exit code 6 where the page did not come out, or only a part of it.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := d.client().PrintTest(cmd.Context())
			if err != nil {
				return err
			}
			return outcome(cmd, p)
		},
	}
}

// outcome says how the page came out, and what to do where it did not.
func outcome(cmd *cobra.Command, p control.Printed) error {
	if p.Outcome == "confirmed" || p.Outcome == "sent" {
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s (%s)\n", p.Outcome, p.By)
		return err
	}
	why := []string{p.Outcome}
	for _, f := range p.Faults {
		why = append(why, f+": "+printerAdvice(f))
	}
	if p.Error != "" {
		why = append(why, p.Error)
	}
	return exit.Errorf(exitNotPrinted, "test page: %s", strings.Join(why, "; "))
}
