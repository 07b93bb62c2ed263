package e2e

import (
	"testing"

	"balie/cmd/internal/desk"
)

// moment is a line in a log, and who writes it: the daemon is killed when it comes.
type moment struct{ name, part, line string }

// TestKilledAtEveryStep kills the daemon at each step of a visit, as a power cut
// would. What the screen had promised is kept; where it had promised nothing, the
// person puts the card in again, and is in once.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	moments := []moment{
		{"card noticed", "kioskd", "card inserted"},
		{"reading", "kioskd", "screen=reading"},
		{"read", "kioskd", "msg=\"card read\""},
		{"fetching", "kioskd", "screen=fetching"},
		{"asked for appointments", "portald", "/v1/appointments/lookup"},
		{"to confirm", "kioskd", "screen=confirm"},
		{"saving", "kioskd", "screen=saving"},
		{"at the portal", "portald", "POST /v1/actions"},
		{"printing", "kioskd", "screen=printing"},
		{"printed", "kioskd", "job ended"},
		{"thanked", "kioskd", "screen=done"},
	}
	r := newRig(t, len(moments), nil)
	v := r.visitor()
	for n, m := range moments {
		t.Run(m.name, func(t *testing.T) {
			came := r.logs(m.part, m.line)
			r.insert(desk.CrowdCard(n))
			if n >= 6 {
				v.sees("confirm")
				v.presses("confirm")
			}
			r.waits(m.name, came)
			r.must(r.Kill("kioskd"))
			r.pullUnseen()
			r.must(r.StartDaemon(t.Context()))
			v.sees("welcome")
			r.delivered()
			again(t, r, v, n)
		})
	}
}

// again has someone put the card in once more, and holds that they are in once, under
// the number that the last screen says.
func again(t *testing.T, r *rig, v *visitor, n int) {
	t.Helper()
	r.insert(desk.CrowdCard(n))
	v.sees("confirm")
	v.presses("confirm")
	seen := v.sees("done")
	r.pull()
	r.delivered()
	list, err := r.CheckIns(t.Context())
	r.must(err)
	in := 0
	for _, c := range list {
		if c.Appointment == desk.CrowdAppointment(n) && c.Outcome == "accepted" {
			in++
			if number := ticketNumber.FindString(seen.Text); number != c.Ticket {
				t.Errorf("the screen says %s, the portal %s", number, c.Ticket)
			}
		}
	}
	if in != 1 {
		t.Errorf("the portal has the check-in %d times", in)
	}
}
