package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
)

// systemd plays systemctl: restart starts kioskd. It gives a folder for PATH.
func systemd(t *testing.T, configFile string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	pid, log := filepath.Join(folder, "pid"), filepath.Join(folder, "log")
	script := `#!/bin/sh
case $1 in restart | disable) ;; *) exit 0 ;; esac
if [ -f '` + pid + `' ]; then kill "$(cat '` + pid + `')" 2>/dev/null; while kill -0 "$(cat '` + pid + `')" 2>/dev/null; do sleep 0.05; done; fi
[ "$1" = restart ] || exit 0
setsid '` + filepath.Join(bin, "kioskd") + `' --config '` + configFile + `' 2>>'` + log + `' >/dev/null </dev/null &
echo $! >'` + pid + `'
`
	if err := os.WriteFile(filepath.Join(folder, "systemctl"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		text, err := os.ReadFile(pid)
		if err != nil {
			return // it was never started
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			t.Error(err)
			return
		}
		_ = syscall.Kill(n, syscall.SIGTERM) // it may have ended
		if said, err := os.ReadFile(log); err == nil && t.Failed() {
			t.Logf("kioskd: %s", said)
		}
	})
	return folder
}

// second is a kiosk that is put up beside the desk's: with the desk's reader, printer
// and portal, and a folder of its own.
type second struct {
	*rig
	desk             config.Config
	dir, file, tools string
	daemon           *control.Client
}

func newSecond(t *testing.T) *second {
	t.Helper()
	r := newRig(t, 0, nil)
	desk, err := config.Load(filepath.Join(r.dir, "kioskd.toml"))
	r.must(err)
	r.must(r.Stop("kioskd"))
	dir := t.TempDir()
	r.must(os.Mkdir(filepath.Join(dir, "state"), 0o700))
	s := &second{rig: r, desk: desk, dir: dir, file: filepath.Join(dir, "kioskd.toml")}
	s.tools, s.daemon = systemd(t, s.file), control.NewClient(s.socket())
	return s
}

func (s *second) socket() string { return filepath.Join(s.dir, "run", "control.sock") }

// ctl runs kioskctl on it.
func (s *second) ctl(in string, args ...string) (string, error) {
	cmd := exec.CommandContext(s.t.Context(), filepath.Join(bin, "kioskctl"), append(args, "--config", s.file, "--socket", s.socket())...)
	cmd.Env = append(append(os.Environ(), s.DaemonEnv()...), "PATH="+s.tools+":"+os.Getenv("PATH"))
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// answers writes the file of answers for it.
func (s *second) answers(token string) (path string) {
	path = filepath.Join(s.dir, "answers.toml")
	s.must(os.WriteFile(path, []byte(`portal = "`+s.desk.Portal.URL+`"
token = "`+token+`"
units = ["kioskd.service"]
[kioskd]
state_dir = "`+filepath.Join(s.dir, "state")+`"
run_dir = "`+filepath.Join(s.dir, "run")+`"
[kioskd.hospital]
name = "AZ Voorbeeld"
[kioskd.cards]
reader = "find"
desk_reader = "Virtual PCD 0 ?? 01"
test_roots = ["`+s.desk.Cards.TestRoots[0]+`"]
[kioskd.screen]
listen = "127.0.0.1:0"
window_user = "`+strconv.Itoa(os.Geteuid())+`"
[kioskd.printer]
port = "`+s.desk.Printer.Port+`"
[kioskd.portal]
tpm = "none"
may_set = ["booth.late"]
`), 0o600))
	return path
}

// TestSetup puts a second kiosk up, from a file and then by hand, with a token of its
// own; changes it from its file and from the portal; and takes it out of service.
func TestSetup(t *testing.T) {
	t.Parallel()
	s := newSecond(t)
	out, err := s.ctl("", "setup", "--answers", s.answers(s.token(t, "K2")))
	if err != nil || !strings.Contains(out, "runs as K2") || !strings.Contains(out, "printer ticket confirmed") || !strings.Contains(out, "patient reader Virtual PCD") {
		t.Fatalf("%v\n%s", err, out)
	}
	papers, err := s.Papers(t.Context())
	if s.must(err); len(papers) != 1 || !strings.Contains(papers[0].Text, "AZ Voorbeeld") {
		t.Errorf("on paper is %+v", papers)
	}
	s.reloads(t, s.file, s.daemon)

	// What the portal sets is asked for at the start. Enter keeps all but the name.
	s.portald("override", "set", "booth.late", `"7m"`)
	s.portald("override", "set", "hospital.phone", `"0900"`)
	out, err = s.ctl("AZ Ander\n\n\n\n\n\n\nn\n\n\n0\n0\n-\n", "setup")
	if err != nil || !strings.Contains(out, "is enrolled already") || !strings.Contains(out, "kioskd has it open") {
		t.Fatalf("by hand: %v\n%s", err, out)
	}
	if c, err := config.Load(s.file); err != nil || c.Hospital.Name != "AZ Ander" || c.Printer.Port != s.desk.Printer.Port || c.Cards.DeskReader == "" {
		t.Errorf("by hand it became %+v, %v", c, err)
	}
	s.holds(s.daemon, "booth.late", `"7m"`, config.FromPortal)
	s.holds(s.daemon, "hospital.phone", `""`, config.FromFile)
	s.decommissions()
}

// decommissions takes it out of service: nothing is left of what it kept but what was
// exported, and the portal knows.
func (s *second) decommissions() {
	s.t.Helper()
	if out, err := s.ctl("no\n", "decommission"); err == nil || !strings.Contains(out, "nothing was done") {
		s.t.Errorf("not wanted after all: %v\n%s", err, out)
	}
	export := filepath.Join(s.dir, "queue.db")
	out, err := s.ctl("", "decommission", "--yes", "--export", export)
	if err != nil || !strings.Contains(out, "has taken K2 out of service") || !strings.Contains(out, "queue.db, ") {
		s.t.Fatalf("decommission: %v\n%s", err, out)
	}
	left, err := os.ReadDir(filepath.Join(s.dir, "state"))
	if err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return !e.IsDir() }) {
		s.t.Errorf("after it there is %v, %v", left, err)
	}
	if info, err := os.Stat(export); err != nil || info.Size() == 0 {
		s.t.Errorf("the queue was not exported: %v", err)
	}
	if list := s.portald("kiosk", "list"); !strings.Contains(list, "retired") {
		s.t.Errorf("at the portal: %s", list)
	}
}

