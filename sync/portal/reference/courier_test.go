package reference_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"balie/sync/courier"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/reference"
	"balie/sync/seal"
)

// act is one thing that happens in a life of two booths and a portal.
type act struct {
	kind        string // "add", "spoil", "restart booth", "restart portal", "stop", "resume"
	booth       int
	appointment int
}

// life is drawn before anything runs.
type life struct {
	acts   []act
	faults []string // of the wire, one for each batch; then it is well
	seed   uint64
}

const visits = 4 // appointments, of as many people

func draw(t *rapid.T) life {
	acts := rapid.Custom(func(t *rapid.T) act {
		return act{
			kind:        rapid.SampledFrom([]string{"add", "add", "add", "add", "add", "spoil", "restart booth", "restart portal", "stop", "resume"}).Draw(t, "kind"),
			booth:       rapid.IntRange(0, 1).Draw(t, "booth"),
			appointment: rapid.IntRange(0, visits-1).Draw(t, "appointment"),
		}
	})
	return life{
		acts:   rapid.SliceOfN(acts, 1, 20).Draw(t, "acts"),
		faults: rapid.SliceOfN(rapid.SampledFrom([]string{"", "", "lost before", "lost after", "lost after", "500", "half sent"}), 0, 20).Draw(t, "faults"),
		seed:   rapid.Uint64().Draw(t, "seed"),
	}
}

// wire stands between booths and portal, and loses what is said on it.
type wire struct {
	next http.Handler

	mu     sync.Mutex // guards faults
	faults []string
}

func (w *wire) fault(r *http.Request) (fault string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.URL.Path == "/v1/actions" && len(w.faults) > 0 {
		fault, w.faults = w.faults[0], w.faults[1:]
	}
	return fault
}

func (w *wire) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = nil
}

func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	recorder := httptest.NewRecorder()
	switch w.fault(r) {
	case "lost before":
		hangUp(out)
	case "lost after":
		w.next.ServeHTTP(recorder, r)
		hangUp(out)
	case "half sent":
		w.next.ServeHTTP(recorder, r)
		out.Header().Set("Content-Type", "application/json")
		_, _ = out.Write(recorder.Body.Bytes()[:recorder.Body.Len()/2])
	case "500":
		out.WriteHeader(http.StatusInternalServerError)
	default:
		w.next.ServeHTTP(out, r)
	}
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// booth is a kiosk with a real outbox and a real courier.
type booth struct {
	t      *testing.T
	r      *rig
	id     string
	path   string
	ring   *seal.Ring
	client *portal.Client
	box    *outbox.Outbox
	end    func()
}

func newBooth(t *testing.T, r *rig, url, id string) *booth {
	t.Helper()
	dir := t.TempDir()
	signed, err := r.secrets.SignedKeys()
	must(t, err)
	ring, err := seal.OpenRing(filepath.Join(dir, "keys.json"), r.secrets.Root(), signed)
	must(t, err)
	client, err := r.identify(url, id).Client()
	must(t, err)
	b := &booth{t: t, r: r, id: id, path: filepath.Join(dir, "outbox.db"), ring: ring, client: client}
	b.start()
	return b
}

