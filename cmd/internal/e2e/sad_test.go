package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"balie/cmd/internal/desk"
	"balie/kiosk/text"
)

// TestSadWays goes every way that does not end with a check-in: each has its screen
// and its line in the log, and the booth comes back to its welcome screen.
func TestSadWays(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, nil)
	v := r.visitor()
	v.sees("welcome")
	for _, c := range []struct {
		name, card string
		fault      map[string]any
		screen     string
		line       string // of kioskd
	}{
		{"wrong way round", "an", map[string]any{"mute": true}, "notice:card-mute", "card mute"},
		{"taken out while reading", "an", map[string]any{"pull_at": 6}, "notice:card-removed", "notice=card-removed"},
		{"garbage on the chip", "an", map[string]any{"flip": []map[string]any{{"file": "identity", "bit": 200}}}, "notice:card-not-genuine", "identity=invalid"},
		{"expired", "hugo", nil, "notice:card-expired", "validity=invalid"},
		{"forged", "nele", nil, "notice:card-not-genuine", "identity=invalid"},
		{"nobody the hospital knows", "marta", nil, "notice:patient-unknown", "patient not known"},
		{"no appointment", "karim", nil, "notice:no-appointments", "no-appointments"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.fault != nil {
				r.must(r.CardFault(t.Context(), c.card, c.fault))
			}
			r.insert(c.card)
			v.sees(c.screen)
			r.logged1(t, c.line)
			r.must(r.CardFault(t.Context(), c.card, map[string]any{}))
			if c.fault["pull_at"] == nil {
				r.pull()
			}
			v.sees("welcome")
		})
	}
	t.Run("portal away", func(t *testing.T) { portalAway(t, r, v) })
	t.Run("printer without paper", func(t *testing.T) { noPaper(t, r, v) })
	t.Run("card service gone", func(t *testing.T) { noService(t, r, v) })
	t.Run("walked away", func(t *testing.T) { walkedAway(t, r, v) })
	if list, err := r.CheckIns(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the portal has %d check-ins (%v), and one was made", len(list), err)
	}
}

// logged1 holds that the daemon logged a line.
func (r *rig) logged1(t *testing.T, text string) {
	t.Helper()
	r.until("kioskd logs "+text, func(context.Context) bool { return r.says("kioskd", text) })
}

func portalAway(t *testing.T, r *rig, v *visitor) {
	r.must(r.PortalDown(t.Context(), true))
	r.insert("karim") // who has no appointment, and is not on the worklist
	v.sees("notice:portal-away")
	r.logged1(t, "portal not reachable")
	r.pull()
	r.must(r.PortalDown(t.Context(), false))
	v.sees("welcome")
}

func noPaper(t *testing.T, r *rig, v *visitor) {
	catalog, err := text.Load()
	r.must(err)
	r.must(r.PrinterFault(t.Context(), "paper-end", true))
	r.insert(desk.CrowdCard(0))
	v.sees("confirm")
	v.presses("confirm")
	if seen := v.sees("done"); !strings.Contains(seen.Text, catalog.Get("nl", "printed.ticket-none")) {
		t.Error("the screen does not say that there is no ticket")
	}
	r.logged1(t, "printer-paper-end")
	r.pull()
	r.must(r.PrinterFault(t.Context(), "paper-end", false))
	v.sees("welcome")
}

func noService(t *testing.T, r *rig, v *visitor) {
	r.must(r.CardService(t.Context(), "stop"))
	v.sees("closed")
	r.logged1(t, "service down")
	out, code := r.kioskctl(t, "status")
	if code != 3 || !strings.Contains(out, "! card service") {
		t.Errorf("kioskctl status ends with %d and says %s", code, out)
	}
	r.must(r.CardService(t.Context(), "start"))
	v.sees("welcome")
}

// walkedAway takes the card while there is something to decide.
func walkedAway(t *testing.T, r *rig, v *visitor) {
	r.insert("an")
	v.sees("choose")
	r.pull()
	v.sees("notice:card-removed")
	if seen := v.sees("welcome"); strings.Contains(seen.Text, "An P.") {
		t.Error("the name is still there")
	}
}

