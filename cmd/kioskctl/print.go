package main

import (
	"github.com/spf13/cobra"
)

func printCommand(d *door) *cobra.Command {
	cmd := &cobra.Command{
		Use: "print", Short: "Print a paper, or write it to a file", Args: cobra.NoArgs,
		Long: printHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(printPapers(d)...)
	return cmd
}
