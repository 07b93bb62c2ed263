// Package desk puts a whole booth on a desk: virtual hardware behind the real pcscd
// and a real tty, the reference portal, the daemon, and the window where there is a
// display. Every part is a process of its own, as on a kiosk and at a hospital.
// It is for developers, trainers and tests.
package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
)

// readyTime is how long a part may take until it answers.
const readyTime = 30 * time.Second

// Options say where a desk is and what is on it.
type Options struct {
	Bin     string // folder of the programs
	State   string // folder of everything that is kept
	Readers int    // 1 where 0
	// Booth, Bench and Portal are addresses on loopback; a port that is taken, or 0,
	// becomes any free one.
	Booth, Bench, Portal string
	Window               bool          // show the booth in a window of its own
	LineTime             time.Duration // of the virtual printer; 14 ms is a real one's
	Crowd                int           // how many more people have a card and an appointment
	Log                  io.Writer     // of all parts, each line after the part's name; nil: nobody
	// Lines is given each line that a part logs, with the moment it came; nil: nobody.
	Lines func(part, line string, at time.Time)
	// Wrap are commands that run a part: the part's own follows. For tests that take
	// something away from it.
	Wrap map[string][]string
	// Change changes the daemon's configuration before it is written.
	Change func(*config.Config)
	// Front is told where the portal is before it starts, and gives where kiosks come to
	// instead: what ends TLS there hands their certificates on. nil: to the portal.
	Front func(portalURL string) (kiosksAt string, err error)
}

// Desk is a booth on a desk that runs.
type Desk struct {
	o      Options
	parts  []*part // in the order they were started
	ended  chan *part
	bench  benchFile
	config config.Config
	// portalAt is the portal's address for kiosks, and kiosksAt the one that they come to;
	// PortalURL is that for people.
	portalAt, kiosksAt string

	BoothURL, BenchURL, PortalURL string
}

// benchFile is bench.json of kiosksim.
type benchFile struct {
	URL      string `json:"url"`
	Socket   string `json:"pcsc_socket"`
	Printer  string `json:"printer"`
	TestRoot string `json:"test_root"`
}

// Start starts everything, and returns when all of it answers. An error ends what
// was started.
func Start(ctx context.Context, o Options) (d *Desk, err error) {
	if o.State, err = filepath.Abs(o.State); err != nil {
		return nil, fmt.Errorf("finding the state folder: %w", err)
	}
	if err := os.MkdirAll(o.State, 0o700); err != nil {
		return nil, fmt.Errorf("making the state folder: %w", err)
	}
	if o.Readers == 0 {
		o.Readers = 1
	}
	d = &Desk{o: o, ended: make(chan *part, 8)}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
			d = nil
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, 4*readyTime)
	defer cancel()
	booth, err := address(o.Booth)
	if err != nil {
		return d, err
	}
	d.BoothURL = "http://" + booth + "/"
	portal, err := address(o.Portal)
	if err != nil {
		return d, err
	}
	d.PortalURL = "http://" + portal
	if d.portalAt, err = address(""); err != nil {
		return d, err
	}
	d.kiosksAt = d.portalAt
	if o.Front != nil {
		if d.kiosksAt, err = o.Front(d.PortalURL); err != nil {
			return d, err
		}
	}
	for _, start := range []func(context.Context) error{d.startBench, d.StartPortal, d.enrol, d.StartDaemon, d.startWindow} {
		if err := start(ctx); err != nil {
			return d, err
		}
	}
	return d, nil
}

// address gives an address that is free: the one wanted, or one of any port.
func address(wanted string) (string, error) {
	for _, at := range []string{wanted, "127.0.0.1:0"} {
		if at == "" {
			continue
		}
		l, err := net.Listen("tcp", at)
		if err != nil {
			continue
		}
		free := l.Addr().String()
		return free, l.Close()
	}
	return "", errors.New("no free port on 127.0.0.1")
}

func (d *Desk) path(name string) string { return filepath.Join(d.o.State, name) }

func (d *Desk) startBench(ctx context.Context) error {
	bench, err := address(d.o.Bench)
	if err != nil {
		return err
	}
	said := d.path("bench/bench.json")
	if err := os.Remove(said); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("preparing the bench: %w", err)
	}
	p, err := d.start(nil, "kiosksim", "bench", "--listen", bench, "--state-dir", d.path("bench"), "--readers", fmt.Sprint(d.o.Readers),
		"--booth-url", d.BoothURL, "--portal-url", d.PortalURL, "--daemon-socket", d.ControlSocket(), "--line-time", d.o.LineTime.String())
	if err != nil {
		return err
	}
	err = p.until(ctx, func() bool {
		text, err := os.ReadFile(said)
		return err == nil && json.Unmarshal(text, &d.bench) == nil
	})
	d.BenchURL = d.bench.URL
	if err != nil {
		return err
	}
	return d.mintCrowd(ctx)
}

