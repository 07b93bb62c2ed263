package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"balie/cmd/internal/control"
	"balie/cmd/internal/desk"
)

// TestTechnician is a technician's round at a booth that runs, with kioskctl.
func TestTechnician(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, nil)
	v := r.visitor()
	v.sees("welcome")

	out, code := r.kioskctl(t, "status")
	if code != 0 || !strings.Contains(out, "TEST") || !strings.Contains(out, "Virtual PCD 0 00 00: empty") || !strings.Contains(out, "reachable") {
		t.Errorf("status ends with %d and says\n%s", code, out)
	}
	if out, code := r.kioskctl(t, "print", "test"); code != 0 || !strings.HasPrefix(out, "confirmed") {
		t.Errorf("print test ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "printers"); code != 0 || !strings.HasPrefix(out, "ticket  ready  idle") {
		t.Errorf("printers ends with %d and says %q", code, out)
	}
	if out, code := r.kioskctl(t, "print", "test", "--printer", "card"); code != 3 || !strings.Contains(out, "no such printer") {
		t.Errorf("on a printer that there is not, print test ends with %d and says %q", code, out)
	}
	papers, err := r.Papers(t.Context())
	if r.must(err); len(papers) != 1 || !strings.Contains(papers[0].Text, "é è ê ë ï ö ü") || !strings.Contains(papers[0].Text, "€") || len(papers[0].QR) != 1 {
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
	if out, code := r.kioskctl(t, "status"); code != 3 || !strings.Contains(out, "! parked actions") || !strings.Contains(out, "! portal") {
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
	if out, code := r.kioskctl(t, "queue", "retry", "0194d0a0-0000-7000-8000-000000000001"); code != 1 || !strings.Contains(out, "no such action") {
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
