package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/control"
	"balie/cmd/internal/doctor"
	"balie/cmd/internal/exit"
	"balie/cmd/internal/fault"
)

func statusCommand(d *door) *cobra.Command {
	var asJSON, live bool
	cmd := &cobra.Command{
		Use: "status", Short: "How everything stands, and what to do where it does not", Args: cobra.NoArgs,
		Long: `Shows how the booth stands: screen, card readers, printer, portal, queue. What does
not work is marked with ! and says what to do about it. With --live it stays, and shows
it anew every second until Ctrl-C.

Exit code 3 where anything does not work, so that a script can tell.`,
		Example: "  kioskctl status\n  kioskctl status --live\n  kioskctl status --json | jq .queue",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if live {
				return follow(cmd.Context(), cmd.OutOrStdout(), d.client())
			}
			s, err := d.client().Status(cmd.Context())
			if err != nil {
				return err
			}
			now := time.Now()
			troubles := troubles(s, now)
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), s)
			} else {
				err = writeStatus(cmd.OutOrStdout(), s, troubles, now)
			}
			if err == nil && len(troubles) > 0 {
				err = exit.Errorf(exitOutOfOrder, "out of order: %s", strings.Join(names(troubles), ", "))
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	cmd.Flags().BoolVar(&live, "live", false, "stay, and show it anew every second")
	cmd.MarkFlagsMutuallyExclusive("json", "live")
	return cmd
}

// anew puts the cursor at home and clears from there (ECMA-48, CUP and ED).
const anew = "\x1b[H\x1b[J"

// follow shows the status every second until ctx ends. A daemon that is away for a moment
// is waited for.
func follow(ctx context.Context, w io.Writer, c *control.Client) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		var page bytes.Buffer
		page.WriteString(anew)
		s, err := c.Status(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, control.ErrRefused):
			return err
		case err != nil:
			fmt.Fprintf(&page, "! kioskd: %v\n", err)
		default:
			now := time.Now()
			if err := writeStatus(&page, s, troubles(s, now), now); err != nil {
				return err
			}
		}
		if _, err := w.Write(page.Bytes()); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func metricsCommand(d *door) *cobra.Command {
	return &cobra.Command{
		Use: "metrics", Short: "The booth's numbers, for Prometheus", Args: cobra.NoArgs,
		Long: `Prints the booth's numbers in Prometheus' text format, for node_exporter's textfile
collector. Where metrics.listen names an address, kioskd serves them there, too.`,
		Example: "  kioskctl metrics >/var/lib/node_exporter/balie.prom.new && mv /var/lib/node_exporter/balie.prom.new /var/lib/node_exporter/balie.prom",
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := d.client().Metrics(cmd.Context())
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}

// trouble is something that does not work, and what to do.
type trouble struct{ what, do string }

func names(list []trouble) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.what)
	}
	return out
}

// troubles are what a technician is to do something about now. What takes longer than a
// minute to count as a fault is the daemon's to say.
func troubles(s control.Status, now time.Time) []trouble {
	present := doctor.OfDaemon(s, nil, now)
	has := func(code, part string) func(fault.Finding) bool {
		return func(f fault.Finding) bool { return f.Code == code && f.Part == part }
	}
	for _, f := range s.Faults {
		if !slices.ContainsFunc(present, has(f.Code, f.Part)) {
			present = append(present, f.Finding)
		}
	}
	var list []trouble
	for _, f := range fault.Arrange(present) {
		of, _ := fault.Of(f.Code)
		lasts := slices.ContainsFunc(s.Faults, func(l fault.Shown) bool { return has(f.Code, f.Part)(l.Finding) })
		if f.State != fault.Fails && f.State != fault.Warns || of.Lasts > time.Minute && !lasts || marked(f.Code) {
			continue
		}
		list = append(list, trouble{f.Part, of.Title.EN + ": " + f.Fact + ": " + f.Do})
	}
	return list
}

// marked tells whether a fault is one that the first line of a status marks.
func marked(code string) bool { return code == "test-trust" || code == "development" }

// printerAdvice is what to do about what a printer says of itself.
func printerAdvice(said string) string {
	of, _ := fault.Of(doctor.PrinterFault(said))
	return of.Do
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func writeStatus(w io.Writer, s control.Status, list []trouble, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(what, value string) { fmt.Fprintf(t, "%s\t%s\n", what, value) }
	row("kiosk", s.Kiosk+marks(s))
	row("version", s.Version)
	row("running", "since "+s.Started.Local().Format(time.DateTime)+fmt.Sprintf(", %d visits", s.Visits))
	row("screen", s.Screen.Showing+", "+window(s.Screen.Alive, now))
	row("card service", s.CardService)
	for _, r := range s.Readers {
		row(r.Role+" reader", r.Name+": "+r.State)
	}
	row("printer", printerLine(s.Printer))
	row("portal", portalLine(s.Portal, now))
	row("worklist", worklistLine(s.Worklist, now))
	row("certificate", identityLine(s.Identity))
	row("queue", queueLine(s.Queue, now))
	row("revocations", revocationsLine(s.Revocations, now))
	if err := t.Flush(); err != nil {
		return err
	}
	for _, x := range list {
		if _, err := fmt.Fprintf(w, "! %s: %s\n", x.what, x.do); err != nil {
			return err
		}
	}
	return nil
}

func marks(s control.Status) string {
	text := ""
	if s.Test {
		text += "  TEST: a test root is trusted"
	}
	if s.Development {
		text += "  DEVELOPMENT: any browser of this machine is let in"
	}
	return text
}

func window(alive *time.Time, now time.Time) string {
	if alive == nil {
		return "no window has shown it yet"
	}
	return "seen by a window " + ago(*alive, now)
}

func ago(t, now time.Time) string {
	return now.Sub(t).Round(time.Second).String() + " ago"
}

func printerLine(p control.Printer) string {
	switch {
	case !p.Configured:
		return "none"
	case p.Error != "":
		return p.Error
	case len(p.Faults) > 0:
		return strings.Join(p.Faults, ", ") + " (" + p.Port + ", " + p.Profile + ")"
	}
	return "ready (" + p.Port + ", " + p.Profile + ")"
}

func portalLine(p control.Portal, now time.Time) string {
	text := p.URL + ": "
	switch {
	case p.Stopped:
		text += "has stopped this kiosk"
	case p.Reachable && p.Error == "":
		text += "reachable"
	case p.Reachable:
		text += "answers, and refuses"
	default:
		text += "away"
	}
	if p.Error != "" {
		text += " (" + p.Error + ")"
	}
	if p.LastOK != nil {
		text += ", last well " + ago(*p.LastOK, now)
	}
	return text
}

func identityLine(i control.Identity) string {
	text := "until " + i.NotAfter.Local().Format(time.DateTime) + ", key in " + map[string]string{
		"tpm": "the TPM", "credential": "a file closed by systemd's credential", "file": "a file",
	}[i.Keys] + ", fingerprint " + i.Fingerprint
	if i.Error != "" {
		text += "; not renewed (" + i.Error + ")"
	}
	return text
}

func queueLine(q control.Queue, now time.Time) string {
	text := fmt.Sprintf("%d waiting, %d parked", q.Pending, q.Parked)
	if q.Oldest != nil {
		text += ", the oldest from " + ago(*q.Oldest, now)
	}
	return text
}

func revocationsLine(r control.Revocations, now time.Time) string {
	text := fmt.Sprintf("%d lists", r.Lists)
	switch {
	case r.Error != "":
		text += ", not asked for anew: " + r.Error
	case r.Fetched != nil:
		text += ", asked for " + ago(*r.Fetched, now)
	}
	return text
}
