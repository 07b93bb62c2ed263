//go:build booted

package booted

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
)

// kiosk is a machine with the package on it, and around it what a hospital has: a
// portal, a printer, a reader with cards.
type kiosk struct {
	*machine
	deb, next string
}

// TestKiosk is the life of a kiosk from its installation to its end, on both Debians. Each
// part goes on from where the one before has left it.
func TestKiosk(t *testing.T) {
	if os.Getenv("KIOSK_NO_NSPAWN") == "1" {
		t.Log("KIOSK_NO_NSPAWN=1: NOTHING was booted, and nothing is known of the services")
		return
	}
	if _, err := exec.LookPath("systemd-nspawn"); err != nil {
		t.Fatal("systemd-nspawn is missing: apt-get install systemd-container; or KIOSK_NO_NSPAWN=1 to go without")
	}
	for _, suite := range []string{"bookworm", "trixie"} {
		t.Run(suite, func(t *testing.T) { life(t, suite) })
	}
}

func life(t *testing.T, suite string) {
	k := &kiosk{machine: newMachine(t, suite)}
	k.deb, k.next = packages(t)
	k.give(k.deb, "/srv/new/"+filepath.Base(k.deb))
	for _, p := range []string{"kiosksim", "portald"} {
		k.give(filepath.Join(tree, "build/bin", p), "/opt/proof/"+p)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	k.give(self, "/opt/proof/visitor")
	k.boot()
	began := time.Now()
	for _, part := range []struct {
		name string
		do   func()
	}{
		{"installed", k.installed}, {"configured", k.configured}, {"visited", k.visited}, {"window", k.window}, {"killed", k.killed}, {"hung", k.hung},
		{"pcscd hung", k.pcscdHung}, {"crashing", k.crashing}, {"updated", k.updated}, {"taken back", k.takenBack}, {"purged", k.purged},
	} {
		done := t.Run(part.name, func(t *testing.T) {
			k.t = t
			part.do()
		})
		k.t = t
		t.Logf("%s: %v", part.name, time.Since(began).Round(time.Millisecond))
		if !done {
			break
		}
	}
}

// handbook are the commands of the handbook that put a kiosk up.
func (k *kiosk) handbook() []string {
	k.t.Helper()
	text, err := os.ReadFile(filepath.Join(tree, "packaging/README.md"))
	if err != nil {
		k.t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "## From the package to the first ticket\n")
	part, _, _ = strings.Cut(part, "\n## ")
	var commands []string
	for line := range strings.Lines(part) {
		if command, is := strings.CutPrefix(line, "    sudo"); is {
			commands = append(commands, strings.TrimSpace(command))
		}
	}
	if n := len(commands); n < 5 || n >= 10 {
		k.t.Fatalf("the handbook takes %d commands", n)
	}
	return commands
}

// asWritten runs the commands of the handbook from one that begins so to one that begins
// so, as root and in the folder of the package.
func (k *kiosk) asWritten(from, to, input string) {
	k.t.Helper()
	on := false
	for _, command := range k.handbook() {
		on = on || strings.HasPrefix(command, from)
		if on {
			command = strings.ReplaceAll(command, "portal.example.org", "127.0.0.1")
			k.follow("cd /srv/new && echo " + input + " | " + command)
		}
		if on && strings.HasPrefix(command, to) {
			return
		}
	}
	k.t.Fatalf("the handbook has no %q before %q", from, to)
}

// follow runs a line. What kioskctl status shows is looked at again until all is well: the
// window takes a moment to come up.
func (k *kiosk) follow(line string) {
	k.t.Helper()
	if strings.HasSuffix(line, "kioskctl status") {
		said := ""
		k.until("all is well", func() (well bool) {
			var err error
			said, err = k.try("sh", "-c", line)
			return err == nil
		})
		k.t.Log(said)
		return
	}
	k.run("sh", "-c", line)
}

// installed: without a network, enabled, and not started before there is a
// configuration.
func (k *kiosk) installed() {
	k.asWritten("apt-get install", "apt-get install", "y")
	for _, unit := range []string{"kioskd.service", "kioskview.service", "balie-pcscd.path", "balie-reader.path"} {
		if got := k.run("systemctl", "is-enabled", unit); got != "enabled" {
			k.t.Errorf("%s is %s", unit, got)
		}
	}
	if got := k.property("kioskd.service", "ActiveState"); got != "inactive" {
		k.t.Errorf("kioskd without a configuration is %s", got)
	}
	if got := k.run("systemctl", "--failed", "--no-legend", "--plain"); strings.Contains(got, "kiosk") || strings.Contains(got, "balie") {
		k.t.Errorf("failed: %s", got)
	}
	k.run("id", "balie-view")
	if got := k.run("id", "balie"); !strings.Contains(got, "tss") {
		k.t.Errorf("balie may not use a TPM: %s", got)
	}
}

// dropIns are what a machine without metal needs: the printer is a pty, and the screen is
// in memory, with no terminal and no seat.
func (k *kiosk) dropIns() {
	k.write("/etc/systemd/system/kioskd.service.d/proof.conf", "[Service]\nDeviceAllow=char-pts rw\n", 0o644)
	k.write("/etc/systemd/system/kioskview.service.d/proof.conf", `[Unit]
ConditionPathExists=
[Service]
ExecStartPre=
ExecStart=
ExecStart=/usr/bin/cage -- /usr/bin/kioskview --socket /run/balie/window.sock --config %d/kioskd.toml --hide-cursor --sandbox always
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1 XDG_RUNTIME_DIR=/run/balie-view
RuntimeDirectory=balie-view
RuntimeDirectoryMode=0700
PAMName=
UtmpIdentifier=
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
StandardInput=null
`, 0o644)
}

// service is one that is not of the package.
func (k *kiosk) service(name, command string) {
	k.write("/etc/systemd/system/"+name+".service", "[Service]\nExecStart="+command+"\n", 0o644)
}

// configured: the portal takes the kiosk, and the daemon starts.
func (k *kiosk) configured() {
	k.dropIns()
	k.service("bench", "/opt/proof/kiosksim bench --state-dir /srv/bench --pcscd machine --line-time 0s --portal-url http://127.0.0.1:8630")
	k.service("portal", "/opt/proof/portald --listen 127.0.0.1:8630 --kiosks 127.0.0.1:8641 --db /srv/portal.db --state-dir /srv/portal "+
		"--seed demo --trust-test-root /srv/bench/test-root.pem --bench")
	k.run("systemctl", "daemon-reload")
	k.run("systemctl", "start", "bench")
	k.until("the bench is there", func() bool { _, err := k.try("cat", "/srv/bench/bench.json"); return err == nil })
	var on struct {
		Printer string `json:"printer"`
	}
	if err := json.Unmarshal([]byte(k.run("cat", "/srv/bench/bench.json")), &on); err != nil {
		k.t.Fatal(err)
	}
	tty := k.run("readlink", "-f", on.Printer) // the bench's own folder is closed to balie
	k.run("chmod", "666", tty)
	k.run("systemctl", "start", "portal")
	k.until("the portal is there", func() bool {
		_, err := k.try("bash", "-c", "</dev/tcp/127.0.0.1/8641")
		return err == nil
	})
	k.asWritten("install", "install", "")
	k.configure(tty)
	_, after, _ := strings.Cut(k.run("/opt/proof/portald", "kiosk", "add", "K1", "--state-dir", "/srv/portal", "--db", "/srv/portal.db"), "token ")
	token, _, _ := strings.Cut(strings.TrimSpace(after), "\n")
	k.asWritten("kioskctl enrol", "kioskctl print test", token)
	if got := k.property("kioskd", "ActiveState") + " " + k.property("kioskd", "Type"); got != "active notify" {
		k.t.Errorf("kioskd is %s", got)
	}
	if score := k.run("systemd-analyze", "security", "--no-pager", "--threshold=17", "kioskd.service"); !strings.Contains(score, "exposure") {
		k.t.Errorf("no score of the running daemon: %s", score)
	}
}

// configure changes the example where there is something to choose: what the handbook has
// an editor for.
func (k *kiosk) configure(printer string) {
	k.t.Helper()
	c, err := config.Load(filepath.Join(k.root, "usr/share/balie/kioskd.toml"))
	if err != nil {
		k.t.Fatal(err)
	}
	c.Printer.Port, c.Portal.TPM = printer, "none"
	c.Cards.TestRoots = []string{"/etc/balie/test-root.pem"}
	if err := c.Save(filepath.Join(k.root, "etc/balie/kioskd.toml")); err != nil {
		k.t.Fatal(err)
	}
	k.run("cp", "/srv/bench/test-root.pem", "/etc/balie/")
	k.run("chown", "root:balie", "/etc/balie/kioskd.toml", "/etc/balie/test-root.pem")
	k.run("chmod", "640", "/etc/balie/kioskd.toml", "/etc/balie/test-root.pem")
}

// status is what kioskctl says. Its code tells of trouble too, which there may be.
func (k *kiosk) status() (s control.Status) {
	k.t.Helper()
	out, _ := k.try("kioskctl", "status", "--json")
	_ = json.NewDecoder(strings.NewReader(out)).Decode(&s) // zero where kioskd is away
	return s
}

// logged is a line of the journal with the moment it came, in seconds of Unix.
var logged = regexp.MustCompile(`(?m)^(\d+\.\d+) .*reader ready`)

// visit is a visit with a card of the tray. A card that is there together with its reader
// was left in it, and starts nothing: the reader must have been there for a while.
func (k *kiosk) visit(card, how string) string {
	k.t.Helper()
	k.until("the reader has been there for a while", func() bool {
		line := logged.FindStringSubmatch(k.run("journalctl", "--no-pager", "--unit=kioskd", "--output=short-unix", "--grep=reader ready", "--lines=1"))
		if line == nil {
			return false
		}
		at, err := strconv.ParseFloat(line[1], 64)
		return err == nil && time.Since(time.UnixMicro(int64(at*1e6))) > time.Second
	})
	user := k.run("id", "-u", "balie-view")
	return k.run("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "/opt/proof/visitor", asVisitor, card, how)
}

func (k *kiosk) visited() {
	if seen := k.visit("an", plain); !strings.HasSuffix(seen, "done welcome") {
		k.t.Errorf("saw %s", seen)
	}
	k.until("the portal has the check-in", func() bool { return k.status().Queue.Pending == 0 && k.status().Queue.Acknowledged == 1 })
	if _, err := k.try("setpriv", "--reuid", "65534", "--clear-groups", "/opt/proof/visitor", asVisitor, "an", plain); err == nil {
		k.t.Error("another user is let in to the screen")
	}
	for _, unit := range []string{"kioskd", "kioskview"} {
		for _, word := range []string{"Peeters", "Janssens"} {
			if strings.Contains(k.run("journalctl", "--no-pager", "--unit="+unit), word) {
				k.t.Errorf("%s logs a name", unit)
			}
		}
	}
}

// window: in its own unit, as its own user, restarted when it dies.
func (k *kiosk) window() {
	k.until("the window shows the page", func() bool { return k.status().Screen.Alive != nil })
	before := k.run("pidof", "kioskview")
	if got := k.run("ps", "-o", "user=", "-C", "kioskview"); strings.TrimSpace(got) != "balie-v+" && strings.TrimSpace(got) != "balie-view" {
		k.t.Errorf("the window runs as %q", got)
	}
	killed := time.Now()
	k.run("pkill", "--signal", "KILL", "--exact", "kioskview")
	k.until("another window shows the page", func() bool {
		pid, err := k.try("pidof", "kioskview")
		alive := k.status().Screen.Alive
		return err == nil && pid != before && alive != nil && alive.After(killed)
	})
	k.t.Logf("the window was back after %v", time.Since(killed).Round(time.Millisecond))
}

// back waits for another daemon than the one with an invocation, and says how long it took.
func (k *kiosk) back(before string, since time.Time) time.Duration {
	k.t.Helper()
	k.until("another kioskd is ready", func() bool {
		return k.property("kioskd", "InvocationID") != before && k.property("kioskd", "ActiveState") == "active"
	})
	return time.Since(since)
}

func (k *kiosk) killed() {
	before, at := k.property("kioskd", "InvocationID"), time.Now()
	k.run("systemctl", "kill", "--signal=SIGKILL", "kioskd")
	k.t.Logf("a killed daemon was back after %v", k.back(before, at).Round(time.Millisecond))
	k.until("nothing is lost", func() bool { return k.status().Queue.Acknowledged == 1 })
}

// hung: the whole process stands still, as in a deadlock, and systemd notices.
func (k *kiosk) hung() {
	before, at := k.property("kioskd", "InvocationID"), time.Now()
	k.run("systemctl", "kill", "--signal=SIGSTOP", "kioskd")
	took := k.back(before, at)
	if took > 10*time.Second {
		k.t.Errorf("a hung daemon was back after %v", took)
	}
	k.t.Logf("a hung daemon was back after %v", took.Round(time.Millisecond))
	if log := k.run("journalctl", "--no-pager", "--unit=kioskd"); !strings.Contains(log, "Watchdog timeout") {
		k.t.Error("it was not the watchdog")
	}
}

// pcscdHung: kioskd asks for it to be restarted.
func (k *kiosk) pcscdHung() {
	before := k.property("pcscd.service", "InvocationID")
	k.run("systemctl", "kill", "--signal=SIGSTOP", "pcscd.service")
	k.run("touch", "/run/balie/repair/pcscd")
	k.until("it was restarted", func() bool {
		return k.property("balie-pcscd.service", "ActiveState") == "inactive" && k.property("pcscd.service", "InvocationID") != before
	})
	if got := k.property("balie-pcscd.service", "Result"); got != "success" {
		k.t.Errorf("the repair ended with %s", got)
	}
	k.until("cards are read again", func() bool { s := k.status(); return s.CardService == "up" && len(s.Readers) > 0 })
}

// crashing: a daemon that cannot start is left alone for a while, and is tried again.
func (k *kiosk) crashing() {
	k.run("mv", "/etc/balie/kioskd.toml", "/etc/balie/kept")
	k.write("/nonsense", "nonsense = 1\n", 0o644)
	k.run("cp", "/nonsense", "/etc/balie/kioskd.toml")
	_, _ = k.try("systemctl", "restart", "kioskd")
	k.until("it is given up for a while", func() bool {
		return k.property("kioskd", "ActiveState") == "failed" && k.property("kioskd-again.timer", "ActiveState") == "active"
	})
	k.run("mv", "/etc/balie/kept", "/etc/balie/kioskd.toml")
	k.run("systemctl", "start", "kioskd-again.service") // what the timer does after a minute
	k.until("it is there again", func() bool { return k.property("kioskd", "ActiveState") == "active" })
	k.run("systemctl", "stop", "kioskd-again.timer")
}

func (k *kiosk) version() string {
	return k.run("dpkg-query", "--show", "--showformat=${Version}", "balie")
}

// updated: from a repository that is signed, drained first, with the queue kept.
func (k *kiosk) updated() {
	was := k.version()
	repository := k.repository()
	k.visit("jef", portalAway) // what is done now waits in the queue
	if n := k.status().Queue.Pending; n != 1 {
		k.t.Fatalf("%d wait, want 1", n)
	}
	before := k.property("kioskd", "InvocationID")
	k.run("apt-get", "update")
	k.run("apt-get", "install", "--yes", "--only-upgrade", "balie")
	if now := k.version(); now == was || k.property("kioskd", "InvocationID") == before {
		k.t.Errorf("it is still %s, or kioskd was not restarted", now)
	}
	k.until("the new one runs, with the queue", func() bool {
		s := k.status()
		return s.Queue.Pending == 1 && s.Version == k.version()
	})
	k.refusesChanged(repository)
}

// repository puts the newer package where the kiosk looks for updates, and gives where.
func (k *kiosk) repository() (at string) {
	k.t.Helper()
	repo, err := os.MkdirTemp(filepath.Join(k.root, "srv"), "repo-")
	if err != nil {
		k.t.Fatal(err)
	}
	home := k.t.TempDir()
	host := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), "GNUPGHOME="+home)
		out, err := cmd.Output()
		if err != nil {
			k.t.Fatalf("%s: %v", name, err)
		}
		return string(out)
	}
	host("gpg", "--batch", "--passphrase", "", "--quick-generate-key", "updates@balie.invalid", "ed25519", "sign")
	k.t.Cleanup(func() { host("gpgconf", "--kill", "all") })
	_, rest, _ := strings.Cut(host("gpg", "--list-keys", "--with-colons"), "\nfpr:::::::::")
	fingerprint, _, _ := strings.Cut(rest, ":")
	host(filepath.Join(tree, "packaging/deb/repository"), repo, fingerprint, k.next)
	at = strings.TrimPrefix(repo, k.root)
	k.run("chmod", "755", at)
	k.run("sh", "-c", "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*; install -D -m 644 "+at+"/balie.gpg /etc/apt/keyrings/balie.gpg")
	k.write("/etc/apt/sources.list.d/balie.list", "deb [signed-by=/etc/apt/keyrings/balie.gpg] file:"+at+" ./\n", 0o644)
	return at
}

