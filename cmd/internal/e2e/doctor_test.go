package e2e

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // what a newer version would have written

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/cmd/internal/fault"
	"balie/hw/serial"
	"balie/internal/secret"
)

// ward is a kiosk whose faults a doctor is to find: a desk, and a configuration that can
// be changed for one look.
type ward struct {
	*rig
	c       config.Config
	wrap    []string // commands that kioskctl runs under
	healthy []string // "part code" of what is found before anything is broken
}

// examines runs kioskctl doctor, and gives what it found.
func (w *ward) examines(t *testing.T, change func(*config.Config)) (list []fault.Finding, code int) {
	t.Helper()
	c, file := w.c, filepath.Join(t.TempDir(), "kioskd.toml")
	if change != nil {
		change(&c)
	}
	w.must(c.Save(file))
	return w.examinesFile(t, file)
}

func (w *ward) examinesFile(t *testing.T, file string) (list []fault.Finding, code int) {
	t.Helper()
	args := slices.Concat(w.wrap, []string{filepath.Join(bin, "kioskctl"), "doctor", "--json", "--config", file, "--socket", w.ControlSocket()})
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), w.DaemonEnv()...)
	var said strings.Builder
	cmd.Stderr = &said
	out, _ := cmd.Output() // its code says what was found
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatalf("%v: %s%s", err, out, said.String())
	}
	return list, cmd.ProcessState.ExitCode()
}

// first is what is to be looked at first, apart from what is always so on a desk.
func (w *ward) first(list []fault.Finding) string {
	for _, f := range list {
		if f.Code != "" && !slices.Contains(w.healthy, f.Part+" "+f.Code) {
			return f.Code
		}
	}
	return ""
}

// finds holds that a fault is named first, with its fact, what to do, and an exit code.
func (w *ward) finds(t *testing.T, want string, change func(*config.Config)) {
	t.Helper()
	list, code := w.examines(t, change)
	w.named(t, want, list, code)
}

func (w *ward) named(t *testing.T, want string, list []fault.Finding, code int) {
	t.Helper()
	of, _ := fault.Of(want)
	exits := map[fault.Severity]int{fault.Warning: 1, fault.Error: 2}
	if got := w.first(list); got != want || code < exits[of.Severity] {
		t.Errorf("%s: found first is %q, exit code %d\n%+v", want, got, code, list)
	}
}

// starts says what is always so on a desk.
func (w *ward) starts(t *testing.T) {
	t.Helper()
	w.healthy = nil
	list, _ := w.examines(t, nil)
	for _, f := range list {
		if f.Code != "" {
			w.healthy = append(w.healthy, f.Part+" "+f.Code)
		}
	}
}

// TestDoctor brings faults about on the real parts, with the daemon and without it: each
// is named first.
func TestDoctor(t *testing.T) {
	t.Parallel()
	numbers := freeAddress(t)
	r := newRig(t, 0, func(c *config.Config) { c.Metrics.Listen = numbers })
	c, err := config.Load(filepath.Join(r.dir, "kioskd.toml"))
	r.must(err)
	w := &ward{rig: r, c: c}
	w.starts(t)
	for _, code := range w.healthy {
		if !slices.Contains([]string{"cards test-trust", "screen development", "time service clock-alone", "worklist worklist-old", "durability not-durable"}, code) {
			t.Errorf("on a desk where all is well it finds %s", code)
		}
	}
	w.withDaemon(t)
	w.onItsScreen(t)
	w.isWatched(t, numbers)
	w.must(r.Stop("kioskd"))
	w.inAnyOrder(t)
	w.must(r.Stop("kioskd"))
	w.finds(t, "daemon-away", nil)
	w.starts(t)
	w.ofTheFile(t)
	w.ofTheDisk(t)
	w.ofTheParts(t)
	w.ofThePortal(t)
}

