// Package systemd holds the units of a kiosk. This test has systemd's own tools
// judge them; whether they run is for a machine that systemd boots.
package systemd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: apt-get install systemd", name)
	}
	return path
}

// root lays out a file system with the units in it and stand-ins for the programs.
func root(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, program := range []string{"kioskd", "kioskview", "cage", "chvt"} {
		lay(t, filepath.Join(dir, "usr/bin", program), "#!/bin/sh\n", 0o755)
	}
	for _, unit := range []string{"kioskd.service", "kioskview.service"} {
		b, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		lay(t, filepath.Join(dir, "usr/lib/systemd/system", unit), string(b), 0o644)
	}
	for _, target := range []string{"multi-user", "graphical", "sysinit", "basic", "shutdown", "network"} {
		lay(t, filepath.Join(dir, "usr/lib/systemd/system", target+".target"), "[Unit]\nDescription="+target+"\n", 0o644)
	}
	lay(t, filepath.Join(dir, "etc/passwd"), "root:x:0:0::/root:/bin/sh\n", 0o644)
	return dir
}

func lay(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

func TestUnitsAreUnderstood(t *testing.T) {
	dir := root(t)
	for _, unit := range []string{"kioskd.service", "kioskview.service"} {
		out, err := exec.Command(tool(t, "systemd-analyze"), "verify", "--man=no", "--root="+dir, unit).CombinedOutput()
		if said := strings.TrimSpace(string(out)); err != nil || said != "" {
			t.Errorf("%s: %v\n%s", unit, err, said)
		}
	}
}

// TestDaemonIsConfined holds kioskd at 1.7 of systemd's 10 points of exposure.
func TestDaemonIsConfined(t *testing.T) {
	out, err := exec.Command(tool(t, "systemd-analyze"), "security", "--no-pager", "--offline=true", "--threshold=17", "kioskd.service").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	t.Log(lines[len(lines)-1])
}

func TestUsersAndFolders(t *testing.T) {
	dir := root(t)
	for _, args := range [][]string{
		{"systemd-sysusers", "--root=" + dir, "sysusers.conf"},
		{"systemd-tmpfiles", "--create", "--root=" + dir, "tmpfiles.conf"},
	} {
		file, err := filepath.Abs(args[len(args)-1])
		if err != nil {
			t.Fatal(err)
		}
		if args[0] == "systemd-tmpfiles" && os.Getuid() != 0 {
			continue // only root may give folders away
		}
		args[len(args)-1] = file
		if out, err := exec.Command(tool(t, args[0]), args[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", args[0], err, out)
		}
	}
	passwd, err := os.ReadFile(filepath.Join(dir, "etc/passwd"))
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"balie:", "balie-view:"} {
		if !strings.Contains(string(passwd), "\n"+user) {
			t.Errorf("no user %s in\n%s", user, passwd)
		}
	}
	if os.Getuid() != 0 {
		return
	}
	if info, err := os.Stat(filepath.Join(dir, "var/lib/balie")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("/var/lib/balie: %v, %v; want mode 0700", info, err)
	}
}
