// Package peers holds what we print and what we play against programs that nobody here
// wrote.
package peers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/printer"
	"balie/printer/printertest"
)

// receiptio is a client that reads what an Epson says of itself; how it ends is its exit
// code (its bin/cli.js).
const receiptio = "node_modules/receiptio/bin/cli.js"

const (
	success    = 0
	online     = 100
	coverOpen  = 101
	paperEmpty = 102
	failed     = 103
	offline    = 104
	disconnect = 105
	timedOut   = 106
)

// TestReceiptio: a client that was written for real printers finds the virtual Epson to
// be in every state that it knows, and prints on it.
func TestReceiptio(t *testing.T) {
	if _, err := os.Stat(receiptio); err != nil {
		t.Fatal("receiptio is missing: make peers")
	}
	set := func(f printer.Fault) func(*printertest.Printer) {
		return func(p *printertest.Printer) { p.Set(f, true) }
	}
	during := func(f printer.Fault) func(*printertest.Printer) {
		return func(p *printertest.Printer) { p.FaultAt(200, f) }
	}
	for name, c := range map[string]struct {
		trouble func(*printertest.Printer)
		status  bool // it is only asked how it is
		want    int
	}{
		"success":             {nil, false, success},
		"asked, ready":        {nil, true, online},
		"asked, cover":        {set(printer.CoverOpen), true, coverOpen},
		"cover open":          {set(printer.CoverOpen), false, coverOpen},
		"cover opened":        {during(printer.CoverOpen), false, coverOpen},
		"no paper":            {set(printer.PaperEnd), false, paperEmpty},
		"paper ends":          {during(printer.PaperEnd), false, paperEmpty},
		"cutter":              {set(printer.CutterError), false, failed},
		"cutter jams":         {during(printer.CutterError), false, failed},
		"broken":              {set(printer.Unrecovered), false, failed},
		"mute":                {set(printer.Mute), false, offline},
		"falls silent":        {during(printer.Mute), false, timedOut},
		"power goes":          {during(printertest.PowerOff), false, timedOut},
		"near the end, ready": {set(printer.PaperNearEnd), false, success},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			device := printertest.New(printertest.Options{})
			if c.trouble != nil {
				c.trouble(device)
			}
			host := serve(t, device)
			if got := ask(t, host, c.status); got != c.want {
				t.Errorf("ends with %d, expected %d", got, c.want)
			}
			papers := device.Papers()
			whole := len(papers) == 1 && papers[0].Cut != "torn" && strings.Contains(papers[0].Text(), "end of it")
			if c.want == success && (!whole || !reads(papers[0])) || whole && c.status {
				t.Errorf("%d papers: %+v", len(papers), papers)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		if got := ask(t, "127.255.255.1", false); got != disconnect {
			t.Errorf("ends with %d", got)
		}
	})
}

// reads tells whether all of the ticket can be read on a paper, and its rules.
func reads(p printertest.Paper) bool {
	text := p.Text()
	for _, want := range []string{"K1-042\n", "Where", "Yellow hall, level 1\n", "───", "for a line more\nend of it\n"} {
		if !strings.Contains(text, want) {
			return false
		}
	}
	return true
}

// serve has a printer listen at an address of this machine, at the port that receiptio
// goes to, and gives the address.
func serve(t *testing.T, device *printertest.Printer) string {
	t.Helper()
	var listener net.Listener
	host, err := "", errors.New("never tried")
	for range 10 { // somebody else may have the same idea
		host = fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(250), rand.IntN(250), 2+rand.IntN(250))
		if listener, err = net.Listen("tcp", host+":9100"); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- device.ServeListener(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return host
}

// ask runs receiptio and gives its exit code.
func ask(t *testing.T, host string, status bool) int {
	t.Helper()
	ticket := filepath.Join(t.TempDir(), "ticket.md")
	text := "^^^K1-042\n---\nWhere|Yellow hall, level 1\n---\nfor a line more\nend of it\n"
	if err := os.WriteFile(ticket, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{receiptio, "-d", host, "-t", "3", "-l", "en", ticket}
	if status {
		args = []string{receiptio, "-d", host, "-q"}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "node", args...).CombinedOutput()
	var code *exec.ExitError
	switch {
	case errors.As(err, &code) && code.ExitCode() > 0:
		return code.ExitCode()
	case err != nil:
		t.Fatalf("node: %v: apt-get install nodejs\n%s", err, out)
	}
	return success
}