// withDaemon are faults that the daemon is asked of.
func (w *ward) withDaemon(t *testing.T) {
	for said, code := range map[string]string{
		"paper-end": "printer-paper-out", "cover-open": "printer-cover-open", "paper-near-end": "printer-paper-low", "power-off": "printer-mute",
	} {
		w.must(w.PrinterFault(t.Context(), said, true))
		w.finds(t, code, nil)
		w.must(w.PrinterFault(t.Context(), said, false))
	}
	w.until("the printer is ready again", func(ctx context.Context) bool {
		list, err := w.Control().Printers(ctx)
		return err == nil && len(list) == 1 && list[0].Ready
	})
	aside := filepath.Join(w.c.StateDir, "queue.db.corrupt-20261128T070000Z")
	w.must(os.WriteFile(aside, []byte("x"), 0o600))
	w.finds(t, "queue-set-aside", nil)
	w.must(os.Remove(aside))

	w.must(w.CardService(t.Context(), "stop"))
	w.until("the daemon has lost pcscd", func(ctx context.Context) bool {
		s, err := w.Control().Status(ctx)
		return err == nil && s.CardService != "up"
	})
	w.finds(t, "card-service-away", nil)
	w.must(w.CardService(t.Context(), "start"))
	w.until("the daemon has pcscd again", func(ctx context.Context) bool {
		s, err := w.Control().Status(ctx)
		return err == nil && s.CardService == "up" && len(s.Readers) > 0
	})

	pid := w.PID("kioskd")
	w.must(syscall.Kill(pid, syscall.SIGSTOP))
	w.finds(t, "daemon-hangs", nil)
	w.must(syscall.Kill(pid, syscall.SIGCONT))
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// isWatched is what Prometheus fetches, with the faults that have lasted, and what the
// portal hears by itself.
func (w *ward) isWatched(t *testing.T, at string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+at+"/metrics", nil)
	w.must(err)
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	said, err := io.ReadAll(resp.Body)
	w.must(err)
	w.must(resp.Body.Close())
	for _, line := range []string{"balie_up 1", `balie_fault{fault="test-trust",part="cards",state="warning"} 1`, `balie_info{kiosk="K1",version=`} {
		if !strings.Contains(string(said), "\n"+line) {
			t.Errorf("%s is not among\n%s", line, said)
		}
	}
	w.until("the portal has heard how the kiosk is", func(context.Context) bool { return w.says("portald", "/v1/heartbeat\" kiosk=K1 status=200") })
}

// onItsScreen is the technician's page: nothing without the code, and with it the same
// facts, and a test page out of the printer.
func (w *ward) onItsScreen(t *testing.T) {
	t.Helper()
	var session *http.Cookie
	asks := func(method, path, body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, w.BoothURL+"technician/"+path, strings.NewReader(body))
		w.must(err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if session != nil {
			req.AddCookie(session)
		}
		resp, err := http.DefaultClient.Do(req)
		w.must(err)
		for _, c := range resp.Cookies() {
			session = c
		}
		said, err := io.ReadAll(resp.Body)
		w.must(err)
		w.must(resp.Body.Close())
		return resp.StatusCode, string(said)
	}
	w.must(w.Control().SetCode(t.Context(), secret.NewText("493817")))
	if code, _ := asks(http.MethodPost, "do", "do=print:ticket"); code != http.StatusForbidden {
		t.Errorf("without the code a page is printed: %d", code)
	}
	if code, said := asks(http.MethodPost, "open", "493817"); code != http.StatusNoContent {
		t.Fatalf("%d, %s", code, said)
	}
	if _, said := asks(http.MethodGet, "", ""); !strings.Contains(said, "Kiosk vertrouwt testkaarten") || !strings.Contains(said, "ready, epson-tm") {
		t.Errorf("it shows\n%s", said)
	}
	if _, said := asks(http.MethodPost, "do", "do=print:ticket"); said != "confirmed" {
		t.Errorf("a test page: %s", said)
	}
	if _, said := asks(http.MethodPost, "do", "do=read"); !strings.Contains(said, "Steek een kaart in") {
		t.Errorf("a read without a card: %s", said)
	}
}