func (b *booth) start() {
	b.t.Helper()
	box, err := outbox.Open(context.Background(), b.path, outbox.Options{Kiosk: b.id, Keys: b.ring, MACKey: bytes.Repeat([]byte{7}, 32)})
	must(b.t, err)
	carrier := courier.New(courier.Options{
		Kiosk: b.id, Queue: box, Portal: b.client, Keys: b.ring, Jitter: func(time.Duration) time.Duration { return time.Millisecond },
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- carrier.Run(ctx) }()
	b.box = box
	b.end = func() {
		b.t.Helper()
		cancel()
		must(b.t, errors.Join(<-done, box.Close()))
	}
}

// add has someone check in.
func (b *booth) add(appointment string, who string) uuid.UUID {
	b.t.Helper()
	id := uuid.Must(uuid.NewV7())
	_, err := b.box.Append(context.Background(), outbox.Action{
		ID: id, Type: portal.TypeCheckIn, OrderKey: "o" + appointment, OccurredAt: b.r.now(), Body: func(counter uint64) ([]byte, error) {
			return portal.CheckIn{
				Appointment: appointment, Ticket: fmt.Sprintf("T%d", counter), Proof: card(who, "good"), Document: "1", ReadAt: b.r.now(),
			}.Body()
		},
	})
	must(b.t, err)
	return id
}

// play plays a life out, lets all that was done arrive, and tells what is not as it
// should be.
func (l life) play(t *testing.T, r *rig, number int) error {
	w := &wire{next: http.HandlerFunc(r.serve), faults: l.faults}
	front := r.secure(w)
	who := func(n int) string { return fmt.Sprintf("%d-%d", number, n) }
	for n := range visits {
		r.admit(who(n), who(n))
	}
	var booths []*booth
	for i := range 2 {
		b := newBooth(t, r, front, fmt.Sprintf("K%d-%d", number, i))
		defer b.client.Close()
		booths = append(booths, b)
	}
	random := rand.New(rand.NewPCG(l.seed, 1))
	done, spoiled := map[uuid.UUID]string{}, map[uuid.UUID]bool{}
	for _, a := range l.acts {
		b := booths[a.booth]
		switch a.kind {
		case "add":
			done[b.add(who(a.appointment), who(a.appointment))] = who(a.appointment)
		case "spoil": // at another's appointment
			id := b.add(who(a.appointment), who((a.appointment+1+random.IntN(visits-1))%visits))
			done[id], spoiled[id] = "", true
		case "restart booth":
			b.end()
			b.start()
		case "restart portal":
			r.restart()
		case "stop", "resume":
			must(t, r.store.Stop(t.Context(), b.id, a.kind == "stop"))
		}
	}
	w.heal()
	var errs []error
	for _, b := range booths {
		must(t, r.store.Stop(t.Context(), b.id, false))
		b.end() // a courier that was stopped asks again only after minutes
		b.start()
		errs = append(errs, b.arrived(done, spoiled))
		b.end()
	}
	return errors.Join(append(errs, once(r.checkIns(), done, spoiled))...)
}

// arrived waits until all of a booth's actions are settled.
func (b *booth) arrived(done map[uuid.UUID]string, spoiled map[uuid.UUID]bool) error {
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	for id := range done {
		if _, err := b.box.Show(ctx, id); errors.Is(err, outbox.ErrUnknown) {
			continue // of the other booth
		}
		if err := b.box.Wait(ctx, id); errors.Is(err, outbox.ErrParked) != spoiled[id] || err != nil && !spoiled[id] {
			return fmt.Errorf("at the booth, spoiled %v: %w", spoiled[id], err)
		}
	}
	return nil
}

// once tells where the portal does not have each action once, with one check-in for
// each appointment.
func once(seen []reference.CheckIn, done map[uuid.UUID]string, spoiled map[uuid.UUID]bool) error {
	found, first, asked := map[string]string{}, map[string]int{}, map[string]bool{}
	for _, c := range seen {
		id, err := uuid.Parse(c.Action)
		appointment, ours := done[id]
		if err != nil || !ours {
			continue // of another life
		}
		if _, twice := found[c.Action]; twice || c.Appointment != appointment || (c.Outcome == "not-theirs") != spoiled[id] {
			return fmt.Errorf("action %s: %+v", c.Action, c)
		}
		found[c.Action] = c.Outcome
		if asked[appointment] = true; c.Outcome == "accepted" {
			first[appointment]++
		}
	}
	if len(found) != len(done) {
		return fmt.Errorf("%d done, %d arrived", len(done), len(found))
	}
	for appointment := range asked {
		if appointment != "" && first[appointment] != 1 {
			return fmt.Errorf("appointment %s was checked in %d times", appointment, first[appointment])
		}
	}
	return nil
}

// Whatever is lost between two booths and the portal, and whichever of them restarts:
// each action is there once and each appointment is checked in once.
func TestEveryActionArrivesOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		number := 0
		rapid.Check(t, func(rt *rapid.T) {
			number++
			if err := draw(rt).play(t, r, number); err != nil {
				rt.Fatal(err)
			}
		})
		told := r.told()
		for _, canary := range []string{name, "1-0 " + name} {
			if bytes.Contains([]byte(told), []byte(canary)) {
				t.Errorf("%q is told", canary)
			}
		}
	})
}

// The property must be able to fail.
func TestThePropertyCanFail(t *testing.T) {
	one, two := uuid.New(), uuid.New()
	done := map[uuid.UUID]string{one: "a", two: "a"}
	line := func(id uuid.UUID, outcome string) reference.CheckIn {
		return reference.CheckIn{Action: id.String(), Appointment: "a", Outcome: outcome}
	}
	for name, seen := range map[string][]reference.CheckIn{
		"one is lost":         {line(one, "accepted")},
		"one came twice":      {line(one, "accepted"), line(one, "accepted"), line(two, "already-checked-in")},
		"both checked in":     {line(one, "accepted"), line(two, "accepted")},
		"neither":             {line(one, "already-checked-in"), line(two, "already-checked-in")},
		"one was not refused": {line(one, "accepted"), line(two, "not-theirs")},
	} {
		if once(seen, done, nil) == nil {
			t.Errorf("%s, and that was well", name)
		}
	}
	if err := once([]reference.CheckIn{line(one, "accepted"), line(two, "already-checked-in")}, done, nil); err != nil {
		t.Error(err)
	}
}
