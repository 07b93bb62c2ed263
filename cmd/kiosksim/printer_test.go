package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"balie/printer"
	"balie/printer/printertest"
)

// TestPrinterLinkInTheWay: a file that has the name of the link stays what it is.
func TestPrinterLinkInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letter")
	if err := os.WriteFile(path, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, said := run(t, "printer", "--link", path)
	if code != exitFailed || !strings.Contains(said, "not a link") {
		t.Errorf("ended with %d: %s", code, said)
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != "dear" {
		t.Errorf("the file holds %q, %v", kept, err)
	}
}

// TestPrinterOrders: a fault is set, put off and mended by a line, and a line that means
// nothing changes nothing.
func TestPrinterOrders(t *testing.T) {
	p, err := newTicketPrinter(printertest.Options{}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, c := range []struct {
		line string
		good bool
		want []printer.Fault
	}{
		{"", true, nil}, {"+paper-end", true, []printer.Fault{printer.PaperEnd}}, {"-paper-end", true, nil},
		{"+unplugged", true, []printer.Fault{unpluggedFault}}, {"-unplugged", true, nil},
		{"+paper-end@300", true, nil}, {"paper-end", false, nil}, {"+fire", false, nil}, {"+", false, nil},
		{"-paper-end@3", false, nil}, {"+paper-end@-3", false, nil}, {"+unplugged@3", false, nil},
	} {
		if err := p.order(c.line); (err == nil) != c.good || !slices.Equal(p.faults(), c.want) {
			t.Errorf("%q: %v, and faults %v", c.line, err, p.faults())
		}
	}
}

// TestPrinterKinds: each is played, and shows its faults in a line's width.
func TestPrinterKinds(t *testing.T) {
	for kind := range printerKinds() {
		if _, err := (printerSettings{kind: kind, baud: 9600}).options(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if code, _, said := run(t, "printer", "--kind", "star"); code != exitUsage || !strings.Contains(said, "vkp80") {
		t.Errorf("ended with %d: %s", code, said)
	}
	for line := range strings.Lines(faultHelp()) {
		if len(line) > 90 {
			t.Errorf("wide: %q", line)
		}
	}
}
