//go:build booted

package booted

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLeavesNothing installs, updates, takes back, removes and purges the package on both
// Debians, without a systemd that runs, and looks at what has changed by then.
func TestLeavesNothing(t *testing.T) {
	now, next := packages(t)
	for _, suite := range []string{"bookworm", "trixie"} {
		t.Run(suite, func(t *testing.T) {
			m := newMachine(t, suite)
			m.give(now, "/srv/balie.deb")
			m.give(next, "/srv/balie-next.deb")
			install := func(file string) { m.run("dpkg", "--install", "/srv/"+file) }
			install("balie.deb")
			runs(t, m)
			install("balie-next.deb")
			install("balie.deb")
			// What a kiosk that has run would have.
			m.write("/etc/balie/kioskd.toml", "", 0o640)
			m.write("/var/lib/balie/queue.db", "", 0o600)
			m.run("dpkg", "--remove", "balie")
			if _, err := os.Stat(filepath.Join(m.root, "var/lib/balie/queue.db")); err != nil {
				t.Errorf("removing it, without purging, takes the queue: %v", err)
			}
			m.run("dpkg", "--purge", "balie")
			for _, path := range changed(t, m) {
				t.Errorf("left behind or changed: %s", path)
			}
		})
	}
}

// runs: one binary for both Debians, with every library that it needs.
func runs(t *testing.T, m *machine) {
	t.Helper()
	for _, program := range []string{"kioskd", "kioskview", "kioskctl"} {
		if out := m.run("ldd", "/usr/bin/"+program); strings.Contains(out, "not found") {
			t.Errorf("%s lacks libraries:\n%s", program, out)
		}
		if program == "kioskview" {
			// It says that there is no display only after GTK and WebKit were loaded.
			if out, _ := m.try(program); !strings.Contains(out, "no display") {
				t.Errorf("%s: %s", program, out)
			}
			continue
		}
		if out := m.run(program, "--version"); !strings.Contains(out, m.run("dpkg-query", "--show", "--showformat=${Version}", "balie")) {
			t.Errorf("%s is of another version than its package: %s", program, out)
		}
	}
	if out, err := m.try("dpkg", "--verify", "balie"); err != nil || out != "" {
		t.Errorf("%v\n%s", err, out)
	}
}

// changed are the files of a machine that are not as they were, but for accounts, logs
// and what dpkg and systemd keep about packages that were there.
func changed(t *testing.T, m *machine) (list []string) {
	t.Helper()
	upper := filepath.Join(filepath.Dir(m.root), "upper")
	lower, err := filepath.Abs(filepath.Join(tree, "build/roots", filepath.Base(t.Name())))
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(upper, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, upper)
		for _, known := range []string{"/srv", "/var/log", "/var/cache", "/var/lib/dpkg", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/.pwd.lock", "/etc/subuid", "/etc/subgid", "/run", "/root"} {
			if strings.HasPrefix(name, known) {
				return nil
			}
		}
		if same(path, filepath.Join(lower, name), d) {
			return nil
		}
		list = append(list, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// same tells whether a file is as it was below.
func same(path, below string, d fs.DirEntry) bool {
	was, err := os.Lstat(below)
	if err != nil || was.Mode().Type() != d.Type() {
		return false
	}
	if !d.Type().IsRegular() {
		return true
	}
	a, errA := os.ReadFile(path)
	b, errB := os.ReadFile(below)
	return errors.Join(errA, errB) == nil && sha256.Sum256(a) == sha256.Sum256(b)
}

// TestLintian: no error and no warning that no override explains.
func TestLintian(t *testing.T) {
	lintian, err := exec.LookPath("lintian")
	if err != nil {
		t.Fatal("lintian is missing: apt-get install lintian")
	}
	deb, _ := packages(t)
	if out, err := exec.Command(lintian, "--fail-on", "error,warning", deb).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSameBytes builds a commit in two folders, once with nothing built before.
func TestSameBytes(t *testing.T) {
	var sums [2][sha256.Size]byte
	for i, folder := range []string{"a", "another/folder-with-a-longer-name"} {
		in := filepath.Join(t.TempDir(), folder)
		if out, err := exec.Command("git", "clone", "--quiet", "--no-hardlinks", tree, in).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		cmd := exec.Command(filepath.Join(in, "packaging/deb/build"), filepath.Join(in, "build/deb"))
		cmd.Env = append(os.Environ(), "TZ=Pacific/Auckland", "LANG=C.UTF-8")
		if i == 0 {
			cmd.Env = append(cmd.Env, "GOCACHE="+t.TempDir())
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		debs, err := filepath.Glob(filepath.Join(in, "build/deb/balie_*.deb"))
		if err != nil || len(debs) != 1 {
			t.Fatalf("built %q, %v", debs, err)
		}
		content, err := os.ReadFile(debs[0])
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(content)
		t.Logf("%x %s", sums[i], filepath.Base(debs[0]))
	}
	if sums[0] != sums[1] {
		t.Error("the same commit gives other bytes elsewhere")
	}
}
