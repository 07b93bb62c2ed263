package e2e

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/desk"
	"balie/printer"
	"balie/printer/printertest"
)

// TestTechnician is a technician's round at a booth that runs, with kioskctl.
func TestTechnician(t *testing.T) {
	t.Parallel()
	mouth, change := cardPrinter(t)
	r := newRig(t, 1, change)
	v := r.visitor()
	v.sees("welcome")
	r.handsOut(t, mouth)

	out, code := r.kioskctl(t, "status")
	if code != 0 || !strings.Contains(out, "TEST") || !strings.Contains(out, "Virtual PCD 0 00 00: empty") || !strings.Contains(out, "reachable") {
		t.Errorf("status ends with %d and says\n%s", code, out)
	}
	if out, code := r.kioskctl(t, "print", "test"); code != 0 || !strings.HasPrefix(out, "confirmed") {
		t.Errorf("print test ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "printers"); code != 0 || !strings.Contains(out, "\nticket  ready  idle") || !strings.HasPrefix(out, "card    ready  idle") {
		t.Errorf("printers ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "print", "test", "--printer", "label"); code != 3 || !strings.Contains(out, "no such printer") {
		t.Errorf("on a printer that there is not, print test ends with %d and says %q", code, out)
	}
	papers, err := r.Papers(t.Context())
	if r.must(err); len(papers) != 1 || !strings.Contains(papers[0].Text, "é è ê ë ï ö ü") || !strings.Contains(papers[0].Text, "€") || !strings.Contains(papers[0].Text, "ticket (ticket)") || len(papers[0].QR) != 1 {
		t.Errorf("the test page is %+v", papers)
	}
	r.must(r.PrinterFault(t.Context(), "paper-end", true))
	if out, code := r.kioskctl(t, "print", "test"); code != 4 || !strings.Contains(out, "put in a new roll") {
		t.Errorf("without paper, print test ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "printers"); code != 4 || !strings.Contains(out, "! ticket: paper-end") {
		t.Errorf("without paper, printers ends with %d and says %q", code, out)
	}
	r.must(r.PrinterFault(t.Context(), "paper-end", false))

	r.readsCard(t)
	r.waitingAction(t, v)
}

// cardPrinter is a second printer, with a mouth, and a configuration that has it. Its
// profile is the shipped one but for the time that it holds a ticket.
func cardPrinter(t *testing.T) (*printertest.Printer, func(*config.Config)) {
	t.Helper()
	device := printertest.New(printertest.Options{Custom: true, Columns: 48, Dots: 576, Reach: 200 * time.Millisecond})
	dir := t.TempDir()
	cable, err := printertest.StartPTY(device, filepath.Join(dir, "card-printer"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cable.Close() })
	profile, err := os.ReadFile("../../../printer/escpos/profiles/custom-vkp80.toml")
	if err != nil {
		t.Fatal(err)
	}
	quick := strings.NewReplacer("52 1E", "52 04", "hold = 30", "hold = 4").Replace(string(profile))
	if err := os.WriteFile(filepath.Join(dir, "mouth.toml"), []byte(quick), 0o600); err != nil {
		t.Fatal(err)
	}
	return device, func(c *config.Config) {
		c.Printer.Profiles = []string{dir}
		c.Printers = map[string]config.NamedPrinter{"card": {Role: "card", Port: cable.Path(), Profile: "mouth"}}
	}
}

// handsOut is the test page of a printer with a mouth: taken, left in it, and left in one
// that does not draw in.
func (r *rig) handsOut(t *testing.T, mouth *printertest.Printer) {
	for _, c := range []struct {
		faults []printer.Fault
		code   int
		says   string
		fate   string
	}{
		{nil, 0, "taken (ticket in output)", "taken"},
		{[]printer.Fault{printertest.Forgotten}, 6, "fit for codes and passwords", "retracted"},
		{[]printer.Fault{printertest.Forgotten, printertest.RetractOff}, 5, "not fit for codes", "ejected"},
		{[]printer.Fault{printer.PaperJam}, 4, "take the paper out", ""},
		{[]printer.Fault{printertest.PowerOff}, 3, "switch it on", ""},
	} {
		before := len(mouth.Papers())
		for _, f := range c.faults {
			mouth.Set(f, true)
		}
		out, code := r.kioskctl(t, "print", "test", "--printer", "card")
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("with %v, print test ends with %d and says\n%s", c.faults, code, out)
		}
		if papers := mouth.Papers(); c.fate != "" && (len(papers) != before+1 || papers[before].Fate != c.fate) {
			t.Errorf("with %v: %d papers more, the last %s", c.faults, len(papers)-before, papers[len(papers)-1].Fate)
		}
		for _, f := range c.faults {
			mouth.Set(f, false)
		}
	}
}

// readsCard reads a card beside the daemon that runs: the one uses the reader, and the
// other waits for its turn.
func (r *rig) readsCard(t *testing.T) {
	t.Helper()
	r.insert("lucas")
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "kioskctl"), "card", "read", "--json", "--genuine", "--with", "address,photo,certs",
		"--trust-test-root", filepath.Join(r.dir, "bench", "test-root.pem"))
	cmd.Env = append(os.Environ(), r.DaemonEnv()...)
	out, err := cmd.Output()
	var record struct {
		Applet   string
		Identity struct {
			Document  string `json:"document"`
			BirthDate string `json:"birth_date"`
		}
		Checks  map[string]string
		Child   bool
		Under15 bool `json:"under_15"`
	}
	if err != nil || json.Unmarshal(out, &record) != nil {
		t.Fatalf("card read: %v: %s", err, out)
	}
	if record.Applet != "1.8" || record.Identity.Document != "kids-id" || record.Identity.BirthDate != "2017-03-05" || !record.Child || !record.Under15 ||
		record.Checks["identity_signature"] != "valid" || record.Checks["genuine"] != "valid" || record.Checks["chain"] != "test" {
		t.Errorf("card read gives %+v", record)
	}
	r.pull()
}

