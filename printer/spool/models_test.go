package spool_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"balie/printer"
	"balie/printer/escpos"
	"balie/printer/evolis"
	"balie/printer/evolis/evolistest"
	"balie/printer/internal/page"
	"balie/printer/printertest"
	"balie/printer/zpl"
	"balie/printer/zpl/zpltest"
)

type opener = func(context.Context) (printer.Port, error)

// model is a virtual printer of the test and the driver that it is driven by.
type model struct {
	device func() virtual
	driver func(opener) printer.Printer
	faults []printer.Fault
	strike func(*rand.Rand) int // draws after how many bytes a fault comes
}

// fake is what the virtual printers of all dialects have in common.
type fake interface {
	printertest.Server
	Set(printer.Fault, bool)
	FaultAt(int, printer.Fault)
	// Holds tells how much it has in its memory.
	Holds() int
}

// virtual is a virtual printer of whatever dialect.
type virtual interface {
	fake
	out() []sheet
	// mixed tells how often a job began while something of an earlier one was in it.
	mixed() int
}

// sheet is what came out of a printer.
type sheet struct {
	lines []string
	fate  string // how it was cut, and what became of it
}

// models are every kind of printer, by name. They are slow, so that a kill finds
// something under way.
func models() (map[string]model, error) {
	epson, err1 := escpos.LoadProfile("epson-tm")
	vkp80, err2 := impatient()
	primacy, err3 := evolis.LoadProfile("evolis-primacy")
	zebra, err4 := zpl.LoadProfile("zebra-zpl")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	onCard, err1 := evolis.Encode(card(uuid.Nil, true), primacy)
	onLabel, err2 := zpl.Encode(card(uuid.Nil, true), zebra)
	paper := printertest.Options{LineTime: 4 * time.Millisecond}
	noID, small, half, mouth := paper, paper, paper, paper
	noID.NoProcessID, small.Buffer, half.KeepsHalf = true, 512, true
	mouth.Custom, mouth.Columns, mouth.Dots, mouth.Reach, mouth.Hand = true, 48, 576, 50*time.Millisecond, 150*time.Millisecond
	return map[string]model{
		"epson": ticket(epson, paper), "no-id": ticket(epson, noID), "small": ticket(epson, small), "half": ticket(epson, half),
		"mouth": ticket(vkp80, mouth),
		"card":  plastic(evolistest.Options{}, primacy, len(onCard)), "letters": plastic(evolistest.Options{AckNack: true}, primacy, len(onCard)),
		"label": label(zpltest.Options{}, zebra, len(onLabel)), "silent": label(zpltest.Options{Silent: true, Slow: true}, zebra, len(onLabel)),
	}, errors.Join(err1, err2)
}

// around draws where a fault strikes a job of so many bytes: anywhere in it, and more
// often about its end, which is where it is printed or not. What the printer is asked
// before that, and cleared with, has some twenty bytes.
func around(size int) func(*rand.Rand) int {
	return func(r *rand.Rand) int {
		if r.IntN(3) == 0 {
			return 1 + r.IntN(size)
		}
		return size + 10 + r.IntN(20)
	}
}

// ticket is a printer of ESC/POS.
func ticket(p escpos.Profile, o printertest.Options) model {
	if o.Buffer > 0 {
		p.Wire.Buffer = o.Buffer
	}
	drive := func(open opener) printer.Printer { return escpos.New(open, p, slog.New(slog.DiscardHandler)) }
	return model{func() virtual { return strips{printertest.New(o)} }, drive, printertest.AllFaults(), func(r *rand.Rand) int { return 1100 + r.IntN(4000) }}
}

// impatient is a shipped profile, but for a mouth that holds a ticket for so short that
// it is drawn in while the test looks.
func impatient() (escpos.Profile, error) {
	text, err := os.ReadFile("../escpos/profiles/custom-vkp80.toml")
	if err != nil {
		return escpos.Profile{}, err
	}
	return escpos.ParseProfile("custom-vkp80", []byte(strings.NewReplacer("52 1E", "52 04", "hold = 30", "hold = 4").Replace(string(text))))
}

// plastic is a printer of cards.
func plastic(o evolistest.Options, p evolis.Profile, size int) model {
	drive := func(open opener) printer.Printer { return evolis.New(open, p, slog.New(slog.DiscardHandler)) }
	faults := []printer.Fault{
		printer.Mute, printer.CoverOpen, printer.PaperEnd, printer.RibbonEnd, printer.PaperJam, printer.HopperFull, printer.Cleaning, evolistest.PowerOff,
	}
	return model{func() virtual { return &sheets{pages: evolistest.New(o), begins: []byte("\x1BPem;")} }, drive, faults, around(size)}
}

// label is a printer of labels.
func label(o zpltest.Options, p zpl.Profile, size int) model {
	drive := func(open opener) printer.Printer { return zpl.New(open, p, slog.New(slog.DiscardHandler)) }
	faults := []printer.Fault{
		printer.Mute, printer.CoverOpen, printer.PaperEnd, printer.RibbonEnd, printer.HeadHot, printer.Unrecovered, printer.Offline, zpltest.PowerOff,
	}
	return model{func() virtual { return &sheets{pages: zpltest.New(o), begins: []byte("^XA")} }, drive, faults, around(size)}
}

// strips is a printer on a roll. What it held of an earlier job stands on the
// paper of the next.
type strips struct{ *printertest.Printer }

func (strips) mixed() int { return 0 }

func (s strips) out() (list []sheet) {
	for _, p := range s.Papers() {
		list = append(list, sheet{p.Lines(), p.Cut + " " + p.Fate})
	}
	return list
}

// pages is a printer of sheets.
type pages interface {
	fake
	Sheets() []page.Sheets
}

// sheets listens in on such a printer: what it holds of an earlier job would not show
// on the sheet of the next, but may come out as one of its own.
type sheets struct {
	pages
	begins []byte // what the first command of a job begins with
	crowds atomic.Int64
}

func (s *sheets) mixed() int { return int(s.crowds.Load()) }

// Serve listens in.
func (s *sheets) Serve(ctx context.Context, rw io.ReadWriter) error {
	return s.pages.Serve(ctx, heard{rw, s})
}

func (s *sheets) out() (list []sheet) {
	for _, p := range s.Sheets() {
		list = append(list, sheet{strings.Split(strings.TrimSpace(p.Text()), "\n"), "full "})
	}
	return list
}

// heard is the printer's end of the wire.
type heard struct {
	io.ReadWriter
	sheets *sheets
}

// Read looks into the printer's memory before it gets the beginning of a job, which
// comes by itself: the question before it was answered.
func (h heard) Read(b []byte) (int, error) {
	n, err := h.ReadWriter.Read(b)
	if bytes.HasPrefix(b[:n], h.sheets.begins) && h.sheets.Holds() > 0 {
		h.sheets.crowds.Add(1)
	}
	return n, err
}
