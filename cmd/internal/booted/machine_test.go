//go:build booted

package booted

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const tree = "../../.." // from here

// machine is a Debian that nothing else sees: a root of its own above a shared one, and
// no network.
type machine struct {
	t      *testing.T
	root   string
	leader string // process id of its init, where it is booted
}

// newMachine lays a root that is written to above that of a suite.
func newMachine(t *testing.T, suite string) *machine {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("only root can do this: sudo make test-package")
	}
	lower, err := filepath.Abs(filepath.Join(tree, "build/roots", suite))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(lower, ".made")); err != nil {
		t.Fatalf("%v: make test-package makes it", err)
	}
	dir := t.TempDir()
	m := &machine{t: t, root: filepath.Join(dir, "root")}
	upper, work := filepath.Join(dir, "upper"), filepath.Join(dir, "work")
	for _, d := range []string{m.root, upper, work} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mount("overlay", m.root, "overlay", 0, "lowerdir="+lower+",upperdir="+upper+",workdir="+work); err != nil {
		t.Fatalf("laying a root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(m.root, syscall.MNT_DETACH); err != nil {
			t.Errorf("taking the root away: %v", err)
		}
	})
	return m
}

// give puts a file into the machine.
func (m *machine) give(from, to string) {
	m.t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		m.t.Fatal(err)
	}
	m.write(to, string(content), 0o755)
}

func (m *machine) write(path, content string, mode os.FileMode) {
	m.t.Helper()
	to := filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(to, []byte(content), mode); err != nil {
		m.t.Fatal(err)
	}
}

// boot starts its systemd, and returns when that has started everything.
func (m *machine) boot() {
	m.t.Helper()
	var said bytes.Buffer
	cmd := exec.Command("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--console=pipe", "--directory="+m.root, "--boot", "--",
		// systemd of Debian 13 does not start on a host with the control groups of old unless it
		// is told to; on another one this does nothing (systemd NEWS, version 256).
		"SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1", "systemd.legacy_systemd_cgroup_controller=1")
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	m.t.Cleanup(func() { m.shutDown(cmd, ended) })
	m.until("init runs", func() bool {
		select {
		case err := <-ended:
			ended <- err
			m.t.Fatalf("it does not boot: %v\n%s", err, said.String())
		default:
		}
		m.leader = initOf(cmd.Process.Pid)
		return m.leader != ""
	})
	m.until("systemd has started everything", func() bool {
		out, _ := m.try("systemctl", "is-system-running")
		return out == "running" || out == "degraded"
	})
}

// initOf is the child of nspawn that is process 1 of a machine. Others come and go before.
func initOf(nspawn int) string {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", nspawn, nspawn))
	if err != nil {
		return ""
	}
	for child := range strings.FieldsSeq(string(children)) {
		status, err := os.ReadFile("/proc/" + child + "/status")
		_, ids, found := strings.Cut(string(status), "\nNSpid:")
		ids, _, _ = strings.Cut(ids, "\n")
		if err == nil && found && strings.HasSuffix(ids, "\t1") {
			return child
		}
	}
	return ""
}

// shutDown has the machine power itself off.
func (m *machine) shutDown(cmd *exec.Cmd, ended <-chan error) {
	if m.t.Failed() {
		out, _ := m.try("journalctl", "--no-pager", "--lines=120", "--output=short-monotonic")
		m.t.Log(out)
	}
	_, _ = m.try("systemctl", "poweroff", "--no-block")
	select {
	case <-ended:
	case <-time.After(40 * time.Second):
		m.t.Error("it does not switch off")
		_ = cmd.Process.Kill()
		<-ended
	}
}

// command is a command on the machine: of a booted one among its processes, of another
// one in its root.
func (m *machine) command(ctx context.Context, args ...string) *exec.Cmd {
	line := append([]string{"chroot", m.root}, args...)
	if m.leader != "" {
		line = append([]string{"nsenter", "--target", m.leader, "--all", "--"}, args...)
	}
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "HOME=/root"}
	return cmd
}

const patience = 90 * time.Second

// try runs a command and gives what it said.
func (m *machine) try(args ...string) (out string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	b, err := m.command(ctx, args...).CombinedOutput()
	return strings.TrimSpace(string(b)), err
}

// run is for a command that must succeed.
func (m *machine) run(args ...string) string {
	m.t.Helper()
	out, err := m.try(args...)
	if err != nil {
		m.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// property is a property of a unit.
func (m *machine) property(unit, name string) string {
	m.t.Helper()
	return m.run("systemctl", "show", "--value", "--property="+name, unit)
}

// until waits until something holds.
func (m *machine) until(what string, holds func() bool) {
	m.t.Helper()
	limit := time.After(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-limit:
			m.t.Fatalf("in vain: %s", what)
		case <-tick.C:
		}
	}
}

// packages are the package, and one of the same commit that is newer.
func packages(t *testing.T) (now, next string) {
	t.Helper()
	for _, p := range []struct {
		folder string
		to     *string
	}{{"deb", &now}, {"deb-next", &next}} {
		found, err := filepath.Glob(filepath.Join(tree, "build", p.folder, "balie_*_amd64.deb"))
		if err != nil || len(found) != 1 {
			t.Fatalf("no package in build/%s (%v): make test-package", p.folder, errors.Join(err))
		}
		*p.to = found[0]
	}
	return now, next
}
