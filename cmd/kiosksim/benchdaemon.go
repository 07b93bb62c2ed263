package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/ebfe/scard"
	"github.com/spf13/cobra"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
)

const benchDaemonHelp = `Measures the daemon and the window where nobody is at the booth: how long kioskd takes
from its start to READY, beside a bare Go program that opens the same database and a
PC/SC context; what it holds in memory and uses of a core; what the window takes to its
first paint and in memory, beside chromium --kiosk --app on the same page.

The limits are said beside the figures. Nothing fails by them: times are those of a
machine that does other things too. The window needs Xvfb, and chromium to compare.`

// daemonSettings are the options as given.
type daemonSettings struct {
	bin, state string
	rounds     int
	idle       time.Duration
}

func benchDaemonCommand() *cobra.Command {
	var s daemonSettings
	cmd := &cobra.Command{
		Use: "bench-daemon", Short: "Measure daemon and window at rest", Long: benchDaemonHelp,
		Example: "  kiosksim bench-daemon --bin build/bin --state build/bench/daemon/state --idle 10m", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runBenchDaemon(cmd.Context(), s, cmd.OutOrStdout()) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.bin, "bin", "build/bin", "`folder` of the programs")
	flags.StringVar(&s.state, "state", "build/bench/daemon/state", "`folder` for the state; what is in it is thrown away first")
	flags.IntVar(&s.rounds, "rounds", 11, "how many starts; the median counts")
	flags.DurationVar(&s.idle, "idle", time.Minute, "how long to watch the daemon at rest")
	cmd.AddCommand(bareCommand())
	return cmd
}

// bareCommand is the program to compare with: what no daemon on this machine can do
// without, and nothing else.
func bareCommand() *cobra.Command {
	return &cobra.Command{
		Use: "bare DATABASE", Short: "Open a database and a PC/SC context, say READY, and end", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, given []string) error {
			if _, err := quickCheck(given[0], "SELECT count(*) FROM sqlite_master"); err != nil {
				return err
			}
			service, err := scard.EstablishContext()
			if err != nil {
				return fmt.Errorf("opening PC/SC: %w", err)
			}
			_, err = daemon.SdNotify(false, daemon.SdNotifyReady)
			return errors.Join(err, service.Release())
		},
	}
}

// quickCheck runs a question to a database and says how long that took, without opening.
func quickCheck(path, question string) (took time.Duration, err error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?_synchronous=FULL&_journal_mode=WAL")
	if err != nil {
		return 0, fmt.Errorf("opening the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Ping(); err != nil {
		return 0, fmt.Errorf("opening the database: %w", err)
	}
	began, answer := time.Now(), ""
	err = db.QueryRow(question).Scan(&answer)
	return time.Since(began), err
}

func runBenchDaemon(ctx context.Context, s daemonSettings, out io.Writer) (err error) {
	if err := freshState(s.state); err != nil {
		return err
	}
	d, err := desk.Start(ctx, desk.Options{Bin: s.bin, State: s.state, Change: func(c *config.Config) { c.Screen.FrameAncestors = nil }})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Stop("kioskd"); err != nil {
		return err
	}
	if err := s.starts(ctx, d, out); err != nil {
		return err
	}
	if err := d.StartDaemon(ctx); err != nil {
		return err
	}
	if err := s.rest(ctx, d, out); err != nil {
		return err
	}
	return benchWindow(ctx, s, d, out)
}

// starts times kioskd and the bare program in turn, so that both meet the same machine.
func (s daemonSettings) starts(ctx context.Context, d *desk.Desk, out io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	database := filepath.Join(s.state, "kioskd", "queue.db")
	var ours, bare []time.Duration
	for range s.rounds {
		took, err := ready(ctx, d.DaemonEnv(), filepath.Join(s.bin, "kioskd"), "--config", filepath.Join(s.state, "kioskd.toml"))
		if err != nil {
			return err
		}
		ours = append(ours, took)
		if took, err = ready(ctx, d.DaemonEnv(), self, "bench-daemon", "bare", database); err != nil {
			return err
		}
		bare = append(bare, took)
	}
	check, err := quickCheck(database, "PRAGMA quick_check")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "start to ready      %6.1f ms, median of %d (limit 250); bare program %.1f ms; quick_check of the queue %.1f ms of it\n",
		milliseconds(median(ours)), s.rounds, milliseconds(median(bare)), milliseconds(check))
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// ready runs a program until it says READY to the socket of systemd's protocol
// (sd_notify(3)), ends it, and gives how long it took.
func ready(ctx context.Context, env []string, program string, args ...string) (took time.Duration, err error) {
	dir, err := os.MkdirTemp("", "bench-daemon-")
	if err != nil {
		return 0, fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	at := filepath.Join(dir, "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: at, Net: "unixgram"})
	if err != nil {
		return 0, fmt.Errorf("waiting for READY: %w", err)
	}
	defer func() { err = errors.Join(err, socket.Close()) }()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(append(os.Environ(), env...), "NOTIFY_SOCKET="+at)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("starting %s: %w", program, err)
	}
	err = socket.SetReadDeadline(began.Add(20 * time.Second))
	for said := ""; err == nil && !strings.Contains(said, daemon.SdNotifyReady); {
		text := make([]byte, 512)
		var n int
		n, err = socket.Read(text)
		said = string(text[:n])
	}
	took = time.Since(began)
	_ = cmd.Process.Signal(syscall.SIGTERM) // the bare one may have ended by itself
	if ended := cmd.Wait(); err == nil && ended != nil && ctx.Err() != nil {
		err = ended
	}
	return took, err
}

// rest watches the daemon while nobody is at the booth.
func (s daemonSettings) rest(ctx context.Context, d *desk.Desk, out io.Writer) error {
	settle := time.NewTimer(10 * time.Second)
	defer settle.Stop()
	select {
	case <-settle.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	pid := d.PID("kioskd")
	before, err := busy(pid)
	if err != nil {
		return err
	}
	watch := time.NewTimer(s.idle)
	defer watch.Stop()
	select {
	case <-watch.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	after, err := busy(pid)
	if err != nil {
		return err
	}
	kB, err := resident(pid)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "resident at rest    %6.1f MiB (limit 40)\n", float64(kB)/1024)
	fmt.Fprintf(out, "idle                %6.2f %% of a core over %v (limit 0.5)\n", 100*float64(after-before)/float64(s.idle), s.idle)
	return nil
}

// ticks of the clock that proc(5) counts in are a hundredth of a second.
const tick = 10 * time.Millisecond

// busy is how long a process has kept a core busy: fields 14 and 15 of stat, proc(5).
func busy(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("looking at kioskd: %w", err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, errU := strconv.Atoi(fields[11])
	system, errS := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick, errors.Join(errU, errS)
}

// resident is VmRSS of a process, in kB: proc(5).
func resident(pid int) (kB int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("looking at kioskd: %w", err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0, errors.New("looking at kioskd: no VmRSS")
	}
	return strconv.Atoi(fields[0])
}
