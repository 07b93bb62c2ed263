package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"balie/hw/serial"
	"balie/printer"
	"balie/printer/escpos"
	"balie/printer/printertest"
)

// driver is the printer of the shared bench as kioskd has it.
func driver(t *testing.T) *escpos.Printer {
	t.Helper()
	profile, err := escpos.LoadProfile("epson-tm")
	if err != nil {
		t.Fatal(err)
	}
	open := func(ctx context.Context) (printer.Port, error) {
		return serial.Open(ctx, serial.Config{Path: shared.Printer, Baud: 115200})
	}
	p := escpos.New(open, profile, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func ticketDocument() printer.Document {
	return printer.Document{Title: "Ticket", Language: "fr", Blocks: []printer.Block{
		printer.Heading{Level: 1, Text: "K1-042"},
		printer.Paragraph{Text: "Gardez ce ticket à l'écart: 12,50 €"},
		printer.QR{Data: "K1-042", Caption: "Scan"},
	}}
}

func papersOf(t *testing.T) (list []paper) {
	t.Helper()
	_, said := call(t, http.MethodGet, "printers/ticket/papers.json", "")
	if err := json.Unmarshal([]byte(said), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPrintsOverTheTTY(t *testing.T) {
	d, before := driver(t), papersOf(t)
	result, err := d.Print(t.Context(), ticketDocument())
	if err != nil || result.Outcome != printer.Confirmed {
		t.Fatalf("%+v, %v", result, err)
	}
	after := papersOf(t)
	if len(after) != len(before)+1 {
		t.Fatalf("%d papers, and %d before", len(after), len(before))
	}
	p := after[len(after)-1]
	if !strings.Contains(p.Text, "à l'écart: 12,50 €") || !p.Cut || !slices.Equal(p.QR, []string{"K1-042"}) {
		t.Errorf("%+v", p)
	}
	checkForms(t, p)
	do(t, "printers/ticket/discard", `{}`)
	if left := papersOf(t); len(left) != 0 {
		t.Errorf("%d papers are left", len(left))
	}
	if _, err := d.Print(t.Context(), ticketDocument()); err != nil {
		t.Fatal(err)
	}
	if next := papersOf(t); len(next) != 1 || next[0].Number != p.Number+1 {
		t.Errorf("after %d comes %+v", p.Number, next)
	}
}

// checkForms looks at the paper as text and as pictures.
func checkForms(t *testing.T, p paper) {
	t.Helper()
	path := "printers/ticket/papers/" + itoa(p.Number)
	if _, said := call(t, http.MethodGet, path+".txt", ""); said != p.Text {
		t.Errorf("as text: %q", said)
	}
	_, picture := call(t, http.MethodGet, path+".png", "")
	if img, err := png.Decode(bytes.NewReader([]byte(picture))); err != nil || img.Bounds().Dx() < 512 {
		t.Errorf("as PNG: %v", err)
	}
	if _, said := call(t, http.MethodGet, path+".svg", ""); !strings.Contains(said, "<svg") {
		t.Errorf("as SVG: %.40q", said)
	}
	for _, other := range []string{path, path + ".pdf", "printers/ticket/papers/0.png", "printers/ticket/papers/x.png"} {
		if code, _ := call(t, http.MethodGet, other, ""); code != http.StatusNotFound {
			t.Errorf("%s: %d", other, code)
		}
	}
}

// TestEveryPrinterFault: what a switch does is seen by the driver or by the port,
// and is over when the switch is off.
func TestEveryPrinterFault(t *testing.T) {
	d := driver(t)
	if _, err := d.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range state(t).Printers[0].Faults {
		t.Run(f.ID, func(t *testing.T) {
			setFault(t, f.ID, true)
			if f.ID == "unplugged" {
				if _, err := os.Stat(shared.Printer); err == nil {
					t.Error("the device is there")
				}
			} else if !presenterOnly(f.ID) {
				eventually(t, f.ID+" is seen", func() bool {
					s, err := d.Status(t.Context())
					return err == nil && s.Has(asDriver(f.ID))
				})
			}
			setFault(t, f.ID, false)
			eventually(t, f.ID+" is over", func() bool {
				s, err := d.Status(t.Context())
				return err == nil && len(s.Faults) == 0
			})
		})
	}
}

// asDriver is what the driver makes of a fault: a printer without power is mute, and so
// is one whose answers nobody understands.
func asDriver(fault string) printer.Fault {
	switch printer.Fault(fault) {
	case printertest.PowerOff, printertest.PowerKept, printertest.Garbage:
		return printer.Mute
	}
	return printer.Fault(fault)
}

// presenterOnly tells of faults of printers that hand their tickets out, which an
// Epson TM has no word for.
func presenterOnly(fault string) bool {
	return slices.Contains([]printer.Fault{
		printer.Presenter, printer.TicketInside, printer.PaperJam, printer.HeadHot,
		printertest.Forgotten, printertest.PulledEarly, printertest.RetractOff,
	}, printer.Fault(fault))
}

func setFault(t *testing.T, fault string, on bool) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"fault": fault, "on": on})
	if err != nil {
		t.Fatal(err)
	}
	do(t, "printers/ticket/fault", string(body))
	for _, f := range state(t).Printers[0].Faults {
		if f.ID == fault && (f.On != on || f.Label == f.ID) {
			t.Errorf("%+v", f)
		}
	}
}
