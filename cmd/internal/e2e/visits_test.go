package e2e

import (
	"bytes"
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"balie/cmd/internal/desk"
	"balie/kiosk/text"
	"balie/ui/browser"
)

// promise is what the screen told someone at the end.
type promise struct {
	n       int    // who of the crowd
	ticket  string // the number on the screen
	printed string // key of what was said of the paper
	report  bool   // "also report to the department's desk"
}

// visits are twenty visits and what became of them.
type visits struct {
	*rig
	v        *visitor
	texts    *text.Catalog
	random   *rand.Rand
	promises []promise
}

const visitors = 20

func TestTwentyVisitsWithFaultsBetween(t *testing.T) {
	t.Parallel()
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("BALIE_SEED"); given != "" {
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("BALIE_SEED=%d", seed)
	r := newRig(t, visitors, nil)
	s := &visits{rig: r, v: r.visitor(), texts: catalog, random: rand.New(rand.NewPCG(seed, 0))}
	ways := []func(int){s.plain, s.plain, s.noPaper, s.coverOpen, s.portalAway, s.pulledWhileReading, s.cardServiceRestarts, s.daemonRestarts, s.printerUnplugged, s.killedWhileSaving}
	order := s.random.Perm(visitors)
	for n := range visitors {
		ways[order[n]%len(ways)](n)
	}
	s.delivered()
	s.compare()
	s.noSecrets()
}

var ticketNumber = regexp.MustCompile(`\bK1-\d{3}\b`)

// checkIn takes someone from the card to the last screen, and notes what it says.
func (s *visits) checkIn(n int) {
	s.t.Helper()
	s.insert(desk.CrowdCard(n))
	seen := s.v.sees("confirm")
	if !strings.Contains(seen.Text, desk.CrowdName(n)) {
		s.t.Fatalf("visitor %d is not greeted by name", n)
	}
	s.v.presses("confirm")
	s.finish(n)
}

// finish notes what the last screen says, and takes the card out.
func (s *visits) finish(n int) {
	s.t.Helper()
	seen := s.v.sees("done")
	p := promise{n: n, ticket: ticketNumber.FindString(seen.Text), report: s.shows(seen, "screen.done.report")}
	for _, key := range []string{"ticket-printed", "ticket-none", "ticket-doubtful"} {
		if s.shows(seen, "printed."+key) {
			p.printed = key
		}
	}
	if p.ticket == "" || p.printed == "" {
		s.t.Fatalf("the last screen of visitor %d has no number or no word of the ticket", n)
	}
	s.promises = append(s.promises, p)
	s.pull()
}

func (s *visits) shows(seen browser.Seen, key string) bool {
	return strings.Contains(seen.Text, s.texts.Get("nl", key))
}

func (s *visits) plain(n int) {
	s.checkIn(n)
	if last := s.promises[len(s.promises)-1]; last.printed != "ticket-printed" || last.report {
		s.t.Errorf("visitor %d: with all well the screen says %+v", n, last)
	}
}

func (s *visits) noPaper(n int) { s.withPrinter(n, "paper-end") }

func (s *visits) coverOpen(n int) { s.withPrinter(n, "cover-open") }

func (s *visits) printerUnplugged(n int) { s.withPrinter(n, "unplugged") }

// withPrinter is a visit at a printer that cannot print, which is mended after.
func (s *visits) withPrinter(n int, fault string) {
	s.must(s.PrinterFault(s.t.Context(), fault, true))
	s.checkIn(n)
	s.must(s.PrinterFault(s.t.Context(), fault, false))
	if last := s.promises[len(s.promises)-1]; last.printed != "ticket-none" {
		s.t.Errorf("visitor %d: with %s the screen says %+v", n, fault, last)
	}
	s.until("the printer is ready again", func(ctx context.Context) bool {
		status, err := s.Control().Status(ctx)
		return err == nil && status.Printer.Ready
	})
}

// portalAway is a visit in which the portal goes before the confirmation.
func (s *visits) portalAway(n int) {
	s.insert(desk.CrowdCard(n))
	s.v.sees("confirm")
	s.must(s.PortalDown(s.t.Context(), true))
	s.v.presses("confirm")
	s.finish(n)
	s.must(s.PortalDown(s.t.Context(), false))
	s.delivered() // the portal had asked to be left alone for a while
	if last := s.promises[len(s.promises)-1]; !last.report {
		s.t.Errorf("visitor %d: with the portal away the screen does not send to the desk", n)
	}
}

// pulledWhileReading is a card that is out too early, and then put in again.
func (s *visits) pulledWhileReading(n int) {
	s.must(s.CardFault(s.t.Context(), desk.CrowdCard(n), map[string]any{"pull_at": 3 + s.random.IntN(10)}))
	s.insert(desk.CrowdCard(n))
	s.v.sees("notice:card-removed")
	s.must(s.CardFault(s.t.Context(), desk.CrowdCard(n), map[string]any{}))
	s.plain(n)
}

func (s *visits) cardServiceRestarts(n int) {
	s.must(s.CardService(s.t.Context(), "kill"))
	s.v.sees("closed")
	s.must(s.CardService(s.t.Context(), "restart"))
	s.v.sees("welcome")
	s.plain(n)
}

func (s *visits) daemonRestarts(n int) {
	s.must(s.Stop("kioskd"))
	s.must(s.StartDaemon(s.t.Context()))
	s.v.sees("welcome")
	s.plain(n)
}

// killedWhileSaving is the power cut in the middle of the promise: whoever stood
// there puts the card in again, and is in once.
func (s *visits) killedWhileSaving(n int) {
	s.insert(desk.CrowdCard(n))
	s.v.sees("confirm")
	saving := s.logs("kioskd", "screen=saving")
	s.v.presses("confirm")
	s.waits("the check-in is being saved", saving)
	s.must(s.Kill("kioskd"))
	s.pullUnseen()
	s.must(s.StartDaemon(s.t.Context()))
	s.v.sees("welcome")
	s.delivered()
	s.checkIn(n)
}

// compare holds what the screens promised against paper, queue and portal.
func (s *visits) compare() {
	papers, err := s.Papers(s.t.Context())
	s.must(err)
	checkIns, err := s.CheckIns(s.t.Context())
	s.must(err)
	queue, err := s.Control().Queue(s.t.Context(), 1000)
	s.must(err)
	printed := map[string]int{}
	for _, p := range papers {
		if number := ticketNumber.FindString(p.Text); number != "" && p.Cut {
			printed[number]++
		}
	}
	for _, p := range s.promises {
		s.atPortal(p, checkIns)
		if want := map[string]int{"ticket-printed": 1}[p.printed]; p.printed != "ticket-doubtful" && printed[p.ticket] != want {
			s.t.Errorf("visitor %d was told %s, and %d papers have the number %s", p.n, p.printed, printed[p.ticket], p.ticket)
		}
		delete(printed, p.ticket)
	}
	if len(s.promises) != visitors {
		s.t.Errorf("%d promises for %d visitors", len(s.promises), visitors)
	}
	for _, a := range queue {
		at := slices.IndexFunc(checkIns, func(c desk.CheckIn) bool { return c.Action == a.ID.String() && c.Counter == a.Counter })
		if a.State != "acknowledged" || at < 0 {
			s.t.Errorf("action %s is %s in the queue, and at place %d at the portal", a.ID, a.State, at)
		}
	}
	if len(queue) != len(checkIns) {
		s.t.Errorf("%d actions in the queue, %d at the portal", len(queue), len(checkIns))
	}
}

// atPortal holds one promise against what the portal has: the person is in once,
// under the number that screen and ticket say.
func (s *visits) atPortal(p promise, all []desk.CheckIn) {
	var accepted []desk.CheckIn
	for _, c := range all {
		if c.Appointment == desk.CrowdAppointment(p.n) && c.Outcome == "accepted" {
			accepted = append(accepted, c)
		}
	}
	if len(accepted) != 1 || accepted[0].Ticket != p.ticket || !accepted[0].Test || accepted[0].Kiosk != "K1" {
		s.t.Errorf("visitor %d was promised %s; the portal has %+v", p.n, p.ticket, accepted)
	}
}

// noSecrets looks for names and numbers in all that was logged, and in all that the
// daemon keeps.
func (s *visits) noSecrets() {
	canaries := []string{"Bezoeker", "Bondgenotenlaan", "Gastab", "Gastaa"}
	for n := range visitors {
		canaries = append(canaries, desk.CrowdNumber(n))
	}
	for _, line := range s.all() {
		for _, c := range canaries {
			if strings.Contains(line, c) {
				s.t.Errorf("the log tells %q: %s", c, line)
			}
		}
	}
	for _, folder := range []string{"kioskd", "run", "enrolled"} {
		err := filepath.WalkDir(filepath.Join(s.dir, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			for _, c := range canaries {
				if bytes.Contains(content, []byte(c)) {
					s.t.Errorf("%s holds %q", path, c)
				}
			}
			return err
		})
		s.must(err)
	}
}