// inAnyOrder starts the daemon with nothing there, and then what it waits for, one after
// the other; the printer that comes is another one, in the same socket.
func (w *ward) inAnyOrder(t *testing.T) {
	t.Helper()
	w.must(w.CardService(t.Context(), "stop"))
	w.must(w.Stop("portald"))
	w.must(w.PrinterFault(t.Context(), "unplugged", true))
	w.must(w.StartDaemon(t.Context()))
	w.finds(t, "card-service-away", nil)
	w.must(w.PrinterFault(t.Context(), "unplugged", false))
	w.must(w.StartPortal(t.Context()))
	w.must(w.CardService(t.Context(), "start"))
	w.until("all is well", func(ctx context.Context) bool {
		_ = w.Control().Deliver(ctx)
		s, err := w.Control().Status(ctx)
		list, printersErr := w.Control().Printers(ctx)
		return err == nil && printersErr == nil && s.CardService == "up" && len(s.Readers) > 0 && s.Portal.LastOK != nil && len(list) == 1 && list[0].Ready && list[0].Clear
	})
	list, _ := w.examines(t, nil)
	if got := w.first(list); got != "" {
		t.Errorf("with everything there it finds %s\n%+v", got, list)
	}
	if p, err := w.Control().Print(t.Context(), control.Order{Kind: "test", Language: "nl"}); err != nil || p.Outcome != "confirmed" {
		t.Errorf("the other printer: %+v, %v", p, err)
	}
}

// ofTheFile are faults of the configuration, and of what it names.
func (w *ward) ofTheFile(t *testing.T) {
	wrong := filepath.Join(t.TempDir(), "kioskd.toml")
	w.must(os.WriteFile(wrong, []byte("[hospital]\nname = 'x'\nphoen = '1'\n"), 0o600))
	list, code := w.examinesFile(t, wrong)
	w.named(t, "config-wrong", list, code)
	for code, change := range map[string]func(*config.Config){
		"not-enrolled":            func(c *config.Config) { c.Portal.Credentials = t.TempDir() },
		"keys-unusable":           func(c *config.Config) { c.Portal.TPM = filepath.Join(w.dir, "no-tpm") },
		"reader-away":             func(c *config.Config) { c.Cards.Reader = "Cherry" },
		"desk-reader-away":        func(c *config.Config) { c.Cards.DeskReader = "Cherry" },
		"printer-profile-unknown": func(c *config.Config) { c.Printer.Profile = "nobody" },
		"printer-away":            func(c *config.Config) { c.Printer.Port = filepath.Join(w.dir, "unplugged") },
		"printer-not-serial":      func(c *config.Config) { c.Printer.Port = filepath.Join(w.dir, "kioskd.toml") },
	} {
		w.finds(t, code, change)
	}
}

// ofTheDisk are faults of the disk and of what is kept on it.
func (w *ward) ofTheDisk(t *testing.T) {
	queue := filepath.Join(w.c.StateDir, "queue.db")
	ballast := queue + ".ballast"
	kept, err := os.ReadFile(ballast)
	w.must(err)
	w.must(os.Remove(ballast))
	w.finds(t, "ballast-gone", nil)
	w.must(os.WriteFile(ballast, kept, 0o600))

	w.must(os.Chmod(w.c.StateDir, 0o755))
	w.finds(t, "state-rights", nil)
	w.must(os.Chmod(w.c.StateDir, 0o700))

	whole, err := os.ReadFile(queue)
	w.must(err)
	db, err := sql.Open("sqlite3", queue)
	w.must(err)
	_, err = db.ExecContext(t.Context(), "INSERT INTO schema_version VALUES (99, 99, 'later', '')")
	w.must(err)
	w.must(db.Close())
	w.finds(t, "database-newer", nil)
	for _, log := range []string{"-wal", "-shm"} {
		_ = os.Remove(queue + log) // there may be none
	}
	w.must(os.WriteFile(queue, append(whole[:4096:4096], make([]byte, len(whole)-4096)...), 0o600))
	w.finds(t, "database-damaged", nil)
	w.must(os.WriteFile(queue, whole, 0o600))

	// A disk of its own in a namespace of its own: full, and kept in memory only.
	small := filepath.Join(w.dir, "small")
	w.must(os.Mkdir(small, 0o700))
	inside := func(c *config.Config) { c.StateDir = small }
	mount := append(mountNamespace(t), "sh", "-c", `mount -t tmpfs -o size=4m,mode=700 balie "$0" && `)
	w.wrap = append(slices.Clone(mount[:len(mount)-1]), mount[len(mount)-1]+`exec "$@"`, small)
	w.finds(t, "not-durable", inside)
	w.wrap = append(slices.Clone(mount[:len(mount)-1]), mount[len(mount)-1]+`head -c 3m /dev/zero >"$0/fill" && exec "$@"`, small)
	w.finds(t, "disk-full", inside)
	w.wrap = nil
}

