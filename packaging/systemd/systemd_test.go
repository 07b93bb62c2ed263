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
	for _, program := range []string{"bin/kioskd", "bin/kioskview", "bin/cage", "bin/chvt", "bin/rm", "bin/systemctl", "lib/balie/power-cycle-reader"} {
		lay(t, filepath.Join(dir, "usr", program), "#!/bin/sh\n", 0o755)
	}
	for _, unit := range units(t) {
		b, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		lay(t, filepath.Join(dir, "usr/lib/systemd/system", unit), string(b), 0o644)
	}
	for _, target := range []string{"multi-user", "graphical", "sysinit", "basic", "shutdown", "network", "paths", "timers"} {
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

// units are all there are.
func units(t *testing.T) (names []string) {
	t.Helper()
	for _, kind := range []string{"*.service", "*.path", "*.timer"} {
		found, err := filepath.Glob(kind)
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s: %v", kind, err)
		}
		names = append(names, found...)
	}
	return names
}

func TestUnitsAreUnderstood(t *testing.T) {
	args := append([]string{"verify", "--man=no", "--root=" + root(t)}, units(t)...)
	out, err := exec.Command(tool(t, "systemd-analyze"), args...).CombinedOutput()
	if said := strings.TrimSpace(string(out)); err != nil || said != "" {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestUnitsAreConfined holds kioskd at 1.7 of systemd's 10 points of exposure, and what
// root does for it at 1.8: it speaks to systemd, or writes below /sys.
func TestUnitsAreConfined(t *testing.T) {
	for unit, most := range map[string]string{"kioskd.service": "17", "balie-pcscd.service": "18", "balie-reader.service": "18"} {
		out, err := exec.Command(tool(t, "systemd-analyze"), "security", "--no-pager", "--offline=true", "--threshold="+most, unit).CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		t.Log(lines[len(lines)-1])
	}
}

// TestEveryDirectiveHasItsReason: what confines kioskd stands in a paragraph that begins
// with why.
func TestEveryDirectiveHasItsReason(t *testing.T) {
	text, err := os.ReadFile("kioskd.service")
	if err != nil {
		t.Fatal(err)
	}
	_, service, _ := strings.Cut(string(text), "[Service]\n")
	for paragraph := range strings.SplitSeq(service, "\n\n") {
		if !strings.HasPrefix(paragraph, "#") && !strings.HasPrefix(paragraph, "[Install]") {
			t.Errorf("no reason for\n%s", paragraph)
		}
	}
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
