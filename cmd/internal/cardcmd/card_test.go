package cardcmd_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"balie/hw/eid/eidtest"
)

// an is a card that tests change. Every word of it is one that nothing else prints.
func an(a eidtest.Applet) eidtest.Description {
	return eidtest.Description{
		ID: "an", Applet: a, Given: "Annabella Quirina", Family: "Peeterszoon", Initial: "J", Birth: "1985-07-30", Sex: "F",
		NationalNumber: "85073003427", BirthPlace: "Zoutleeuw", Street: "Bergdalstraat 17", PostalCode: "3000", Town: "Leuven-Vlierbeek",
		ValidFrom: "2020-02-29", ValidTo: "2099-12-31", PIN: "271828",
	}
}

// nothingPersonal holds a text to saying nothing of the card.
func nothingPersonal(t *testing.T, c *eidtest.Card, said string) {
	t.Helper()
	d := c.Description()
	words := []string{d.NationalNumber, d.Birth, d.PIN, "30 JUL", "JUIL"}
	for _, text := range []string{d.Given, d.Family, d.BirthPlace, d.Street, d.Town} {
		words = append(words, strings.Fields(text)...)
	}
	for _, word := range words {
		if len(word) > 2 && strings.Contains(strings.ToUpper(said), strings.ToUpper(word)) {
			t.Errorf("%q is in %q", word, said)
		}
	}
}

// advises holds a result to a code, and to one line on stderr that says so.
func (r result) advises(t *testing.T, code int, said string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit %d, not %d: %s", r.code, code, r.stderr)
	}
	if code == 0 && r.stderr != "" {
		t.Errorf("it is well, and stderr says %q", r.stderr)
	}
	if code != 0 && (strings.Count(r.stderr, "\n") != 1 || !strings.HasPrefix(r.stderr, "kioskctl: ") || !strings.Contains(r.stderr, said)) {
		t.Errorf("stderr is not one line with %q: %q", said, r.stderr)
	}
}

// stranger puts a card that is not Belgian into the second reader, until the test
// ends: a bank's, which knows no command.
func stranger(t *testing.T) {
	t.Helper()
	wire, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", desk.daemon.Addresses()[1])
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- answerAsStranger(wire) }()
	t.Cleanup(func() {
		if err := wire.Close(); err != nil {
			t.Error(err)
		}
		if err := <-over; err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

func answerAsStranger(wire net.Conn) error {
	for {
		var size [2]byte
		if _, err := io.ReadFull(wire, size[:]); err != nil {
			return err
		}
		message := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(wire, message); err != nil {
			return err
		}
		var answer []byte
		switch {
		case len(message) > 1:
			answer = []byte{0x6E, 0x00}
		case message[0] == 4: // vpcd asks for the answer to reset
			answer = []byte{0x3B, 0x65, 0x00, 0x00, 0x20, 0x63, 0xCB, 0x68, 0x00}
		default:
			continue
		}
		if _, err := wire.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return err
		}
	}
}

// restart brings the desk's pcscd back after a test.
func restart(t *testing.T) {
	t.Cleanup(func() {
		if err := desk.daemon.Readers(context.Background(), readers); err != nil {
			t.Error(err)
		}
	})
}
