// Package packaging holds what a real kiosk needs around the programs. This test
// installs it below a folder and looks at what came of it.
package packaging

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// programs are stand-ins for the built ones: those of a kiosk, and two that must
// not come on one.
func programs(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for _, name := range []string{"kioskd", "kioskctl", "kioskview", "kiosksim", "portald"} {
		lay(t, filepath.Join(folder, name), "#!/bin/sh\n", 0o700)
	}
	return folder
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

// install runs make install under a umask that would leave nobody else a right.
func install(t *testing.T, bin string, settings ...string) (root, said string, err error) {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil {
		t.Fatal("make is missing: apt-get install make")
	}
	root = t.TempDir()
	script := `umask 077; exec make --no-print-directory -C .. install "$@"`
	args := append([]string{"-c", script, "sh", "BIN=" + bin, "DESTDIR=" + root}, settings...)
	out, err := exec.Command("sh", args...).CombinedOutput()
	return root, string(out), err
}

// installed lists the files below root with their modes. Folders must be open to
// everyone.
func installed(t *testing.T, root string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.IsDir() {
			if mode := info.Mode().Perm(); mode != 0o755 {
				t.Errorf("%04o %s/: want 0755", mode, strings.TrimPrefix(path, root))
			}
			return nil
		}
		list = append(list, fmt.Sprintf("%04o %s", info.Mode().Perm(), strings.TrimPrefix(path, root)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(a[5:], b[5:]) })
	return list
}

func TestInstall(t *testing.T) {
	root, said, err := install(t, programs(t))
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	want := []string{
		"0755 /usr/bin/kioskctl",
		"0755 /usr/bin/kioskd",
		"0755 /usr/bin/kioskview",
		"0755 /usr/lib/balie/power-cycle-reader",
		"0644 /usr/lib/systemd/system/balie-pcscd.path",
		"0644 /usr/lib/systemd/system/balie-pcscd.service",
		"0644 /usr/lib/systemd/system/balie-reader.path",
		"0644 /usr/lib/systemd/system/balie-reader.service",
		"0644 /usr/lib/systemd/system/kioskd-again.service",
		"0644 /usr/lib/systemd/system/kioskd-again.timer",
		"0644 /usr/lib/systemd/system/kioskd.service",
		"0644 /usr/lib/systemd/system/kioskview.service",
		"0644 /usr/lib/sysusers.d/balie.conf",
		"0644 /usr/lib/tmpfiles.d/balie.conf",
		"0644 /usr/lib/udev/rules.d/60-balie.rules",
		"0644 /usr/share/balie/balie.rules.yml",
		"0644 /usr/share/balie/kioskd.toml",
		"0644 /usr/share/doc/balie/LICENSE",
		"0644 /usr/share/doc/balie/OFL.txt",
		"0644 /usr/share/doc/balie/README.md",
		"0644 /usr/share/doc/balie/faults.md",
		"0644 /usr/share/doc/balie/printers.md",
		"0644 /usr/share/doc/balie/technician.md",
		"0644 /usr/share/polkit-1/rules.d/50-balie-pcsc.rules",
	}
	profiles, err := filepath.Glob("../printer/*/profiles/*.toml")
	if err != nil || len(profiles) == 0 {
		t.Fatalf("no printer profiles to install: %v", err)
	}
	for _, path := range profiles {
		want = append(want, "0644 /usr/share/balie/profiles/"+filepath.Base(path))
	}
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(a[5:], b[5:]) })
	if diff := cmp.Diff(want, installed(t, root)); diff != "" {
		t.Errorf("wanted (-), installed (+):\n%s", diff)
	}
	unitsFit(t, root)
}

// TestInstallElsewhere: the units name the programs where they are.
func TestInstallElsewhere(t *testing.T) {
	root, said, err := install(t, programs(t), "PREFIX=/opt/balie")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, unit := range []string{"kioskd", "kioskview", "balie-reader"} {
		text, err := os.ReadFile(filepath.Join(root, "usr/lib/systemd/system", unit+".service"))
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []string{"/usr/bin/kiosk", "/usr/share/doc/balie", "/usr/lib/balie"} {
			if strings.Contains(string(text), wrong) {
				t.Errorf("%s.service still speaks of %s", unit, wrong)
			}
		}
		program := "/opt/balie/bin/" + unit + " "
		if unit == "balie-reader" {
			program = "/opt/balie/lib/balie/power-cycle-reader "
		}
		if !strings.Contains(string(text), program) {
			t.Errorf("%s.service does not start %s", unit, program)
		}
	}
	unitsFit(t, root)
}

// TestInstallUnbuilt: without a program there is nothing to install, and it says
// what to do.
func TestInstallUnbuilt(t *testing.T) {
	root, said, err := install(t, t.TempDir())
	if err == nil || !strings.Contains(said, "kioskd is missing: make build") {
		t.Errorf("%v\n%s", err, said)
	}
	if left := installed(t, root); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// unitsFit has systemd find every program that the installed units start. What is
// installed by Debian is a stand-in.
func unitsFit(t *testing.T, root string) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Fatal("systemd-analyze is missing: apt-get install systemd")
	}
	for _, program := range []string{"cage", "chvt", "rm", "systemctl"} {
		lay(t, filepath.Join(root, "usr/bin", program), "#!/bin/sh\n", 0o755)
	}
	for _, target := range []string{"multi-user", "graphical", "sysinit", "basic", "shutdown", "network", "paths", "timers"} {
		lay(t, filepath.Join(root, "usr/lib/systemd/system", target+".target"), "[Unit]\nDescription="+target+"\n", 0o644)
	}
	units, err := filepath.Glob("systemd/*.*")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"verify", "--man=no", "--root=" + root}
	for _, path := range units {
		if ext := filepath.Ext(path); ext == ".service" || ext == ".path" || ext == ".timer" {
			args = append(args, filepath.Base(path))
		}
	}
	out, err := exec.Command("systemd-analyze", args...).CombinedOutput()
	if said := strings.TrimSpace(string(out)); err != nil || said != "" {
		t.Errorf("%v\n%s", err, said)
	}
}
