package pcsctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// maxReaders is how many readers pcscd takes: PCSCLITE_MAX_READERS_CONTEXTS.
const maxReaders = 16

// maxSocket is the longest path of a Unix socket: unix(7), sun_path less its zero.
const maxSocket = 107

// Daemon is a real pcscd of our own, with virtual readers, beside any other that
// runs: it lives in a mount namespace in which /run is empty and no driver for
// USB readers exists, so it takes no real reader and no socket from anybody. It
// dies with this process.
//
// Each virtual reader waits on a TCP port for a card. vpcd listens on every
// address of the machine, as it has no setting for that.
type Daemon struct {
	dir   string // of socket and configuration
	ports []int  // one per reader; there may be one more behind the last

	mu      sync.Mutex
	use     int      // guarded by mu; how many pairs of readers pcscd has
	running *process // guarded by mu; nil while killed
}

// Start runs a pcscd with so many readers (1 to 16) and returns when all of them
// listen. vpcd makes readers in pairs: of an odd number, the last one's twin is
// there too, and stays empty. It works as root, and as a user who may make user
// namespaces.
func Start(ctx context.Context, readers int) (*Daemon, error) {
	if readers < 1 || readers > maxReaders {
		return nil, fmt.Errorf("starting pcscd: %d readers is not 1 to %d", readers, maxReaders)
	}
	if err := installed(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pcscd-")
	if err != nil {
		return nil, fmt.Errorf("starting pcscd: %w", err)
	}
	d := &Daemon{dir: dir}
	if len(d.Socket()) > maxSocket {
		return nil, errors.Join(fmt.Errorf("starting pcscd: the path of its socket, %s, is longer than %d bytes: choose a shorter TMPDIR", d.Socket(), maxSocket), os.RemoveAll(dir))
	}
	if err := d.start(ctx, readers); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return d, nil
}

// start tries other ports where somebody was faster.
func (d *Daemon) start(ctx context.Context, readers int) error {
	var err error
	for range 3 {
		// A driver entry has two readers, on consecutive ports.
		if d.ports, err = freePairs((readers + 1) / 2); err != nil {
			return fmt.Errorf("starting pcscd: %w", err)
		}
		d.use = len(d.ports) / 2
		if err = d.Restart(ctx); !errors.Is(err, errNotListening) {
			break
		}
	}
	d.ports = d.ports[:readers]
	return err
}

// Socket is the path at which clients find this pcscd.
func (d *Daemon) Socket() string { return filepath.Join(d.dir, "s", "pcscd.comm") }

// Env is what makes a client process speak to this pcscd rather than the
// machine's: for exec.Cmd.Env, after os.Environ().
//
// Within a process: libpcsclite reads the variable once, at the first
// SCardEstablishContext, and os.Setenv reaches it, as cgo hands it to setenv(3). So
// a test binary sets it in TestMain, for one Daemon, before anything else.
func (d *Daemon) Env() string { return socketVariable + "=" + d.Socket() }

// UseHere sets [Daemon.Env] in this process. It must come before the first use
// of PC/SC.
func (d *Daemon) UseHere() error { return os.Setenv(socketVariable, d.Socket()) }

// socketVariable is read by libpcsclite, src/utils.c, getSocketName.
const socketVariable = "PCSCLITE_CSOCK_NAME"

// Addresses are where the readers wait for their cards, in the order of
// [Daemon.Names].
func (d *Daemon) Addresses() []string {
	var out []string
	for _, port := range d.ports {
		out = append(out, fmt.Sprintf("127.0.0.1:%d", port))
	}
	return out
}

// Names are the readers as PC/SC names them.
func (d *Daemon) Names() []string {
	var out []string
	for i := range d.ports {
		out = append(out, fmt.Sprintf("%s %d 00 %02X", friendlyName, i/2, i%2))
	}
	return out
}

// Kill ends pcscd at once, as a crash would. [Daemon.Restart] brings it back.
func (d *Daemon) Kill() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running != nil {
		d.running.kill()
		d.running = nil
	}
}

// Stop ends pcscd as a service manager would: with SIGTERM, upon which it removes
// its socket. One that has not ended when ctx does is killed.
func (d *Daemon) Stop(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running == nil {
		return nil
	}
	p := d.running
	d.running = nil
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("stopping pcscd: %w", ctx.Err())
	}
}

// Freeze has pcscd hang, until [Daemon.Thaw]: it lives, and answers nothing.
func (d *Daemon) Freeze() error { return d.signal(syscall.SIGSTOP) }

// Thaw has pcscd go on.
func (d *Daemon) Thaw() error { return d.signal(syscall.SIGCONT) }

func (d *Daemon) signal(s syscall.Signal) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running == nil {
		return errors.New("pcscd does not run")
	}
	return d.running.cmd.Process.Signal(s)
}

// Running tells whether pcscd runs: it may also have ended by itself.
func (d *Daemon) Running() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running == nil {
		return false
	}
	select {
	case <-d.running.done:
		return false
	default:
		return true
	}
}

// Restart ends pcscd if it runs, and starts it with the same readers.
func (d *Daemon) Restart(ctx context.Context) error {
	d.Kill()
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := errors.Join(d.clean(), d.configure()); err != nil {
		return fmt.Errorf("starting pcscd: %w", err)
	}
	p, err := run(d.command())
	if err != nil {
		return err
	}
	if err := d.ready(ctx, p); err != nil {
		p.kill()
		return err
	}
	d.running = p
	return nil
}