// kioskctl asks the daemon as a technician would.
func (r *rig) kioskctl(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "kioskctl"), append([]string{"--socket", r.ControlSocket()}, args...)...)
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(said), cmd.ProcessState.ExitCode()
}

// mountNamespace is a command that runs another where it can mount without anybody
// else seeing it: without rights where that can be, and in a chroot as root.
func mountNamespace(t *testing.T) []string {
	t.Helper()
	var said []byte
	for _, way := range [][]string{{"unshare", "--user", "--map-root-user", "--mount"}, {"unshare", "--mount", "--propagation", "unchanged"}} {
		out, err := exec.CommandContext(t.Context(), way[0], append(way[1:], "true")...).CombinedOutput()
		if err == nil {
			return way
		}
		said = append(said, out...)
	}
	t.Fatalf("no mount namespace can be made (sysctl kernel.unprivileged_userns_clone=1): %s", said)
	return nil
}

// TestDiskFull fills the disk under the queue: nobody is promised anything, and what
// was promised before arrives.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	state := ""
	r := newRig(t, 2, nil, func(o *desk.Options) {
		state = filepath.Join(o.State, "kioskd")
		if err := os.MkdirAll(state, 0o700); err != nil {
			t.Fatal(err)
		}
		o.Wrap = map[string][]string{"kioskd": append(mountNamespace(t), "sh", "-c", `mount -t tmpfs -o size=4m,mode=700 balie "$0" && exec "$@"`, state)}
	})
	v := r.visitor()
	check := func(n int, last string) {
		t.Helper()
		r.insert(desk.CrowdCard(n))
		v.sees("confirm")
		v.presses("confirm")
		v.sees(last)
		r.pull()
		v.sees("welcome")
	}
	check(0, "done")
	// The daemon's own view of its disk, from outside its mount namespace.
	inside := filepath.Join("/proc", strconv.Itoa(r.PID("kioskd")), "root", state, "fill")
	if err := os.WriteFile(inside, make([]byte, 8<<20), 0o600); err == nil {
		t.Fatal("the disk takes more than it holds")
	}
	check(1, "notice:commit-failed")
	r.logged1(t, "disk or quota is full")
	if out, code := r.kioskctl(t, "status"); code != 3 || !strings.Contains(out, ": Disk is full") {
		t.Errorf("on a full disk, status ends with %d and says\n%s", code, out)
	}
	r.must(os.Remove(inside))
	check(1, "done")
	if out, code := r.kioskctl(t, "status"); code != 0 {
		t.Errorf("with room again, status ends with %d and says\n%s", code, out)
	}
	r.delivered()
	if list, err := r.CheckIns(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("the portal has %d check-ins (%v), not 2", len(list), err)
	}
}

// TestComesBackBeforeThePortalKnows is someone who checked in while the portal was
// away and puts the card in again: the same number, and one check-in.
func TestComesBackBeforeThePortalKnows(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, nil)
	v := r.visitor()
	r.insert(desk.CrowdCard(0))
	v.sees("confirm")
	r.must(r.PortalDown(t.Context(), true))
	v.presses("confirm")
	first := ticketNumber.FindString(v.sees("done").Text)
	r.pull()
	r.must(r.PortalDown(t.Context(), false)) // it had asked to be left alone: nothing is sent yet
	v.sees("welcome")
	r.insert(desk.CrowdCard(0))
	v.sees("confirm")
	v.presses("confirm")
	if second := ticketNumber.FindString(v.sees("done").Text); second != first || first == "" {
		t.Errorf("first %q, then %q", first, second)
	}
	r.pull()
	r.delivered()
	if list, err := r.CheckIns(t.Context()); err != nil || len(list) != 1 || list[0].Ticket != first {
		t.Errorf("the portal has %+v (%v)", list, err)
	}
}
