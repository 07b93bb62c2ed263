package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
	"balie/hw/barcode/barcodetest"
	"balie/hw/tpm/tpmtest"
	"balie/kiosk/text"
)

// TestWorksAlone is a morning without a portal: people check in from the worklist, by
// card and by letter, before and after a restart; what they were promised arrives later,
// once. Whoever is not on the list is sent to the desk.
func TestWorksAlone(t *testing.T) {
	t.Parallel()
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	socket := tpmtest.Start(t)
	wand, err := barcodetest.NewWand(filepath.Join(t.TempDir(), "scanner"))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, 2, func(c *config.Config) { c.Portal.TPM, c.Scanner.Port = socket, wand.Path() })
	v := r.visitor()
	v.sees("welcome")
	r.until("the worklist is there", func(ctx context.Context) bool {
		s, err := r.Control().Status(ctx)
		return err == nil && s.Worklist.AsOf != nil && s.Worklist.Entries > 2
	})
	if out, code := r.kioskctl(t, "worklist", "status"); code != 0 || !strings.Contains(out, "people, as of") || strings.Contains(out, "memory only") {
		t.Errorf("worklist status ends with %d and says %s", code, out)
	}
	r.must(r.Stop("portald"))
	alone := func(n int) (ticket string) {
		t.Helper()
		r.insert(desk.CrowdCard(n))
		if seen := v.sees("confirm"); !strings.Contains(seen.Text, "4614") {
			t.Errorf("the appointment is not shown: %s", seen.Text)
		}
		v.presses("confirm")
		seen := v.sees("done")
		if !strings.Contains(seen.Text, catalog.Get("nl", "screen.done.report")) {
			t.Errorf("nobody is sent to the department's desk as well: %s", seen.Text)
		}
		papers, err := r.Papers(t.Context())
		if r.must(err); !strings.Contains(strings.Join(strings.Fields(papers[len(papers)-1].Text), " "), catalog.Get("nl", "ticket.report-to-desk")) {
			t.Errorf("nor does the paper: %s", papers[len(papers)-1].Text)
		}
		r.pull()
		v.sees("welcome")
		return ticketNumber.FindString(seen.Text)
	}
	tickets := []string{alone(0)}
	r.must(r.Kill("kioskd"))
	r.must(r.StartDaemon(t.Context()))
	v.sees("welcome")
	tickets = append(tickets, alone(1))
	// Jef has no card with him, and a letter; another birth date than his finds nothing.
	for _, typed := range []struct{ birth, seen string }{{"03111951", "notice:letter-away"}, {"02111951", "confirm"}} {
		r.must(wand.Send([]byte("BALIE-" + time.Now().In(brussels(t)).Format("20060102") + "-3\r\n")))
		v.reads("Wanneer bent u geboren?")
		r.must(v.Fill("birth", typed.birth))
		v.presses("letter")
		if v.sees(typed.seen); typed.seen == "confirm" {
			v.presses("confirm")
			tickets = append(tickets, ticketNumber.FindString(v.sees("done").Text))
		}
		v.presses("stop")
		v.sees("welcome")
	}
	r.insert("karim") // known, and without an appointment: the list cannot tell
	v.sees("notice:portal-away")
	r.pull()
	onDisk(t, filepath.Join(r.dir, "kioskd"))

	r.must(r.StartPortal(t.Context()))
	r.delivered()
	list, err := r.CheckIns(t.Context())
	if r.must(err); len(list) != len(tickets) {
		t.Fatalf("the portal has %+v", list)
	}
	for _, c := range list {
		if c.Outcome != "accepted" || !slices.Contains(tickets, c.Ticket) {
			t.Errorf("%+v, and the tickets are %v", c, tickets)
		}
	}
}

// onDisk holds that a worklist lies there, and that nothing there names who is on it.
func onDisk(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"worklist", "worklist.key", "device.key", "queue.db", "queue.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, canary := range []string{desk.CrowdNumber(0), desk.CrowdNumber(1), "Raadpleging", desk.CrowdAppointment(0), "Gastaa"} {
			if strings.Contains(string(raw), canary) {
				t.Errorf("%s tells %q", name, canary)
			}
		}
	}
}
