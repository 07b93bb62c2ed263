package main

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
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"balie/hw/eid/eidtest"
	"balie/internal/durable"
)

const benchHelp = `Sets up a whole desk: virtual readers behind a real pcscd, a tray of virtual
identity cards, a virtual receipt printer (Epson TM, 80 mm) on a pty. Open the URL
that it prints to work it by hand: drag a card into a reader, look at the paper,
flip the switch of any fault.

When all is ready, DIR/bench.json says where:

  {"url": "http://127.0.0.1:8620/",        the page and the HTTP API
   "pcsc_socket": "/tmp/…/pcscd.comm",     for kioskd: PCSCLITE_CSOCK_NAME=…
   "printer": "DIR/ticket-printer",        the tty: port in kioskd.toml
   "test_root": "DIR/test-root.pem"}       test_roots in kioskd.toml

The cards are signed by a test PKI of this folder, which is kept: what trusted
them yesterday trusts them today. Nothing else in the world trusts them.

The HTTP API (POST takes JSON; errors are {"error": "…"}):

  POST /readers/0/insert           {"card": "an"}
  POST /readers/0/pull             {}
  POST /cards                      a card description: mints one more card
  POST /cards/an/fault             {"pull_at": 12}; from the next insertion; {} ends it
       pull_at comm_at garbage_at: at this exchange;  slow_ms;  mute
       status [{"at":3,"sw":"6D00"}]  flip [{"file":"identity","bit":100}]
       sizes [{"file":"photo","bytes":0}]  gone ["address"]
  POST /printers/ticket/fault      {"fault": "paper-end", "on": true}
       cover-open paper-near-end paper-end cutter head-hot paper-jam offline mute
       unrecoverable presenter ticket-in-mouth power-off power-off-kept garbage unplugged
       ticket-forgotten ticket-pulled-early retract-off: of one with a mouth
  POST /printers/ticket/discard    {}: throws the papers away
  POST /pcscd                      {"do": "stop"}, start, kill, restart, freeze or thaw
  POST /portal                     {"down": true}
  GET  /printers/ticket/papers.json   [{"number","text","qr","cut","fate"}], oldest first
  GET  /printers/ticket/papers/1.png  or .txt, .svg
  GET  /state.json, /events        all of it, and a stream of its changes (SSE)

It listens on loopback only and lets no other web page in.`

const benchExamples = `  kiosksim bench --state-dir build/bench
  kiosksim bench --state-dir build/bench --readers 2 --card visitor.toml
  curl -X POST -H 'Content-Type: application/json' -d '{"card":"an"}' http://127.0.0.1:8620/readers/0/insert`

// benchSettings are the options as given.
type benchSettings struct {
	listen, state, booth, portal, daemon string
	pcscd, vpcd                          string
	readers                              int
	cards                                []string
	lineTime, hand                       time.Duration
	kind                                 string // of the printer
}

func benchCommand() *cobra.Command {
	var s benchSettings
	cmd := &cobra.Command{
		Use: "bench", Short: "The whole desk, with a page to work it by hand",
		Long: benchHelp, Example: benchExamples, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runBench(cmd.Context(), s, cmd.OutOrStdout()) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8620", "loopback `address` of page and API; port 0 is any free one")
	flags.StringVar(&s.state, "state-dir", "bench", "`folder` for bench.json, the test PKI and the printer's device")
	flags.IntVar(&s.readers, "readers", 1, "how many card readers, 1 to 16")
	flags.StringVar(&s.booth, "booth-url", "", "`URL` of the booth's screen, shown on the page")
	flags.StringVar(&s.portal, "portal-url", "", "`URL` of the portal, with a switch for it on the page")
	flags.StringVar(&s.daemon, "daemon-socket", "", "kioskd's control.sock: its state is shown on the page")
	flags.StringArrayVar(&s.cards, "card", nil, "a card description (`FILE`, TOML or JSON) for one more card; may be repeated")
	flags.DurationVar(&s.lineTime, "line-time", 14*time.Millisecond, "how long the printer takes for a line; 0 is at once")
	flags.StringVar(&s.kind, "printer", "epson", "what the printer is: one of `"+kindNames()+"`")
	flags.DurationVar(&s.hand, "hand", 3*time.Second, "after how long a ticket is taken out of the mouth of a printer that has one")
	flags.StringVar(&s.pcscd, "pcscd", pcscdAuto, "private: one of our own; machine: the one that runs here; auto: our own where that can be")
	flags.StringVar(&s.vpcd, "vpcd", debianVPCD, "`address` of the first virtual reader of the machine's pcscd")
	return cmd
}

// place is where the bench will be, and what its page may frame.
type place struct {
	listener net.Listener
	port     string
	frames   string
	dir      string
	unlock   func() error
}

func (p *place) url() string { return "http://" + p.listener.Addr().String() + "/" }

// Close is for after the server, which closes the listener itself.
func (p *place) Close() error {
	err := p.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, p.unlock())
}

