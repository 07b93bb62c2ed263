package cardcmd_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/cardcmd"
	"balie/cmd/internal/exit"
	"balie/hw/eid/eidtest"
	"balie/hw/pcsc/pcsctest"
)

// asProgram makes this test binary a program with the card command.
const asProgram = "CARDCMD_AS_PROGRAM"

// readers is how many there are. The first two are for tests that run alone, the
// others for those that run beside one another.
const readers = 12

// desk is what the tests work at: a pcscd and a PKI.
var desk struct {
	daemon *pcsctest.Daemon
	pki    *eidtest.PKI
	root   string   // file with the test roots
	free   chan int // readers that no parallel test uses
}

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(program())
	}
	os.Exit(atDesk(m))
}

// program is what kioskctl does with the command.
func program() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{Use: "kioskctl", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(cardcmd.Command())
	return exit.Report(os.Stderr, "kioskctl", root.ExecuteContext(ctx))
}

func atDesk(m *testing.M) int {
	flag.Parse()
	// They wait for pcscd and little else.
	if err := flag.Set("test.parallel", "6"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "cardcmd-")
	if err == nil {
		desk.daemon, err = pcsctest.Start(context.Background(), readers)
	}
	if err == nil {
		err = desk.daemon.UseHere()
	}
	if err == nil {
		desk.pki, err = eidtest.NewPKI()
	}
	if err == nil {
		desk.root = filepath.Join(dir, "root.pem")
		err = os.WriteFile(desk.root, desk.pki.RootPEM(), 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	desk.free = make(chan int, readers)
	for n := 2; n < readers; n++ {
		desk.free <- n
	}
	code := m.Run()
	if err := errors.Join(desk.daemon.Close(), os.RemoveAll(dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// result is how a program ended.
type result struct {
	code           int
	stdout, stderr string
}

// run runs kioskctl card to its end, against the desk's pcscd.
func run(t *testing.T, arguments ...string) result {
	t.Helper()
	return start(t, arguments...).end(t)
}

// running is a program under way.
type running struct {
	cmd       *exec.Cmd
	out, errs bytes.Buffer
}

// start starts kioskctl card.
func start(t *testing.T, arguments ...string) *running {
	t.Helper()
	return startWith(t, nil, arguments...)
}

// startWith starts it with something to read.
func startWith(t *testing.T, stdin io.Reader, arguments ...string) *running {
	t.Helper()
	p := prepare(t, arguments...)
	p.cmd.Stdin = stdin
	p.begin(t)
	return p
}

// prepare makes it ready to start.
func prepare(t *testing.T, arguments ...string) *running {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	p := &running{cmd: exec.CommandContext(ctx, os.Args[0], append([]string{"card"}, arguments...)...)}
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errs
	return p
}

func (p *running) begin(t *testing.T) {
	t.Helper()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// end waits for its end.
func (p *running) end(t *testing.T) result {
	t.Helper()
	err := p.cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return result{p.cmd.ProcessState.ExitCode(), p.out.String(), p.errs.String()}
}

// insert mints a card and puts it into the first reader, until the test ends.
func insert(t *testing.T, d eidtest.Description) *eidtest.Card {
	t.Helper()
	return insertInto(t, 0, d)
}

// insertAnywhere puts it into a reader that no other test uses, and names that.
func insertAnywhere(t *testing.T, d eidtest.Description) (*eidtest.Card, string) {
	t.Helper()
	n := <-desk.free
	t.Cleanup(func() { desk.free <- n })
	return insertInto(t, n, d), desk.daemon.Names()[n]
}

func insertInto(t *testing.T, n int, d eidtest.Description) *eidtest.Card {
	t.Helper()
	c, err := desk.pki.Mint(d)
	if err != nil {
		t.Fatal(err)
	}
	put(t, n, c)
	return c
}

// put puts a card into a reader, in place of another that may be in, until the test
// ends.
func put(t *testing.T, n int, c *eidtest.Card) (name string) {
	t.Helper()
	reader := eidtest.NewReader(desk.daemon.Addresses()[n])
	if err := reader.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reader.Pull(); err != nil && !errors.Is(err, eidtest.ErrEmpty) {
			t.Error(err)
		}
	})
	return desk.daemon.Names()[n]
}
