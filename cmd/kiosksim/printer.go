package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"balie/printer"
)

func printerCommand() *cobra.Command {
	var link string
	var faults []string
	var lineTime time.Duration
	cmd := &cobra.Command{
		Use: "printer", Short: "A receipt printer alone, on a pty",
		Long: `Plays an Epson TM receipt printer (ESC/POS, 80 mm, 42 columns) on a pseudo-terminal
until Ctrl-C, and shows every ticket that comes out as text. Its status answers are
those of the real one, with the faults given by --fault.`,
		Example: "  kiosksim printer --link /tmp/ticket-printer\n  kiosksim printer --link /tmp/ticket-printer --fault paper-near-end",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, err := newTicketPrinter(link, lineTime)
			if err != nil {
				return err
			}
			for _, f := range faults {
				if err := t.set(printer.Fault(f), true); err != nil {
					return &usageError{fmt.Errorf("--fault: %w", err)}
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "printer at %s\n", t.cable.Path())
			showPapers(cmd.Context(), cmd.OutOrStdout(), t)
			return t.Close()
		},
	}
	cmd.Flags().StringVar(&link, "link", "", "symbolic link to the device; without it, the `path` is a /dev/pts/…")
	cmd.Flags().StringArrayVar(&faults, "fault", nil, "a `fault` that it has, such as paper-end; may be repeated")
	cmd.Flags().DurationVar(&lineTime, "line-time", 14*time.Millisecond, "how long it takes for a line; 0 is at once")
	return cmd
}

// showPapers writes every paper that comes out, until ctx ends.
func showPapers(ctx context.Context, out io.Writer, t *ticketPrinter) {
	for shown := 0; ; {
		papers, err := t.printer.Wait(ctx, shown+1)
		if err != nil {
			return
		}
		for ; shown < len(papers); shown++ {
			p := newPaper(shown+1, papers[shown])
			fmt.Fprintf(out, "── ticket %d ──\n%s── %s ──\n", p.Number, p.Text, p.sheet.Cut)
		}
	}
}