// settle checks the options and takes hold of address and folder, before anything
// is started.
func (s benchSettings) settle() (*place, error) {
	p := &place{}
	var err error
	if p.frames, err = frameSource(s.booth); err != nil {
		return nil, &usageError{fmt.Errorf("--booth-url: %w", err)}
	}
	if _, err = frameSource(s.portal); err != nil {
		return nil, &usageError{fmt.Errorf("--portal-url: %w", err)}
	}
	switch {
	case s.readers < 1 || s.readers > 16:
		return nil, &usageError{fmt.Errorf("--readers: %d is not 1 to 16", s.readers)}
	case s.pcscd != pcscdAuto && s.pcscd != pcscdPrivate && s.pcscd != pcscdMachine:
		return nil, &usageError{fmt.Errorf("--pcscd: %q is none of auto, private, machine", s.pcscd)}
	}
	host, _, err := net.SplitHostPort(s.listen)
	if err != nil || !loopback(host) {
		return nil, &usageError{fmt.Errorf("--listen: %q is not a loopback address such as 127.0.0.1:8620", s.listen)}
	}
	if p.dir, err = filepath.Abs(s.state); err != nil {
		return nil, fmt.Errorf("finding the state folder: %w", err)
	}
	if p.unlock, err = lock(p.dir); err != nil {
		return nil, err
	}
	if p.listener, err = net.Listen("tcp", s.listen); err != nil {
		return nil, errors.Join(fmt.Errorf("listening: %w: choose another --listen", err), p.unlock())
	}
	_, p.port, err = net.SplitHostPort(p.listener.Addr().String())
	return p, err
}

// lock makes the folder ours until unlock, and takes away what an earlier bench
// said of itself.
func lock(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the state folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the state folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another bench works in %s: end it, or choose another folder", dir), f.Close())
	}
	if err := os.Remove(benchPath(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("preparing the state folder: %w", err), f.Close())
	}
	return f.Close, nil
}

// runBench sets the bench up, says where it is, and serves it until ctx ends.
func runBench(ctx context.Context, s benchSettings, out io.Writer) (err error) {
	p, err := s.settle()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	b, err := s.setUp(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := announce(p, b); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(benchPath(p.dir))) }()
	fmt.Fprintf(out, "bench %s\n", p.url())
	return b.serve(ctx, p)
}

// setUp makes everything that stands on the bench.
func (s benchSettings) setUp(ctx context.Context, p *place) (*board, error) {
	o, err := printerSettings{kind: s.kind, line: s.lineTime, hand: s.hand}.options()
	if err != nil {
		return nil, err
	}
	descriptions := eidtest.Tray()
	for _, path := range s.cards {
		d, err := readDescription(path)
		if err != nil {
			return nil, err
		}
		descriptions = append(descriptions, d)
	}
	pki, err := loadPKI(p.dir)
	if err != nil {
		return nil, err
	}
	service, err := startService(ctx, s.pcscd, s.vpcd, s.readers)
	if err != nil {
		return nil, err
	}
	ticket, err := newTicketPrinter(o, filepath.Join(p.dir, "ticket-printer"))
	if err != nil {
		return nil, errors.Join(err, service.Close())
	}
	b := newBoard(pki, service, ticket)
	b.around = newSurroundings(s.booth, strings.TrimSuffix(s.portal, "/"), s.daemon)
	for _, d := range descriptions {
		if err := b.add(d); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return b, nil
}

func benchPath(dir string) string { return filepath.Join(dir, "bench.json") }

// announce writes bench.json, at once or not at all.
func announce(p *place, b *board) error {
	text, err := json.MarshalIndent(map[string]string{
		"url": p.url(), "pcsc_socket": b.service.socket, "printer": b.ticket.cable.Path(), "test_root": rootPath(p.dir),
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing bench.json: %w", err)
	}
	if err := durable.WriteFile(benchPath(p.dir), append(text, '\n')); err != nil {
		return fmt.Errorf("writing bench.json: %w", err)
	}
	return nil
}

// serve answers until ctx ends.
func (b *board) serve(ctx context.Context, p *place) error {
	mux := b.api()
	mux.Handle("GET /", pageFiles())
	group, ctx := errgroup.WithContext(ctx)
	server := &http.Server{
		Handler: guard(mux, p.port, p.frames), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	group.Go(func() error { return b.keep(ctx) })
	group.Go(func() error { return b.around.watch(ctx) })
	group.Go(func() error {
		if err := server.Serve(p.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving the bench: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(end) != nil {
			return server.Close()
		}
		return nil
	})
	return group.Wait()
}
