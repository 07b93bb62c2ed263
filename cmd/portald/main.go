// Portald is a reference portal: the server that kiosks are developed and tested
// against, and that a hospital holds its own portal against. It serves
// sync/portal/openapi.yaml from SQLite or PostgreSQL.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"balie/internal/durable"
	"balie/sync/portal/reference"
)

const help = `Serves the kiosk API (sync/portal/openapi.yaml) from SQLite or PostgreSQL, with a
page for the staff at /staff/. It is what a hospital's own portal can be held
against; by itself it is no register of patients.

Once it listens, DIR/portald.json says where:

  {"url": "https://127.0.0.1:8641",           for kiosks
   "staff": "http://127.0.0.1:8640/staff/"}   for a browser on this computer

Kiosks come to --kiosks, over TLS under the portal's own root, and prove themselves
by the certificate that enrolment gave (portald kiosk add). Where a proxy of yours
ends TLS, it speaks to --listen and hands the kiosk's certificate on in the header
Client-Cert (RFC 9440): name its address with --terminator, and have it take that
header away from what comes in.

DIR also keeps secrets.json: the root that kiosks pin, the keys that they seal to,
and the key that hides national numbers in the database. Back it up together with
the database; neither is of use without the other. Nobody else may read it.

The log goes to stderr: ids, codes and counts, never a name or a number.

Exit codes:
  0  done, or ended by SIGTERM, SIGINT or SIGHUP
  1  it went wrong; the last line on stderr says what
  2  an option or argument is wrong; nothing was started
  3  the address cannot be listened on: taken, or not of this computer
  4  the database cannot be used: not there, of a newer version, corrupt, not durable
  5  the state folder cannot be used: not writable, held by another portald, or not
     the one that the database was made with`

const examples = `  portald --db build/portal.db --state-dir build/portal --seed demo --bench \
          --trust-test-root build/bench/test-root.pem
  portald --db postgres://portal@db/portal --state-dir /var/lib/portald \
          --listen 0.0.0.0:8640 --tls-cert portal.crt --tls-key portal.key
  portald kiosk add K1 --db build/portal.db --state-dir build/portal`

// Exit codes, as --help has them.
const (
	exitOK = iota
	exitFailed
	exitUsage
	exitAddress
	exitDatabase
	exitState
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func root() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use: "portald", Short: "The reference portal", Long: help, Example: examples,
		SilenceErrors: true, SilenceUsage: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), s, cmd.ErrOrStderr()) },
	}
	cmd.CompletionOptions.DisableDefaultCmd = true
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8640", "`address` of pages, and of the API for a terminator; port 0 is any free one; beyond loopback it needs TLS")
	flags.StringVar(&s.kiosks, "kiosks", "127.0.0.1:8641", "`address` of the API for kiosks, over TLS under the portal's own root; empty: none")
	flags.StringArrayVar(&s.terminators, "terminator", nil, "`address` or network of a proxy that ends TLS and hands kiosks' certificates on; may be repeated")
	flags.IntVar(&s.certificateDays, "certificate-days", 90, "how long a kiosk's certificate is good; it is renewed when a third is left")
	flags.StringVar(&s.cert, "tls-cert", "", "`FILE` with the certificate and its chain, PEM")
	flags.StringVar(&s.key, "tls-key", "", "`FILE` with its private key, PEM")
	flags.StringVar(&s.seed, "seed", "", "demo: today's appointments for kiosksim's people, dated from now; suite: what portald conformance must find. With a test root both have the suite's clerk")
	flags.StringVar(&s.people, "people", "", peopleHelp)
	flags.StringArrayVar(&s.testRoots, "trust-test-root", nil, "`PEM` file of a test root whose cards are believed; may be repeated. Makes this a test portal: never where patients check in")
	flags.StringVar(&s.crls, "crls", "", crlsHelp)
	flags.IntVar(&s.lookups, "lookups-per-minute", 60, "how often a kiosk may ask for appointments")
	flags.Uint32Var(&s.hashKiB, "hash-kib", reference.UsualCost.KiB, "memory in KiB of the hash of a code or password; less than usual at a test portal only")
	flags.BoolVar(&s.bench, "bench", false, `serve POST /bench/down {"on": true} on loopback: 503 for every kiosk call until {"on": false}`)
	s.common(cmd)
	cmd.AddCommand(kioskCommand(), overrideCommand(), newKey(), staffCommand(), revoke(), conformanceCommand(), testRoot())
	return cmd
}

// common adds the options that say which portal is meant.
func (s *settings) common(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.state, "state-dir", "portald", "`folder` of secrets.json and portald.json; made where it is missing")
	cmd.Flags().StringVar(&s.db, "db", "", "`FILE` of SQLite, made where it is missing, or a postgres:// URL; portal.db in the state folder where empty")
}

// execute runs a command and says how it ended, in one line on stderr if badly.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	cmd := root()
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	began := false // cobra tells in no other way whether it was the call that was wrong
	cmd.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if !began {
		err = &exitError{exitUsage, fmt.Errorf("%w (see portald --help)", err)}
	}
	fmt.Fprintln(stderr, "portald:", strings.Join(strings.Fields(err.Error()), " ")) // a driver's error has lines
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitFailed
}

// exitError is an error with an exit code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format+" (see portald --help)", args...)}
}

// advise says what to do about a database that cannot be used.
func advise(err error) error {
	advice := "is it there, and may this user write it?"
	switch {
	case errors.Is(err, reference.ErrOtherSecrets):
		return &exitError{exitState, fmt.Errorf("%w: give the --state-dir that it was made with, or another --db", err)}
	case errors.Is(err, reference.ErrNewer):
		advice = "it is left as it is: install the portald that wrote it, or a newer one"
	case errors.Is(err, durable.ErrCorrupt):
		advice = "it is left as it is: put back a backup, or name another --db"
	case errors.Is(err, reference.ErrNotDurable):
		advice = "a kiosk throws away what is acknowledged: switch it on"
	case errors.Is(err, durable.ErrBusy):
		advice = "close the program that holds it"
	case errors.Is(err, durable.ErrFull):
		advice = "make room"
	}
	return &exitError{exitDatabase, fmt.Errorf("%w: %s", err, advice)}
}
