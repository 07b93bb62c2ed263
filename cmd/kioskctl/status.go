package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/exit"
)

func statusCommand(d *door) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "status", Short: "How everything stands, and what to do where it does not", Args: cobra.NoArgs,
		Long: `Shows how the booth stands: screen, card readers, printer, portal, queue. What does
not work is marked with ! and says what to do about it.

Exit code 3 where anything does not work, so that a script can tell.`,
		Example: "  kioskctl status\n  kioskctl status --json | jq .queue",
		RunE: func(cmd *cobra.Command, _ []string) error {
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
	return cmd
}

func metricsCommand(d *door) *cobra.Command {
	return &cobra.Command{
		Use: "metrics", Short: "The booth's numbers, for Prometheus", Args: cobra.NoArgs,
		Long: `Prints the booth's numbers in Prometheus' text format, for node_exporter's textfile
collector. kioskd opens no port for them.`,
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

// troubles are what a technician is to do something about.
func troubles(s control.Status, now time.Time) []trouble {
	var list []trouble
	add := func(is bool, what, do string) {
		if is {
			list = append(list, trouble{what, do})
		}
	}
	add(!s.Development && unseen(s.Screen.Alive, now), "screen", "no window shows it: systemctl status kioskview")
	add(s.CardService != "up", "card service", "systemctl status pcscd; then: systemctl restart pcscd.socket")
	add(s.CardService == "up" && !slices.ContainsFunc(s.Readers, patients), "card reader", "plug it in; kioskctl card watch shows what pcscd sees")
	for _, r := range s.Readers {
		add(strings.HasPrefix(r.State, "claimed"), "reader "+r.Name, "another program holds it: stop that program")
		add(r.State == "card left in", "card left in "+r.Name, "take it out; it starts nothing until it is put in again")
	}
	add(s.Printer.Configured && s.Printer.Error != "", "printer", s.Printer.Error)
	for _, f := range s.Printer.Faults {
		add(true, "printer: "+f, printerAdvice(f))
	}
	add(s.Portal.Stopped, "portal", "it does not take this kiosk ("+s.Portal.Error+"): ask who runs the portal; the queue is kept")
	add(!s.Portal.Stopped && !s.Portal.Reachable, "portal", "not reachable ("+s.Portal.Error+"): look at the network; what people do is kept and sent later")
	add(!s.Portal.Stopped && s.Portal.Reachable && s.Portal.Error != "", "portal",
		"it answers, but does not take what it is sent ("+s.Portal.Error+"): ask who runs the portal; what people do is kept and sent later")
	add(!s.Identity.NotAfter.IsZero() && !now.Before(s.Identity.NotAfter), "certificate",
		"it has ended: nothing is sent any more: kioskctl enrol, with a new token; the queue is kept")
	add(now.After(s.Identity.RenewFrom.Add(renewSlack(s.Identity))) && now.Before(s.Identity.NotAfter), "certificate",
		"it ends on "+s.Identity.NotAfter.Local().Format(time.DateTime)+" and is not renewed ("+s.Identity.Error+"): ask who runs the portal")
	add(s.Worklist.Error == "not-erased", "worklist", "that of yesterday cannot be erased: look at the disk where state_dir is")
	add(s.Portal.Keys != "", "portal's keys", "not taken ("+s.Portal.Keys+"): ask who runs the portal")
	add(skewed(s.Portal.ClockAhead), "clock", "the portal's is "+ahead(s.Portal.ClockAhead)+" this one: timedatectl says whether this one is set by the network")
	for _, file := range s.Queue.SetAside {
		add(true, "damaged queue", "set aside as "+file+": keep it, what it holds may not be at the portal; once it is dealt with, move it away")
	}
	add(s.Queue.Parked > 0, "parked actions", "kioskctl queue list --state parked says why; kioskctl queue retry ID")
	add(s.Queue.Error != "", "queue", s.Queue.Error)
	return list
}

func patients(r control.Reader) bool { return r.Role == config.PatientReader }

// maxSkew is how far two clocks may be apart before someone is told: more than a slow
// network adds, and less than makes a check-in look early or late.
const maxSkew = 60.0 // seconds

func skewed(ahead *float64) bool { return ahead != nil && math.Abs(*ahead) > maxSkew }

// ahead says how the portal's clock stands to this one.
func ahead(seconds *float64) string {
	if seconds == nil {
		return "not known to be like"
	}
	d := time.Duration(*seconds * float64(time.Second)).Round(time.Second)
	if d < 0 {
		return (-d).String() + " behind"
	}
	return d.String() + " ahead of"
}

// printerAdvice is what to do about a fault.
func printerAdvice(fault string) string {
	advice := map[string]string{
		"cover-open": "close the cover", "paper-near-end": "put in a new roll soon", "paper-end": "put in a new roll",
		"cutter": "free the cutter, switch the printer off and on", "head-hot": "wait: it cools down by itself",
		"paper-jam": "open the cover and take the paper out", "presenter": "free the mouth of the printer",
		"ticket-in-mouth": "take the ticket", "offline": "press FEED, or switch the printer off and on",
		"mute": "switch it on; look at cable and baud", "unrecoverable": "switch it off and on; if it stays, swap it",
		"ribbon-end": "put in a new ribbon", "hopper-full": "take the cards out of its hopper", "cleaning": "clean it with a cleaning card",
	}
	if a, known := advice[fault]; known {
		return a
	}
	return "look at the printer"
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

// unseen tells whether no window has said for long that it shows the screen: one that
// is well does so every five seconds.
func unseen(alive *time.Time, now time.Time) bool {
	return alive == nil || now.Sub(*alive) > 30*time.Second
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

// renewSlack is how long a renewal may take before somebody is to look at it: half of
// the time that it has.
func renewSlack(i control.Identity) time.Duration { return i.NotAfter.Sub(i.RenewFrom) / 2 }

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