// Readers has pcscd start anew with the first n of its readers, an even number or
// all. [Daemon.Names] and [Daemon.Addresses] stay those of all.
func (d *Daemon) Readers(ctx context.Context, n int) error {
	if n < 0 || n > len(d.ports) || n%2 != 0 && n != len(d.ports) {
		return fmt.Errorf("starting pcscd: %d readers is not an even number up to %d", n, len(d.ports))
	}
	d.mu.Lock()
	d.use = (n + 1) / 2
	d.mu.Unlock()
	return d.Restart(ctx)
}

// Close ends pcscd and removes its files.
func (d *Daemon) Close() error {
	d.Kill()
	return os.RemoveAll(d.dir)
}

const (
	friendlyName = "Virtual PCD"
	driverDir    = "/usr/lib/pcsc/drivers"
	driver       = driverDir + "/serial/libifdvpcd.so"
)

// installed tells by name which Debian package is missing.
func installed() error {
	if _, err := exec.LookPath("pcscd"); err != nil {
		if _, err := os.Stat("/usr/sbin/pcscd"); err != nil {
			return errors.New("no pcscd on this machine: apt-get install pcscd")
		}
	}
	if _, err := os.Stat(driver); err != nil {
		return errors.New("no virtual readers on this machine: apt-get install vsmartcard-vpcd")
	}
	return nil
}

// configure writes one reader.conf(5) entry for each pair of readers, each with a
// copy of the driver: it keeps its readers in static variables, numbered from 0 in
// every entry.
func (d *Daemon) configure() error {
	if err := os.MkdirAll(filepath.Join(d.dir, "c"), 0o755); err != nil {
		return err
	}
	var conf strings.Builder
	for i := range d.use {
		port := d.ports[2*i]
		fmt.Fprintf(&conf, "FRIENDLYNAME \"%s %d\"\nDEVICENAME /dev/null:0x%04X\nLIBPATH /run/vpcd/%d.so\nCHANNELID 0x%04X\n\n",
			friendlyName, i, port, i, port)
	}
	return os.WriteFile(filepath.Join(d.dir, "c", "vpcd"), []byte(conf.String()), 0o644)
}

// clean removes what a killed pcscd leaves.
func (d *Daemon) clean() error {
	return errors.Join(os.RemoveAll(filepath.Join(d.dir, "s")), os.Mkdir(filepath.Join(d.dir, "s"), 0o755))
}

// script prepares the namespace: pcscd's socket directory is compiled in, so /run
// is replaced, and the USB drivers are hidden. In a chroot / is no mount point and
// cannot be made private; the two folders then become mount points that can.
const script = `set -e
if ! mount --make-rprivate / 2>/dev/null; then
	for dir in /run ` + driverDir + `; do mount --bind $dir $dir; mount --make-private $dir; done
fi
mount -t tmpfs tmpfs /run
mkdir /run/pcscd /run/vpcd
mount --bind "$1" /run/pcscd
for i in $3; do cp ` + driver + ` /run/vpcd/$i.so; done
mount -t tmpfs tmpfs ` + driverDir + `
PATH=$PATH:/usr/sbin exec pcscd --foreground --config "$2"`

func (d *Daemon) command() *exec.Cmd {
	var entries []string
	for i := range d.use {
		entries = append(entries, strconv.Itoa(i))
	}
	cmd := exec.Command("sh", "-c", script, "sh", filepath.Join(d.dir, "s"), filepath.Join(d.dir, "c"), strings.Join(entries, " "))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	return cmd
}

// process is one run of pcscd.
type process struct {
	cmd  *exec.Cmd
	said bytes.Buffer  // its output; read it after done
	done chan struct{} // closed when it has ended
}

// run starts the command on a thread that lives as long as it does: Pdeathsig is
// sent when the thread that forked ends, not the process.
func run(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	started := make(chan error, 1)
	go func() {
		defer close(p.done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		<-p.done
		if errors.Is(err, syscall.EPERM) {
			return nil, errors.New("starting pcscd: not allowed to make a mount namespace: be root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)")
		}
		return nil, fmt.Errorf("starting pcscd: %w", err)
	}
	return p, nil
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// errNotListening is that a port was taken meanwhile: pcscd then runs without
// that reader.
var errNotListening = errors.New("a virtual reader does not listen")

// ready waits until the socket is there and every reader listens.
func (d *Daemon) ready(ctx context.Context, p *process) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := os.Stat(d.Socket())
		if err == nil && listening(d.ports[:min(len(d.ports), 2*d.use)]) {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.done:
			return fmt.Errorf("starting pcscd: it ended at once: %s", lastLine(p.said.String()))
		case <-ctx.Done():
			if err == nil {
				return fmt.Errorf("starting pcscd: %w", errNotListening)
			}
			return fmt.Errorf("starting pcscd: no socket: %w", ctx.Err())
		}
	}
}

func lastLine(s string) string {
	lines := slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	if len(lines) == 0 {
		return "no word why"
	}
	return lines[len(lines)-1]
}
