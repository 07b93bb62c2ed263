package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// staleTime is how old a worklist may be before somebody is to look at it.
const staleTime = time.Hour

func worklistCommand(d *door) *cobra.Command {
	cmd := &cobra.Command{
		Use: "worklist", Short: "Today's appointments, for when the portal is away", Args: cobra.NoArgs,
		Long: `The worklist is what the booth checks people in from while the portal is away. Neither
this command nor the kiosk can read it: an entry opens with the patient's card only.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(worklistStatus(d))
	return cmd
}

func worklistStatus(d *door) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "status", Short: "Whether there is one, and how old it is", Args: cobra.NoArgs,
		Long: `Shows of which day the worklist is, for how many people, and when the portal last said
that it is so.

Exit code 3 where there is none of today, or it is older than an hour.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := d.client().Status(cmd.Context())
			if err != nil {
				return err
			}
			now := time.Now()
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), s.Worklist)
			} else {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), worklistLine(s.Worklist, now))
			}
			if err == nil && (s.Worklist.AsOf == nil || now.Sub(*s.Worklist.AsOf) > staleTime) {
				err = exit.Errorf(exitOutOfOrder, "no worklist that is fresh: while the portal is away people are sent to the desk: kioskctl status says how the portal stands")
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return cmd
}

func worklistLine(w control.Worklist, now time.Time) string {
	text := "none of today"
	if w.AsOf != nil {
		text = fmt.Sprintf("of %s, %d people, as of %s (%s)", w.Day, w.Entries, w.AsOf.Local().Format(time.TimeOnly), ago(*w.AsOf, now))
	}
	if !w.OnDisk {
		text += ", in memory only: there is no TPM"
	}
	if w.Error != "" {
		text += "; not renewed (" + w.Error + ")"
	}
	return text
}
