package e2e

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
	"balie/hw/tpm/tpmtest"
)

// portald runs a command of the portal, as who runs it would.
func (r *rig) portald(args ...string) string {
	r.t.Helper()
	args = append(args, "--state-dir", filepath.Join(r.dir, "portal"), "--db", filepath.Join(r.dir, "portal.db"))
	out, err := exec.CommandContext(r.t.Context(), filepath.Join(bin, "portald"), args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("portald %v: %v: %s", args, err, out)
	}
	return string(out)
}

var (
	commandLine     = regexp.MustCompile(`--portal (\S+) --token (\S+)`)
	fingerprintLine = regexp.MustCompile(`(?m)^fingerprint +(\S+)$`)
)

// enrols has the kiosk enrolled as a technician does it, with the portal's consent.
func (r *rig) enrols() {
	r.t.Helper()
	given := commandLine.FindStringSubmatch(r.portald("kiosk", "add", "K1", "--confirm"))
	if given == nil {
		r.t.Fatal("kiosk add shows no command")
	}
	// The token comes by standard input, as from a scanner.
	cmd := exec.CommandContext(r.t.Context(), filepath.Join(bin, "kioskctl"), "enrol", "--socket", r.ControlSocket(),
		"--config", filepath.Join(r.dir, "kioskd.toml"), "--portal", given[1], "--token", "-")
	cmd.Stdin = strings.NewReader(strings.ToLower(given[2]) + "\n")
	out, err := cmd.StdoutPipe()
	r.must(err)
	var said, trouble bytes.Buffer
	cmd.Stderr = &trouble
	r.must(cmd.Start())
	buffer := make([]byte, 4096)
	for fingerprintLine.FindStringSubmatch(said.String()) == nil {
		n, err := out.Read(buffer)
		if err != nil {
			r.t.Fatalf("kioskctl enrol: %v: %s%s", err, said.String(), trouble.String())
		}
		said.Write(buffer[:n])
	}
	if list := r.portald("kiosk", "list"); !strings.Contains(list, "to be confirmed") {
		r.t.Errorf("the portal says\n%s", list)
	}
	r.portald("kiosk", "confirm", "K1", fingerprintLine.FindStringSubmatch(said.String())[1])
	for err == nil {
		var n int
		n, err = out.Read(buffer)
		said.Write(buffer[:n])
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(said.String(), "enrolled as  K1") {
		r.t.Fatalf("kioskctl enrol: %v: %s%s", err, said.String(), trouble.String())
	}
}

// TestLifeOfAKiosk is a kiosk with a TPM: enrolled, revoked, enrolled again while it
// runs, stolen, wiped, found and enrolled again; what was promised arrives, once.
func TestLifeOfAKiosk(t *testing.T) {
	t.Parallel()
	socket := tpmtest.Start(t)
	r := newRig(t, 2, func(c *config.Config) { c.Portal.TPM = socket })
	status := func(code int, says ...string) {
		t.Helper()
		r.until("kioskctl status says "+strings.Join(says, ", "), func(context.Context) bool {
			out, got := r.kioskctl(t, "status")
			for _, s := range says {
				if !strings.Contains(out, s) {
					return false
				}
			}
			return got == code
		})
	}
	v := r.visitor()
	v.sees("welcome")
	status(0, "key in the TPM", "reachable")
	checksInUnheard := func(n int) {
		t.Helper()
		r.insert(desk.CrowdCard(n))
		v.sees("confirm")
		r.must(r.PortalDown(t.Context(), true))
		v.presses("confirm")
		v.sees("done") // the portal does not have it yet
		r.pull()
	}
	checksInUnheard(0)
	r.portald("kiosk", "revoke", "K1")
	r.must(r.PortalDown(t.Context(), false))
	r.until("the courier has tried", func(ctx context.Context) bool {
		s, err := r.Control().Status(ctx)
		return r.Control().Deliver(ctx) == nil && err == nil && s.Portal.Stopped
	})
	status(3, "! portal: Portal refuses the certificate")
	r.enrols()
	r.delivered()
	status(0, "reachable")
	v.sees("welcome")

	checksInUnheard(1)
	r.portald("kiosk", "wipe", "K1")
	wiped := r.logs("kioskd", "wiped by order of the portal")
	r.must(r.PortalDown(t.Context(), false))
	r.waits("it is wiped", wiped)
	r.until("the daemon has ended", func(context.Context) bool { return r.PID("kioskd") == 0 })
	if left, err := os.ReadDir(filepath.Join(r.dir, "enrolled")); err != nil || len(left) != 0 {
		t.Errorf("of its identity is left: %v, %v", left, err)
	}
	out, code := runDaemon(t, r, "--config", filepath.Join(r.dir, "kioskd.toml"))
	oneLine(t, out, code, 5, "kioskctl enrol")

	r.enrols() // nothing runs: kioskctl does it by itself
	r.must(r.StartDaemon(t.Context()))
	r.delivered()
	if list, err := r.CheckIns(t.Context()); err != nil || len(list) != 2 || list[0].Outcome != "accepted" || list[1].Outcome != "accepted" {
		t.Errorf("the portal has %+v (%v)", list, err)
	}
	if strings.Contains(r.logged(), "-----") || r.says("kioskd", "row-changed") {
		t.Error("a key is logged, or a row was not taken for ours")
	}
}
