package e2e

import (
	"strings"
	"testing"

	"balie/cmd/internal/config"
)

// pin is that of every card of the tray; wrong is one of twelve digits, which cannot be
// in a log by chance.
const (
	pin   = "1234"
	wrong = "987650412369"
)

// TestTheHolderSeesAllAppointments: by a PIN typed on the screen, on the real programs,
// and then checks in; a wrong PIN, a child and a portal that is away have their own
// sentence and go back; and nowhere is what was typed.
func TestTheHolderSeesAllAppointments(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0, func(c *config.Config) { c.Cards.PIN = "screen" })
	v := r.visitor()
	v.sees("welcome")
	r.insert("an")
	v.sees("choose")

	v.presses("later")
	v.sees("pin")
	r.must(v.Type(wrong))
	v.presses("pin")
	if seen := v.sees("notice:pin-wrong"); !strings.Contains(seen.Text, "2") {
		t.Errorf("after a wrong PIN it says\n%s", seen.Text)
	}
	v.presses("later")
	v.sees("pin")
	r.must(v.Type(pin))
	v.presses("pin")
	if seen := v.sees("later"); !strings.Contains(seen.Text, "Bloedafname 1002") || !strings.Contains(seen.Text, "Raadpleging 4614") {
		t.Errorf("the later ones are\n%s", seen.Text)
	}

	r.must(r.PortalDown(t.Context(), true))
	v.presses("back")
	v.sees("choose")
	v.presses("later") // nobody types a PIN for a portal that is away
	if seen := v.sees("notice:later-away"); !strings.Contains(seen.Text, "016") {
		t.Errorf("with the portal away it says\n%s", seen.Text)
	}
	r.must(r.PortalDown(t.Context(), false))
	v.presses("back")
	v.sees("choose")
	r.must(v.Press("choose", "0"))
	v.sees("confirm")
	v.presses("confirm")
	v.sees("done")
	r.pull()
	v.sees("welcome")

	r.insert("lucas")
	v.sees("confirm")
	v.presses("later")
	v.sees("notice:under-15")
	r.pull()
	for _, line := range r.all() {
		if strings.Contains(line, wrong) {
			t.Errorf("what was typed is in the log: %s", line)
		}
	}
}