// waitingAction is a queue with something in it, taken out of the way and let go on.
func (r *rig) waitingAction(t *testing.T, v *visitor) {
	t.Helper()
	v.sees("welcome")
	r.insert(desk.CrowdCard(0))
	v.sees("confirm")
	r.must(r.PortalDown(t.Context(), true))
	v.presses("confirm")
	v.sees("done")
	r.pull()
	list := r.queue(t, "pending")
	if len(list) != 1 || list[0].Type != "check-in" || list[0].Bytes == 0 {
		t.Fatalf("the queue holds %+v", list)
	}
	id := list[0].ID.String()
	if out, code := r.kioskctl(t, "queue", "park", id); code != 0 || len(r.queue(t, "parked")) != 1 {
		t.Errorf("park ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "queue", "show", id); code != 0 || !strings.Contains(out, id) || !strings.Contains(out, "by-technician") {
		t.Errorf("show ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "queue", "stats"); code != 0 || !strings.Contains(out, "parked        1\n") {
		t.Errorf("stats ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "status"); code != 3 || !strings.Contains(out, "! queue: Portal refused actions") || !strings.Contains(out, "! portal") {
		t.Errorf("with the portal away and a parked action, status ends with %d and says\n%s", code, out)
	}
	if out, code := r.kioskctl(t, "queue", "retry", id); code != 0 {
		t.Errorf("retry ends with %d and says %q", code, out)
	}
	r.must(r.PortalDown(t.Context(), false))
	r.delivered()
	if list := r.queue(t, "acknowledged"); len(list) != 1 || list[0].ID.String() != id {
		t.Errorf("the portal has %+v", list)
	}
	if out, code := r.kioskctl(t, "queue", "retry", "0194d0a0-0000-7000-8000-000000000001"); code != 3 || !strings.Contains(out, "no such action") {
		t.Errorf("retrying what is not there ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "metrics"); code != 0 || !strings.Contains(out, "\nbalie_queue_pending 0\n") {
		t.Errorf("metrics ends with %d and says\n%s", code, out)
	}
}

func (r *rig) queue(t *testing.T, state string) (list []control.Action) {
	t.Helper()
	out, code := r.kioskctl(t, "queue", "list", "--json", "--state", state)
	if code != 0 || json.Unmarshal([]byte(out), &list) != nil {
		t.Fatalf("queue list ends with %d and says %q", code, out)
	}
	return list
}

// TestDeskReader: the clerk's reader is shown with its role and what is in it, begins no
// visit, and is read by role. What is put in there is the desk's, on its own screen.
func TestDeskReader(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0, func(c *config.Config) {
		c.Cards.DeskReader, c.Desk.On, c.Desk.Listen = "Virtual PCD 0 00 01", true, "127.0.0.1:0"
	}, func(o *desk.Options) { o.Readers = 2 })
	v := r.visitor()
	v.sees("welcome")
	r.must(r.Insert(t.Context(), 1, "jef"))
	r.until("the desk's own screen says that it does not know the card", func(context.Context) bool {
		page := r.deskPage()
		return strings.Contains(page, `data-screen="staff"`) && strings.Contains(page, "Niet herkend.")
	})
	read := exec.CommandContext(t.Context(), filepath.Join(bin, "kioskctl"), "card", "read", "--role", "desk", "--config", filepath.Join(r.dir, "kioskd.toml"),
		"--trust-test-root", filepath.Join(r.dir, "bench", "test-root.pem"))
	read.Env = append(os.Environ(), r.DaemonEnv()...)
	if out, err := read.CombinedOutput(); err != nil || !strings.Contains(string(out), "Vandersmissen") {
		t.Errorf("card read --role desk: %v: %s", err, out)
	}
	out, code := r.kioskctl(t, "status")
	for _, want := range []string{"patient reader", "Virtual PCD 0 00 00: empty", "desk reader", "Virtual PCD 0 00 01: card", "revocations", "0 lists"} {
		if !strings.Contains(out, want) {
			t.Errorf("status ends with %d and does not say %q:\n%s", code, want, out)
		}
	}
	v.sees("welcome")
	r.must(r.Pull(t.Context(), 1))
}

// deskPage is what the desk's own screen shows.
func (r *rig) deskPage() string {
	for _, line := range r.all() {
		if _, rest, found := strings.Cut(line, " desk=http"); found {
			url, _, _ := strings.Cut(rest, " ")
			page, _ := fetch("http" + url)
			return page
		}
	}
	return ""
}
