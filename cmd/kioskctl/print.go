package main

import (
	"github.com/spf13/cobra"
)

func printCommand(d *door) *cobra.Command {
	cmd := &cobra.Command{
		Use: "print", Short: "Print on a printer of the booth", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(printTest(d))
	return cmd
}
