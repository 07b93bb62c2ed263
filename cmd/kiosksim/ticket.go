package main

import (
	"fmt"
	"slices"
	"sync"

	"balie/printer"
	"balie/printer/printertest"
)

// ticketPrinter is the virtual receipt printer of the bench and its cable.
type ticketPrinter struct {
	printer *printertest.Printer
	cable   *printertest.PTY

	mu        sync.Mutex
	unplugged bool // guarded by mu
	thrown    int  // guarded by mu: papers that were thrown away
}

// unpluggedFault is a fault of the cable rather than of the printer.
const unpluggedFault printer.Fault = "unplugged"

// newTicketPrinter plugs in a printer for 80 mm paper at the device that link will lead
// to.
func newTicketPrinter(o printertest.Options, link string) (*ticketPrinter, error) {
	p := printertest.New(o)
	cable, err := printertest.StartPTY(p, link)
	if err != nil {
		return nil, err
	}
	return &ticketPrinter{printer: p, cable: cable}, nil
}

// faultNames are all faults that set knows.
func (t *ticketPrinter) faultNames() []printer.Fault {
	return append(printertest.AllFaults(), unpluggedFault)
}

// set makes a fault happen, or ends it.
func (t *ticketPrinter) set(fault printer.Fault, on bool) error {
	if !slices.Contains(t.faultNames(), fault) {
		return fmt.Errorf("a printer has no fault %q: it has %q", fault, t.faultNames())
	}
	if fault != unpluggedFault {
		t.printer.Set(fault, on)
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unplugged = on
	if on {
		return t.cable.Unplug()
	}
	return t.cable.Replug()
}

// faults are those of this moment.
func (t *ticketPrinter) faults() []printer.Fault {
	list := t.printer.Faults()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unplugged {
		list = append(list, unpluggedFault)
	}
	return list
}

// paper is one piece that came out, as papers.json has it.
type paper struct {
	Number int      `json:"number"` // from 1, and never used again
	Text   string   `json:"text"`
	QR     []string `json:"qr"`
	Cut    bool     `json:"cut"`            // false: torn off with a new roll or at power off
	Fate   string   `json:"fate,omitempty"` // of a ticket that was held out: "held", "taken", "retracted", "ejected"

	sheet printertest.Paper
}

// papers gives what lies in the printer's tray, oldest first.
func (t *ticketPrinter) papers() []paper {
	t.mu.Lock()
	thrown := t.thrown
	t.mu.Unlock()
	list := []paper{}
	for i, p := range t.printer.Papers() {
		if i >= thrown {
			list = append(list, newPaper(i+1, p))
		}
	}
	return list
}

func newPaper(number int, p printertest.Paper) paper {
	qr := p.QR()
	if qr == nil {
		qr = []string{}
	}
	return paper{Number: number, Text: p.Text(), QR: qr, Cut: p.Cut != "torn", Fate: p.Fate, sheet: p}
}

// paper gives one of them.
func (t *ticketPrinter) paper(number int) (paper, bool) {
	for _, p := range t.papers() {
		if p.Number == number {
			return p, true
		}
	}
	return paper{}, false
}

// hanging tells whether something has been printed and not yet cut.
func (t *ticketPrinter) hanging() bool { return t.printer.Hanging().Text() != "" }

// discard throws away what lies in the tray.
func (t *ticketPrinter) discard() {
	n := len(t.printer.Papers())
	t.mu.Lock()
	defer t.mu.Unlock()
	t.thrown = n
}

// Close pulls the cable.
func (t *ticketPrinter) Close() error { return t.cable.Close() }
