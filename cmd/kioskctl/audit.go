package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

func auditCommand(d *door) *cobra.Command {
	cmd := &cobra.Command{
		Use: "audit", Short: "Who of the staff did what at the desk, and whether that holds", Args: cobra.NoArgs,
		Long: `The audit log keeps who of the staff did what at the desk, and when: each record is on
disk before what it is about is done, and has a hash over itself and the one before. It
names nobody but the clerk.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(auditList(d), auditVerify(d))
	return cmd
}

func auditList(d *door) *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List records, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := d.client().Audit(cmd.Context(), limit)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), list)
			}
			return writeAudit(cmd.OutOrStdout(), list)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 100, "at most so many, up to 1000")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return cmd
}

func writeAudit(w io.Writer, list []control.AuditRecord) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "nothing")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NUMBER\tWHEN\tCLERK\tWHAT\tMATTER\tACTION")
	for _, r := range list {
		clerk := r.Clerk
		if clerk == "" {
			clerk = "(kiosk)"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n", r.Number, r.At.Local().Format(time.DateTime), clerk, r.What, r.Matter, r.Action)
	}
	return t.Flush()
}

func auditVerify(d *door) *cobra.Command {
	var asJSON bool
	var heads []string
	cmd := &cobra.Command{
		Use: "verify", Short: "Look whether every record is as it was written", Args: cobra.NoArgs,
		Long: `Looks at every record: at its hash, at the one before, and at the head that the kiosk
keeps beside the log under a key of the device.

Who had all of the kiosk in their hands could have written all of that anew. The portal
was told the head with every statement of a clerk: give what it has, and the log is held
against that too.

Exit code 3 where a record is not as it was written; the first such is named.`,
		Example: "  kioskctl audit verify\n  kioskctl audit verify --head 17:5f0c…",
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := d.client().VerifyAudit(cmd.Context(), heads...)
			if err != nil {
				return err
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), v)
			} else if v.Why == "" {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d records hold\nhead  %s\n", v.Records, v.Head)
			}
			if err == nil && v.Why != "" {
				err = exit.Errorf(exitOutOfOrder, "%s: keep the files audit.db of state_dir as they are, and tell who is in charge of privacy", wrong(v))
			}
			return err
		},
	}
	cmd.Flags().StringSliceVar(&heads, "head", nil, "a `HEAD` that the portal has, \"17:5f0c…\"; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return cmd
}

// wrong says what of the log is not as it was written.
func wrong(v control.AuditVerdict) string {
	switch v.Why {
	case "missing":
		return fmt.Sprintf("record %d is missing", v.Broken)
	case "truncated":
		return fmt.Sprintf("the log was cut off: record %d and what came after are missing", v.Broken)
	case "unknown":
		return "the head that is kept beside the log is not of this device"
	}
	return fmt.Sprintf("record %d, or the one before it, was changed", v.Broken)
}
