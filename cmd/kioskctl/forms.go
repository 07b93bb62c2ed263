package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/exit"
)

func formsCommand(d *door) *cobra.Command {
	cmd := &cobra.Command{
		Use: "forms", Short: "Sheets of A4 that are kept for the desk", Args: cobra.NoArgs,
		Long: `Lists the letters and forms that wait for the desk, where no forms.command is set to
print them. They are kept in memory for an hour, and forgotten once they are taken.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := d.client().Forms(cmd.Context())
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, f := range list {
				fmt.Fprintf(t, "%d\t%s\t%s\n", f.ID, f.Since.Local().Format(time.DateTime), f.Title)
			}
			return t.Flush()
		},
	}
	cmd.AddCommand(takeForm(d))
	return cmd
}

func takeForm(d *door) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use: "take NUMBER", Short: "Write one to a file as PDF, and keep it no longer", Args: cobra.ExactArgs(1),
		Example: "  kioskctl forms take 3 --to - | lp",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.Atoi(args[0])
			if err != nil {
				return exit.Errorf(exit.Usage, "%q is no number of a form", args[0])
			}
			if to == "-" {
				file, err := d.client().TakeForm(cmd.Context(), id)
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write(file)
				return err
			}
			// The file is made first: a form that is taken and cannot be written is gone.
			out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return exit.Errorf(exit.Usage, "--to: %w", err)
			}
			file, err := d.client().TakeForm(cmd.Context(), id)
			if err != nil {
				return errors.Join(err, out.Close(), os.Remove(to))
			}
			_, err = out.Write(file)
			return errors.Join(err, out.Close())
		},
	}
	cmd.Flags().StringVar(&to, "to", "-", "into a new `FILE`; - is standard output")
	return cmd
}
