// Package printertest is a virtual ESC/POS printer: it takes the bytes that a
// real one would get, over any wire or a pseudo-terminal of its own, prints them
// on paper that can be looked at, and answers as the manuals say. On request it
// runs out of paper, jams, falls silent or is unplugged, also at a given byte.
//
// It is written from the command reference and shares nothing with the encoder
// in printer/escpos but the idea of what paper is, so that a mistake there is seen
// here. It prints for tests, for kiosksim and for no one's hospital.
package printertest

import (
	"slices"
	"sync"
	"time"

	"balie/printer"
)

// Options is the kind of printer. The zero Options is an Epson TM with 42
// columns that knows the process id and takes data as fast as they come.
type Options struct {
	Columns     int  // 42 where 0
	Dots        int  // 512 where 0
	NoProcessID bool // ignores GS ( H
	NoClear     bool // ignores DLE DC4 function 8
	// KeepsHalf keeps a command of which only a part has come through a clear, and
	// takes what follows for the rest of it.
	KeepsHalf bool
	// Custom answers FULL STATUS, has the QR levels, the cutter, the counters and the
	// presenter of a VKP80III.
	Custom bool
	// Reach is how long a ticket takes from the cutter of a Custom to its mouth.
	Reach time.Duration
	// Hand is how long somebody takes to take a ticket that is held out; where 0 it is
	// taken once the printer has told of it. With [Forgotten] nobody does.
	Hand time.Duration
	// DSR tells by the line of that name that the buffer is full, rather than by XOFF.
	DSR bool
	// NoFlow says in no way that the buffer is full.
	NoFlow bool
	// Buffer is the size of the receive buffer, 4096 where 0. XOFF goes out with 128
	// bytes free and XON with 256; what comes with none free is lost.
	Buffer int
	// ByteTime is how long one byte takes on the wire: 1.04 ms at 9600 baud.
	ByteTime time.Duration
	// LineTime is how long the printing of one line takes.
	LineTime time.Duration
}

// Faults besides those of package printer that a virtual printer can have.
const (
	// PowerOff takes everything from it: memory, voice, ears.
	PowerOff printer.Fault = "power-off"
	// PowerKept takes voice and ears, and it goes on where it was when power is back.
	PowerKept printer.Fault = "power-off-kept"
	// Garbage turns all that it says into noise.
	Garbage printer.Fault = "garbage"
	// Forgotten is nobody there to take a ticket out of its mouth.
	Forgotten printer.Fault = "ticket-forgotten"
	// PulledEarly is somebody who tears the next ticket off while it is printed into the
	// mouth.
	PulledEarly printer.Fault = "ticket-pulled-early"
	// RetractOff is a setup in which retracting is switched off: it pushes a ticket out
	// instead.
	RetractOff printer.Fault = "retract-off"
)

// Printer is a virtual printer. Serve connects it to a wire; everything else may
// be called at any time from anywhere.
type Printer struct {
	options Options

	mu      sync.Mutex // guards all that follows
	wake    chan struct{}
	faults  map[printer.Fault]bool
	plan    []plannedFault
	buffer  []byte // received and not yet looked at
	pending []byte // a command of which more must come
	recent  []byte // last bytes received, for real-time commands
	stopped bool   // XOFF was sent
	taken   int    // bytes looked at since it was made
	lost    int    // bytes that came with the buffer full
	odd     []string
	asb     byte
	asbLast [4]byte
	out     []byte // answers not yet on the wire
	m       machine
	papers  []*Paper
	mouth   *ticket // on its way to the mouth, or in it
	cuts    int     // since it left the factory
	drawn   int     // tickets drawn in, likewise
	noise   uint32
	changed chan struct{} // closed and replaced whenever a paper or a fault changes
}

type plannedFault struct {
	at    int
	fault printer.Fault
}

// New makes a printer with paper in it.
func New(options Options) *Printer {
	if options.Columns == 0 {
		options.Columns = 42
	}
	if options.Dots == 0 {
		options.Dots = 512
	}
	if options.Buffer == 0 {
		options.Buffer = 4096
	}
	p := &Printer{
		options: options, wake: make(chan struct{}, 1),
		faults: map[printer.Fault]bool{}, changed: make(chan struct{}),
	}
	p.m = newMachine(options)
	return p
}

// Set makes a fault happen, or ends it and calls off one that [Printer.FaultAt]
// has in store. A printer whose fault ends goes on with what it still holds; new
// paper after [printer.PaperEnd] begins a new strip.
func (p *Printer) Set(fault printer.Fault, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = slices.DeleteFunc(p.plan, func(f plannedFault) bool { return f.fault == fault })
	p.set(fault, on)
}

// FaultAt makes a fault happen when n more bytes have been printed from.
func (p *Printer) FaultAt(n int, fault printer.Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = append(p.plan, plannedFault{p.taken + n, fault})
}

// Faults lists what is wrong at present.
func (p *Printer) Faults() []printer.Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []printer.Fault
	for _, f := range AllFaults() {
		if p.faults[f] {
			list = append(list, f)
		}
	}
	return list
}

// AllFaults lists every fault that Set knows.
func AllFaults() []printer.Fault {
	return []printer.Fault{
		printer.CoverOpen, printer.PaperNearEnd, printer.PaperEnd, printer.CutterError,
		printer.HeadHot, printer.PaperJam, printer.Offline, printer.Mute,
		printer.Unrecovered, printer.Presenter, printer.TicketInside, PowerOff, PowerKept,
		Garbage, Forgotten, PulledEarly, RetractOff,
	}
}

// Oddities lists what a real printer would not have understood, and data that
// came when the buffer was full. It holds no text that was printed.
func (p *Printer) Oddities() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := append([]string(nil), p.odd...)
	if p.lost > 0 {
		list = append(list, "bytes lost with the buffer full")
	}
	return list
}

// Holds tells how many bytes of data wait in the printer's memory to be printed,
// symbol store and unfinished line included.
func (p *Printer) Holds() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.buffer) + len(p.pending) + len(p.m.stored) + p.m.lineLength()
}

func (p *Printer) set(fault printer.Fault, on bool) {
	if p.faults[fault] == on {
		return
	}
	p.faults[fault] = on
	switch {
	case fault == PowerOff && on:
		p.buffer, p.pending, p.out, p.stopped, p.asb = nil, nil, nil, false, 0
		p.tear()
		p.m = newMachine(p.options)
	case fault == Forgotten && !on:
		p.tempt()
	case fault == PowerKept && on:
		p.out = nil
	case fault == printer.PaperEnd && !on:
		p.tear()
	}
	p.report()
	p.notify()
}

// blocked tells whether data stay in the buffer.
func (p *Printer) blocked() bool {
	for _, f := range []printer.Fault{
		printer.CoverOpen, printer.PaperEnd, printer.CutterError, printer.HeadHot,
		printer.PaperJam, printer.Offline, printer.Unrecovered, printer.Presenter, PowerOff, PowerKept,
	} {
		if p.faults[f] {
			return true
		}
	}
	return false
}

// notify wakes the machine and whoever waits for a change.
func (p *Printer) notify() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
	close(p.changed)
	p.changed = make(chan struct{})
}
