package cardcmd_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"

	"balie/hw/eid/eidtest"
)

// withTries is a card with so many PIN tries left.
func withTries(n int) eidtest.Description {
	d := an(eidtest.Applet18)
	d.Tries = &n
	return d
}

func TestPIN(t *testing.T) {
	bare := an(eidtest.Applet18)
	bare.NoAuthentication = true
	forged := an(eidtest.Applet18)
	forged.Flaws.IdentitySignature = true
	pulled := an(eidtest.Applet18)
	pulled.Faults.PullAt = 8
	for _, c := range []struct {
		name, typed string
		card        eidtest.Description
		code        int
		said        string
		left        int
	}{
		{"right, applet 1.7", "271828\n", an(eidtest.Applet17), 0, "", 3},
		{"right, applet 1.7 re-keyed", "271828\r\n", an(eidtest.Applet17EC), 0, "", 3},
		{"right, applet 1.8", "271828", an(eidtest.Applet18), 0, "", 3},
		{"wrong", "314159\n", an(eidtest.Applet18), 7, "wrong PIN, 2 tries left", 2},
		{"wrong, the last but one", "314159\n", withTries(2), 7, "wrong PIN, 1 try left", 1},
		{"too short", "271\n", an(eidtest.Applet18), 7, "4 to 12 digits", 3},
		{"too long by far", strings.Repeat("271828", 40) + "\n", an(eidtest.Applet18), 7, "4 to 12 digits", 3},
		{"nothing", "", an(eidtest.Applet18), 7, "no PIN was typed", 3},
		{"the last try", "271828\n", withTries(1), 7, "not spent", 1},
		{"blocked", "271828\n", withTries(0), 7, "blocked", 0},
		{"applet 1.1", "271828\n", an(eidtest.Applet11), 7, "does not tell how many PIN tries", 3},
		{"no certificate", "271828\n", bare, 7, "no authentication certificate", 3},
		{"forged", "271828\n", forged, 7, "the holder is not proved", 3},
		{"pulled", "271828\n", pulled, 6, "put the card in again", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, reader := insertAnywhere(t, c.card)
			r := startWith(t, strings.NewReader(c.typed), "pin", "--typed", "--reader", reader, "--trust-test-root", desk.root).end(t)
			r.advises(t, c.code, c.said)
			nothingPersonal(t, v, r.stdout+r.stderr)
			if v.Tries() != c.left {
				t.Errorf("%d tries left, not %d", v.Tries(), c.left)
			}
			if c.card.Tries != nil && *c.card.Tries < 2 && r.stdout != "" {
				t.Errorf("nobody is asked, and it prints %q", r.stdout)
			}
			if (c.code == 0) != strings.Contains(r.stdout, "Holder proved            yes") {
				t.Errorf("it prints\n%s", r.stdout)
			}
		})
	}
}

func TestPINAsJSON(t *testing.T) {
	t.Parallel()
	_, reader := insertAnywhere(t, withTries(2))
	r := startWith(t, strings.NewReader("271828\n"), "pin", "--reader", reader, "--typed", "--json", "--trust-test-root", desk.root).end(t)
	r.advises(t, 0, "")
	var said struct {
		Before int               `json:"tries_before"`
		After  int               `json:"tries_after"`
		Proved bool              `json:"holder_proved"`
		Checks map[string]string `json:"checks"`
	}
	if err := json.Unmarshal([]byte(r.stdout), &said); err != nil {
		t.Fatalf("%v in %s", err, r.stdout)
	}
	if said.Before != 2 || said.After != 3 || !said.Proved || said.Checks["person"] != "valid" || said.Checks["chain"] != "test" {
		t.Errorf("%+v", said)
	}
}

// TestPINOnAReaderWithoutKeys: vpcd has none, and no PIN is typed here unasked.
func TestPINOnAReaderWithoutKeys(t *testing.T) {
	t.Parallel()
	v, reader := insertAnywhere(t, an(eidtest.Applet18))
	r := startWith(t, strings.NewReader("271828\n"), "pin", "--reader", reader, "--trust-test-root", desk.root).end(t)
	r.advises(t, 7, "use a reader with a PIN pad, or --typed")
	if v.Tries() != 3 {
		t.Errorf("%d tries left", v.Tries())
	}
}

// TestPINIsNotShown: on a terminal, what is typed does not come back.
func TestPINIsNotShown(t *testing.T) {
	t.Parallel()
	v, reader := insertAnywhere(t, an(eidtest.Applet18))
	p := prepare(t, "pin", "--reader", reader, "--typed", "--trust-test-root", desk.root)
	terminal, theirs, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdin, p.cmd.Stdout = theirs, theirs
	p.begin(t)
	shown := make(chan string, 1)
	go func() {
		var all strings.Builder
		asked := false
		for buf := make([]byte, 256); ; {
			n, err := terminal.Read(buf)
			all.Write(buf[:n])
			if !asked && strings.Contains(all.String(), "PIN: ") {
				asked = true
				_, _ = io.WriteString(terminal, "271828\n") // where it fails the program ends otherwise
			}
			if err != nil {
				shown <- all.String()
				return
			}
		}
	}()
	r := p.end(t)
	if err := theirs.Close(); err != nil {
		t.Error(err)
	}
	r.advises(t, 0, "")
	screen := <-shown
	nothingPersonal(t, v, screen)
	if !strings.Contains(screen, "3 tries left. PIN: ") || !strings.Contains(screen, "Holder proved") {
		t.Errorf("the screen shows\n%s", screen)
	}
	if err := terminal.Close(); err != nil {
		t.Error(err)
	}
}