// StartPortal starts portald, also one that was killed.
func (d *Desk) StartPortal(ctx context.Context) error {
	args := []string{"--listen", strings.TrimPrefix(d.PortalURL, "http://"), "--kiosks", d.portalAt, "--db", d.path("portal.db"),
		"--state-dir", d.path("portal"), "--seed", "demo", "--trust-test-root", d.bench.TestRoot, "--bench", "--lookups-per-minute", "600"}
	if d.o.Front != nil {
		args = append(args, "--terminator", "127.0.0.1")
	}
	if d.o.Crowd > 0 {
		crowd, err := d.writeCrowd()
		if err != nil {
			return err
		}
		args = append(args, "--people", crowd)
	}
	p, err := d.start(nil, "portald", args...)
	if err != nil {
		return err
	}
	return p.until(ctx, func() bool { return answers(ctx, d.PortalURL+"/v1/health") })
}

// enrol has the portal take the kiosk, once, as a technician does.
func (d *Desk) enrol(ctx context.Context) error {
	if _, err := os.Stat(d.path("enrolled/kiosk.json")); err == nil {
		return nil
	}
	out, err := d.run(ctx, "portald", "kiosk", "add", "K1", "--state-dir", d.path("portal"), "--db", d.path("portal.db"))
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(out, "token ")
	token, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	err = errors.Join(d.writeConfig(), os.MkdirAll(d.path("kioskd"), 0o700))
	if err != nil {
		return fmt.Errorf("preparing to enrol: %w", err)
	}
	_, err = d.run(ctx, "kioskctl", "enrol", "--socket", d.ControlSocket(), "--config", d.path("kioskd.toml"), "--portal", "https://"+d.kiosksAt, "--token", token)
	return err
}

// Portald runs a command of portald on the desk's portal, as who looks after it would.
func (d *Desk) Portald(ctx context.Context, args ...string) error {
	_, err := d.run(ctx, "portald", append(args, "--state-dir", d.path("portal"), "--db", d.path("portal.db"))...)
	return err
}

func (d *Desk) writeConfig() error {
	d.config = d.daemonConfig()
	return d.config.Save(d.path("kioskd.toml"))
}

// StartDaemon starts kioskd, also one that was killed.
func (d *Desk) StartDaemon(ctx context.Context) error {
	if err := d.writeConfig(); err != nil {
		return err
	}
	p, err := d.start(d.DaemonEnv(), "kioskd", "--config", d.path("kioskd.toml"))
	if err != nil {
		return err
	}
	return p.until(ctx, func() bool {
		_, err := d.Control().Status(ctx)
		return err == nil
	})
}

// DaemonEnv is what the daemon has in its environment to find the bench's readers.
func (d *Desk) DaemonEnv() []string { return []string{"PCSCLITE_CSOCK_NAME=" + d.bench.Socket} }

// daemonConfig is the daemon's configuration: that of a kiosk, but for what a desk
// needs to be looked at.
func (d *Desk) daemonConfig() config.Config {
	c := config.Default()
	c.StateDir, c.RunDir = d.path("kioskd"), d.runDir()
	c.Hospital.Name, c.Hospital.Phone = "UZ Voorbeeld", "016 00 00 00"
	c.Screen.Listen = strings.TrimSuffix(strings.TrimPrefix(d.BoothURL, "http://"), "/")
	c.Screen.WindowUser = fmt.Sprint(os.Geteuid())
	c.Screen.Development, c.Screen.FrameAncestors = true, []string{strings.TrimSuffix(d.BenchURL, "/")}
	c.Info.App = "https://www.azvoorbeeld.example/app"
	c.Info.Portal = "https://portaal.azvoorbeeld.example"
	c.Hours.DeskPlace, c.Hours.Desk, c.Hours.Phone = "Inkomhal", []string{"mo-fr 07:30-18:00"}, []string{"mo-fr 08:00-17:00"}
	c.Cards.TestRoots = []string{d.bench.TestRoot}
	c.Printer.Port = d.bench.Printer
	c.Portal.URL, c.Portal.Credentials = "https://"+d.kiosksAt, d.path("enrolled")
	c.Portal.TPM = "none" // a developer's TPM is theirs
	if d.o.Change != nil {
		d.o.Change(&c)
	}
	return c
}

// runDir is where the daemon's sockets are: beside the rest, or where their path
// would be too long for a socket, in the folder for temporary files.
func (d *Desk) runDir() string {
	if dir := d.path("run"); len(dir) < 80 {
		return dir
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("balie-desk-%d", os.Getpid()))
}

// ControlSocket is the daemon's, for kioskctl.
func (d *Desk) ControlSocket() string { return filepath.Join(d.runDir(), "control.sock") }

// Control asks the daemon.
func (d *Desk) Control() *control.Client { return control.NewClient(d.ControlSocket()) }

// startWindow starts kioskview where the desk has a window.
func (d *Desk) startWindow(context.Context) error {
	if !d.o.Window {
		return nil
	}
	_, err := d.start(nil, "kioskview", "--socket", filepath.Join(d.runDir(), "window.sock"), "--windowed", "--size", "540x960", "--respawn")
	return err
}

func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	return err == nil && resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}