// refusesChanged: a list that somebody has changed after it was signed is not taken.
func (k *kiosk) refusesChanged(repository string) {
	k.t.Helper()
	k.run("sed", "-i", "s/^Suite: stable/Suite: oldstable/", repository+"/InRelease")
	// gpgv of Debian 12 and sqv of Debian 13 have words of their own for it. It is no error
	// to apt, which goes on with the list that it has.
	if out, _ := k.try("apt-get", "update"); !strings.Contains(out, "BADSIG") && !strings.Contains(out, "manipulated") {
		k.t.Errorf("a list that was changed is taken:\n%s", out)
	}
}

// takenBack: the release before reads what the newer one wrote, and delivers it.
func (k *kiosk) takenBack() {
	k.run("apt-get", "install", "--yes", "--allow-downgrades", "/srv/new/"+filepath.Base(k.deb))
	k.until("the old one runs, with the queue", func() bool {
		s := k.status()
		return s.Queue.Pending == 1 && s.Version == k.version()
	})
	k.run("systemctl", "restart", "portal")
	k.until("it is delivered", func() bool {
		_, _ = k.try("kioskctl", "queue", "deliver")
		s := k.status()
		return s.Queue.Pending == 0 && s.Queue.Acknowledged >= 1
	})
}

// purged: nothing of it is left, nor of the person.
func (k *kiosk) purged() {
	k.run("apt-get", "purge", "--yes", "balie")
	left := k.run("sh", "-c", "find / -xdev \\( -path /proc -o -path /sys -o -path /srv -o -path /opt -o -path '/var/log/*' -o -path /tmp \\) -prune -o \\( -name '*balie*' -o -name '*kiosk*' \\) -print")
	for path := range strings.Lines(left) {
		if path = strings.TrimSpace(path); path != "" && !strings.HasSuffix(path, ".service.d") && !strings.Contains(path, "/var/lib/apt/") && !strings.Contains(path, "/etc/apt/") {
			k.t.Errorf("left behind: %s", path)
		}
	}
	if out, err := k.try("pidof", "kioskd", "kioskview", "cage"); err == nil {
		k.t.Errorf("still running: %s", out)
	}
}
