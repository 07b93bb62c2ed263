package e2e

import (
	"context"
	"database/sql"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // to make a database of a newer version

	"balie/cmd/internal/config"
)

// badInput is something wrong with the configuration or with what it names.
type badInput struct {
	name   string
	change func(*config.Config)
	text   string // appended to the file
	spoil  func(t *testing.T, c config.Config)
	code   int
	says   string
}

// TestBadInput starts the daemon on what can only be a mistake: one line that says
// what to do, the exit code of --help, and nothing left behind or half started.
func TestBadInput(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0, nil)
	good, err := config.Load(filepath.Join(r.dir, "kioskd.toml"))
	r.must(err)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	t.Cleanup(func() { _ = taken.Close() })
	r.must(r.Stop("kioskd"))
	file := filepath.Join(t.TempDir(), "file")
	r.must(os.WriteFile(file, []byte("no tty"), 0o600))
	for _, c := range []badInput{
		{name: "unknown key", text: "\n[printer2]\nbaud = 1\n", code: 2, says: "printer2"},
		{name: "not TOML", text: "\n[[[", code: 2, says: "line "},
		{name: "address beyond this machine", change: func(c *config.Config) { c.Screen.Listen = "0.0.0.0:8610" }, code: 2, says: "screen.listen"},
		{name: "unknown profile", change: func(c *config.Config) { c.Printer.Profile = "no-such" }, code: 2, says: "printer.profile"},
		{name: "portal over plain HTTP", change: func(c *config.Config) { c.Portal.URL = "http://portal.hospital.example" }, code: 2, says: "https"},
		{name: "no such folder of topics", change: func(c *config.Config) { c.Info.Folder = "/nowhere" }, code: 2, says: "info.folder"},
		{name: "topic in two languages", change: ownTopic(t), code: 2, says: "results.toml: de.title is missing"},
		{name: "topic that is nowhere", change: func(c *config.Config) { c.Info.Topics = []string{"parking"} }, code: 2, says: "parking"},
		{name: "port in use", change: func(c *config.Config) { c.Screen.Listen = taken.Addr().String() }, code: 3, says: "choose another port"},
		{name: "no such reader", change: func(c *config.Config) { c.Cards.Reader = "ACR39U" }, code: 3, says: "no reader is named like \"ACR39U\""},
		{name: "tty that is none", change: func(c *config.Config) { c.Printer.Port = file }, code: 3, says: "printer.port"},
		{name: "device that is no tty", change: func(c *config.Config) { c.Printer.Port = "/dev/null" }, code: 3, says: "printer.port"},
		{name: "no such user", change: func(c *config.Config) {
			c.Screen.WindowUser, c.Screen.Development, c.Screen.FrameAncestors = "nobody-here", false, nil
		}, code: 3, says: "nobody-here"},
		{name: "no such group", change: func(c *config.Config) { c.Control.Group = "no-such-group" }, code: 3, says: "control.group"},
		{name: "not enrolled", change: func(c *config.Config) { c.Portal.Credentials = "/nowhere" }, code: 5, says: "enrol this kiosk"},
		{name: "newer database", spoil: newerDatabase, code: 5, says: "newer version"},
		{name: "state that is a file", change: func(c *config.Config) { c.StateDir = file }, code: 5, says: "state_dir"},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(t, r, good) })
	}
	t.Run("no configuration", func(t *testing.T) {
		out, code := runDaemon(t, r, "--config", "/nowhere/kioskd.toml")
		oneLine(t, out, code, 2, "does not exist")
	})
	t.Run("unknown option", func(t *testing.T) {
		out, code := runDaemon(t, r, "--confg", "x")
		oneLine(t, out, code, 2, "--help")
	})
	r.must(r.StartDaemon(t.Context()))
	t.Run("a second daemon", func(t *testing.T) {
		out, code := runDaemon(t, r, "--config", filepath.Join(r.dir, "kioskd.toml"))
		oneLine(t, out, code, 4, "another kioskd")
	})
}

// ownTopic is a hospital's file that was not translated.
func ownTopic(t *testing.T) func(*config.Config) {
	t.Helper()
	dir := t.TempDir()
	topic := "pictures = ['lab']\n[nl]\ntitle = 'a'\npages = [['a']]\n[fr]\ntitle = 'b'\npages = [['b']]\n"
	if err := os.WriteFile(filepath.Join(dir, "results.toml"), []byte(topic), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *config.Config) { c.Info.Folder = dir }
}

// try starts the daemon on a bad configuration, and on the good one after: nothing
// of the try is in its way.
func (b badInput) try(t *testing.T, r *rig, c config.Config) {
	if b.spoil != nil || b.change == nil {
		c.StateDir = t.TempDir()
	}
	if b.spoil != nil {
		b.spoil(t, c)
	}
	if b.change != nil {
		b.change(&c)
	}
	path := filepath.Join(t.TempDir(), "kioskd.toml")
	r.must(c.Save(path))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	r.must(err)
	_, err = f.WriteString(b.text)
	r.must(err)
	r.must(f.Close())
	out, code := runDaemon(t, r, "--config", path)
	oneLine(t, out, code, b.code, b.says)
	for _, socket := range []string{"window.sock", "control.sock"} {
		if _, err := net.Dial("unix", filepath.Join(c.RunDir, socket)); err == nil {
			t.Errorf("%s is still served", socket)
		}
	}
	if out, code := runDaemon(t, r, "--check", "--config", filepath.Join(r.dir, "kioskd.toml")); code != 0 {
		t.Errorf("the good configuration ends with %d after it: %s", code, out)
	}
}

// oneLine holds how a daemon ended.
func oneLine(t *testing.T, out string, code, want int, says string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	last := lines[len(lines)-1]
	if code != want || !strings.HasPrefix(last, "kioskd: ") || !strings.Contains(last, says) {
		t.Errorf("it ends with %d (want %d) and says %q (want %q)", code, want, last, says)
	}
	for _, line := range lines[:len(lines)-1] {
		if !strings.HasPrefix(line, "time=") {
			t.Errorf("it also says %q", line)
		}
	}
}

// runDaemon runs the daemon to its end.
func runDaemon(t *testing.T, r *rig, args ...string) (out string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), stepTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "kioskd"), args...)
	cmd.Env = append(os.Environ(), r.DaemonEnv()...)
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(said), cmd.ProcessState.ExitCode()
}

// newerDatabase makes a queue as a version of the program that is yet to come would.
func newerDatabase(t *testing.T, c config.Config) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(c.StateDir, "queue.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // written
	_, err = db.Exec(`PRAGMA application_id = 0x42616C51; -- BalQ
		CREATE TABLE schema_version (version INTEGER PRIMARY KEY, readable_by INTEGER NOT NULL, name TEXT NOT NULL, applied_at TEXT NOT NULL);
		INSERT INTO schema_version VALUES (999, 999, '0999_later.sql', '2036-01-01T00:00:00Z')`)
	if err != nil {
		t.Fatal(err)
	}
}
