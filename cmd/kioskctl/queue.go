package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

// states are those that a list can be asked of.
var states = []string{"pending", "parked", "acknowledged"}

func queueCommand(d *door) *cobra.Command {
	cmd := &cobra.Command{
		Use: "queue", Short: "What the portal must still hear", Args: cobra.NoArgs,
		Long: `The queue keeps what people did until the portal has it. What is in it is sealed to
the portal's key: neither this command nor the kiosk can read it.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(queueList(d), queueShow(d), queueStats(d), queueRetry(d), queuePark(d), queueDeliver(d))
	return cmd
}

func queueList(d *door) *cobra.Command {
	var asJSON bool
	var of []string
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List actions, the oldest first", Args: cobra.NoArgs,
		Long: `Lists actions, the oldest first: those that wait for the portal (pending), those that
it refused for good (parked), and those it has (acknowledged; kept for a week).`,
		Example: "  kioskctl queue list\n  kioskctl queue list --state parked --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, s := range of {
				if !slices.Contains(states, s) {
					return exit.Errorf(exit.Usage, "--state: %q is none of %s", s, strings.Join(states, ", "))
				}
			}
			list, err := d.client().Queue(cmd.Context(), limit, of...)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), list)
			}
			return writeQueue(cmd.OutOrStdout(), list, limit)
		},
	}
	cmd.Flags().StringSliceVar(&of, "state", nil, "only those in `STATE`: pending, parked, acknowledged; may be repeated")
	cmd.Flags().IntVar(&limit, "limit", 100, "at most so many, up to 1000")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return cmd
}

func writeQueue(w io.Writer, list []control.Action, limit int) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "nothing")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "COUNTER\tACTION\tTYPE\tSTATE\tDONE\tTRIES\tREASON")
	for _, a := range list {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%d\t%s\n", a.Counter, a.ID, a.Type, a.State, a.OccurredAt.Local().Format(time.DateTime), a.Attempts, a.Reason)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(list) == limit {
		_, err := fmt.Fprintf(w, "(%d shown; more with --limit)\n", limit)
		return err
	}
	return nil
}

func queueShow(d *door) *cobra.Command {
	var asJSON bool
	cmd := one("show ID", "Show one action", "Shows all that is known of an action. What the person did is sealed, and not shown.",
		func(cmd *cobra.Command, id uuid.UUID) error {
			a, err := d.client().Show(cmd.Context(), id)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), a)
			}
			return writeAction(cmd.OutOrStdout(), a)
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return cmd
}

func writeAction(w io.Writer, a control.Action) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(what, value string) { fmt.Fprintf(t, "%s\t%s\n", what, value) }
	when := func(what string, at *time.Time) {
		if at != nil {
			row(what, at.Local().Format(time.DateTime))
		}
	}
	row("action", a.ID.String())
	row("counter", strconv.FormatUint(a.Counter, 10))
	row("type", a.Type)
	row("priority", strconv.Itoa(a.Priority))
	row("state", a.State)
	when("done", &a.OccurredAt)
	when("not sent before", a.NotBefore)
	when("settled", a.SettledAt)
	row("tries", strconv.Itoa(a.Attempts))
	if a.Reason != "" {
		row("reason", a.Reason)
	}
	row("sealed", fmt.Sprintf("%d bytes, to the portal's key %s", a.Bytes, a.KeyID))
	return t.Flush()
}

func queueStats(d *door) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "stats", Short: "Count what is in the queue", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := d.client().Status(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), s.Queue)
			}
			return writeStats(cmd.OutOrStdout(), s.Queue)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return cmd
}

func writeStats(w io.Writer, q control.Queue) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "pending\t%d\n", q.Pending)
	if q.Oldest != nil {
		fmt.Fprintf(t, "oldest pending\t%s\n", q.Oldest.Local().Format(time.DateTime))
	}
	fmt.Fprintf(t, "parked\t%d\nacknowledged\t%d\n", q.Parked, q.Acknowledged)
	for _, file := range q.SetAside {
		fmt.Fprintf(t, "damaged, set aside\t%s\n", file)
	}
	if q.Error != "" {
		fmt.Fprintf(t, "error\t%s\n", q.Error)
	}
	return t.Flush()
}

func queueRetry(d *door) *cobra.Command {
	return one("retry ID", "Have a parked action sent again",
		"Makes a parked action pending again, after what the portal refused it for was mended.",
		func(cmd *cobra.Command, id uuid.UUID) error { return d.client().Retry(cmd.Context(), id) })
}

func queuePark(d *door) *cobra.Command {
	return one("park ID", "Take a waiting action out of the way",
		"Parks a pending action until someone retries it. Nothing is thrown away.",
		func(cmd *cobra.Command, id uuid.UUID) error { return d.client().Park(cmd.Context(), id) })
}

// one is a command on one action.
func one(use, short, long string, do func(*cobra.Command, uuid.UUID) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := uuid.Parse(given[0])
			if err != nil {
				return exit.Errorf(exit.Usage, "%q is not the id of an action: kioskctl queue list shows them", given[0])
			}
			return do(cmd, id)
		},
	}
}

func queueDeliver(d *door) *cobra.Command {
	return &cobra.Command{
		Use: "deliver", Short: "Try the portal now, instead of when the courier would", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.client().Deliver(cmd.Context()) },
	}
}