// holds waits until a setting holds in a daemon.
func (r *rig) holds(daemon *control.Client, name, value, from string) {
	r.t.Helper()
	r.until(name+" is "+value+" of "+from, func(ctx context.Context) bool {
		list, err := daemon.Config(ctx)
		return err == nil && slices.ContainsFunc(list, func(s config.Setting) bool { return s.Name == name && s.Value == value && s.From == from })
	})
}

// token has the portal make a token.
func (r *rig) token(t *testing.T, kiosk string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(bin, "portald"), "kiosk", "add", kiosk,
		"--state-dir", filepath.Join(r.dir, "portal"), "--db", filepath.Join(r.dir, "portal.db")).Output()
	r.must(err)
	_, rest, _ := strings.Cut(string(out), "token ")
	token, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	return token
}

// reloads changes the file of a daemon that runs: what needs no restart holds at once,
// the rest is named, and a file that is wrong changes nothing.
func (r *rig) reloads(t *testing.T, file string, daemon *control.Client) {
	t.Helper()
	before, err := os.ReadFile(file)
	r.must(err)
	next := bytes.Replace(before, []byte(`name = "AZ Voorbeeld"`), []byte(`name = "AZ Derde"`), 1)
	next = bytes.Replace(next, []byte(`pin = "off"`), []byte(`pin = "screen"`), 1)
	r.must(os.WriteFile(file, next, 0o640))
	did, err := daemon.Reload(t.Context())
	if err != nil || len(did.Applied) != 1 || did.Applied[0].Name != "hospital.name" || len(did.Waiting) != 1 || did.Waiting[0].Name != "cards.pin" {
		t.Errorf("a reload gives %+v, %v", did, err)
	}
	r.must(os.WriteFile(file, bytes.Replace(next, []byte(`late = "0s"`), []byte(`late = "soon"`), 1), 0o640))
	var refused *control.ConfigError
	if _, err := daemon.Reload(t.Context()); !errors.As(err, &refused) || !strings.Contains(refused.Do, "booth.late") {
		t.Errorf("of a wrong file: %v", err)
	}
	r.must(os.WriteFile(file, next, 0o640))
	r.holds(daemon, "hospital.name", `"AZ Derde"`, config.FromFile)
}
