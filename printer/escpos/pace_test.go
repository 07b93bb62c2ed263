package escpos

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/printer"
	"balie/printer/printertest"
)

// TestHandshakes: whatever way a slow printer with a small buffer has to say stop, none
// of a long document is lost, and it is printed as fast as the paper goes.
func TestHandshakes(t *testing.T) {
	slow := printertest.Options{LineTime: 50 * time.Millisecond, ByteTime: 300 * time.Microsecond, Buffer: 4096}
	dsr, silent := slow, slow
	dsr.DSR, silent.NoFlow = true, true
	for name, c := range map[string]struct {
		profile, handshake string
		options            printertest.Options
		loses              bool
	}{
		"XOFF":                    {"epson-tm", HandshakeXON, slow, false},
		"DSR":                     {"epson-tm", HandshakeDSR, dsr, false},
		"DSR, presenter":          {"custom-vkp80", HandshakeDSR, dsr, false},
		"none":                    {"epson-tm", HandshakeNone, silent, false},
		"none, presenter":         {"custom-vkp80", HandshakeNone, silent, false},
		"none, and taken for XON": {"epson-tm", HandshakeXON, silent, false},
		"none, and not asked":     {"epson-tm", HandshakeXON, silent, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := loaded(t, c.profile)
				p.Wire.Handshake = c.handshake
				if c.loses {
					p.Back.Status = statusNone
				}
				b := newBench(p, c.options)
				defer b.driver.Close()
				b.driver.limits.confirm = time.Minute
				doc := long()
				doc.Blocks = slices.Concat(doc.Blocks, doc.Blocks, doc.Blocks, doc.Blocks)
				r, err := b.driver.Print(context.Background(), doc)
				lost := strings.Contains(strings.Join(b.device.Oddities(), " "), "bytes lost")
				if lost != c.loses || !c.loses && !r.Outcome.Done() {
					t.Errorf("lost %t; %v, %v", lost, r.Outcome, err)
				}
			})
		})
	}
}

// TestForgetsWhileItHoldsBack: a printer that has stopped with its buffer full, and says
// by DSR that it takes nothing, is told to forget all the same.
func TestForgetsWhileItHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := loaded(t, "epson-tm")
		p.Wire.Handshake = HandshakeDSR
		b := newBench(p, printertest.Options{DSR: true, Buffer: 1024, LineTime: 300 * time.Millisecond})
		defer b.driver.Close()
		b.driver.state = stateClean // so that its first line is the document's
		b.device.FaultAt(300, printer.PaperEnd)
		doc := long()
		doc.Secret = true
		r, err := b.driver.Print(context.Background(), doc)
		if r.Outcome != printer.Failed || !r.Status.Has(printer.PaperEnd) {
			t.Errorf("%v with %v, %v", r.Outcome, r.Status.Faults, err)
		}
		printed := len(b.device.Papers())
		b.device.Set(printer.PaperEnd, false)
		synctest.Wait()
		if papers := b.device.Papers(); len(papers) != printed+1 || papers[printed].Cut != "torn" || b.device.Holds() > 0 {
			t.Errorf("with new paper comes out:\n%s", all(papers[printed:]))
		}
	})
}

// recorder is a port that keeps what was written.
type recorder struct {
	printer.Port
	written *bytes.Buffer
}

func (r recorder) Write(b []byte) (int, error) {
	r.written.Write(b)
	return r.Port.Write(b)
}

// TestPollsBetweenCommands: a printer that says nothing by itself is asked while it
// prints, never within a command, and for little of the wire.
func TestPollsBetweenCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := loaded(t, "custom-vkp80")
		b := newBench(p, printertest.Options{})
		defer b.driver.Close()
		var written bytes.Buffer
		open := b.driver.open
		b.driver.open = func(ctx context.Context) (printer.Port, error) {
			port, err := open(ctx)
			return recorder{port, &written}, err
		}
		doc := long()
		doc.Blocks = append(doc.Blocks, printer.Image{Width: 400, Rows: slices.Repeat([][]byte{slices.Repeat([]byte{0xA5}, 50)}, 100)})
		body, err := encode(doc, p)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := b.driver.Print(context.Background(), doc); r.Outcome != printer.Taken {
			t.Fatalf("%v, %v", r, err)
		}
		// The document is what is left of the wire without the questions in it.
		wire := written.Bytes()
		wire = wire[bytes.LastIndex(wire, []byte(askDrawn+string(body.bytes[:8])))+len(askDrawn):]
		polls, at := 0, 0
		for at < len(body.bytes) {
			question := askFull
			if bytes.HasPrefix(wire, []byte(askDrawn)) { // no document has it
				question = askDrawn // whether it has got to here
			}
			if bytes.HasPrefix(wire, []byte(question)) {
				if !body.between(at) {
					t.Errorf("asked within a command, after %d bytes", at)
				}
				polls, wire = polls+1, wire[len(question):]
				continue
			}
			if wire[0] != body.bytes[at] {
				t.Fatalf("byte %d is %02X on the wire and %02X in the document", at, wire[0], body.bytes[at])
			}
			at, wire = at+1, wire[1:]
		}
		if percent := 100 * float64(3*polls) / float64(at); polls < 5 || percent > 1.5 {
			t.Errorf("asked %d times in %d bytes: %.1f percent", polls, at, percent)
		}
	})
}