// ofTheParts are faults of card service and network, as a user or a machine without
// rights to them has them.
func (w *ward) ofTheParts(t *testing.T) {
	w.must(w.CardService(t.Context(), "stop"))
	w.finds(t, "card-service-away", nil)
	w.must(w.CardService(t.Context(), "start"))
	w.must(w.PrinterFault(t.Context(), "paper-end", true))
	w.finds(t, "printer-paper-out", nil)
	w.must(w.PrinterFault(t.Context(), "paper-end", false))

	held, err := serial.Open(t.Context(), serial.Config{Path: w.c.Printer.Port, Baud: 38400})
	w.must(err)
	w.finds(t, "printer-busy", nil)
	w.must(held.Close())

	w.wrap = []string{"unshare", "--net"}
	w.finds(t, "network-down", func(c *config.Config) { c.Portal.URL = "https://192.0.2.1:9" })
	w.wrap = nil
}

// ofThePortal are faults of the portal, of the way to it, and of what the kiosk shows it.
func (w *ward) ofThePortal(t *testing.T) {
	w.finds(t, "name-unknown", func(c *config.Config) { c.Portal.URL = "https://portal.invalid:9" })
	for code, ahead := range map[string]time.Duration{"portal-untrusted": 0, "clock-wrong": 24 * time.Hour} {
		other := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		}))
		w.finds(t, code, func(c *config.Config) { c.Portal.URL = other.URL })
		other.Close()
	}
	pair := filepath.Join(w.c.Portal.Credentials, "identity")
	whole, err := os.ReadFile(pair)
	w.must(err)
	w.must(os.WriteFile(pair, whole[:len(whole)/2], 0o600))
	w.finds(t, "identity-damaged", nil)
	w.must(os.WriteFile(pair, w.ended(t, whole), 0o600))
	w.finds(t, "certificate-expired", nil)
	w.must(os.WriteFile(pair, whole, 0o600))

	w.must(w.PortalDown(t.Context(), true))
	w.finds(t, "portal-ails", nil)
	w.must(w.PortalDown(t.Context(), false))
	w.portald("kiosk", "stop", "K1")
	w.finds(t, "portal-stopped", nil)
	w.portald("kiosk", "resume", "K1")
	w.portald("kiosk", "revoke", "K1")
	w.finds(t, "certificate-refused", nil)
	w.must(w.Stop("portald"))
	w.finds(t, "portal-away", nil)
}

// ended is the kiosk's certificate as it would be on the day after its last.
func (w *ward) ended(t *testing.T, pair []byte) []byte {
	t.Helper()
	var secrets struct {
		Root []byte `json:"root"`
	}
	var about struct {
		Root []byte `json:"root_certificate"`
	}
	for path, into := range map[string]any{filepath.Join(w.dir, "portal", "secrets.json"): &secrets, filepath.Join(w.c.Portal.Credentials, "kiosk.json"): &about} {
		text, err := os.ReadFile(path)
		w.must(err)
		w.must(json.Unmarshal(text, into))
	}
	var kept map[string]any
	w.must(json.Unmarshal(pair, &kept))
	raw, err := json.Marshal(kept["certificate"])
	w.must(err)
	var der []byte
	w.must(json.Unmarshal(raw, &der))
	leaf, err := x509.ParseCertificate(der)
	w.must(err)
	root, err := x509.ParseCertificate(about.Root)
	w.must(err)
	leaf.NotBefore, leaf.NotAfter = time.Now().AddDate(0, 0, -90), time.Now().AddDate(0, 0, -1)
	der, err = x509.CreateCertificate(nil, leaf, root, leaf.PublicKey, ed25519.NewKeyFromSeed(secrets.Root))
	w.must(err)
	kept["certificate"] = der
	out, err := json.Marshal(kept)
	w.must(err)
	return out
}
