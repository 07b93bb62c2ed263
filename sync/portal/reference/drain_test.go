package reference_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/internal/secret"
	"balie/sync/courier"
	"balie/sync/identity"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
	"balie/sync/seal"
)

var full = flag.Bool("full", false, "take the figures, and hold them against what is asked: make bench-sync")

// envDrain makes this test binary a booth that brings a queue to a portal and ends;
// it is a booth as JSON.
const envDrain = "BALIE_TEST_DRAIN"

// drained is a booth as that child is told of it, and what it says.
type drained struct {
	Folder, URL string
	Root        []byte
	Keys        seal.Signed
	Last        uuid.UUID // of its actions that it brings

	Took time.Duration
	Peak int // of its memory, in KiB
}

const drainKiosk = "K1"

func (d *drained) identity() identity.Options {
	return keptIn(filepath.Join(d.Folder, "portal"), d.URL)
}

func (d *drained) open() (*outbox.Outbox, *seal.Ring, error) {
	ring, err := seal.OpenRing(filepath.Join(d.Folder, "keys.json"), d.Root, d.Keys)
	if err != nil {
		return nil, nil, err
	}
	box, err := outbox.Open(context.Background(), filepath.Join(d.Folder, "queue.db"), outbox.Options{
		Kiosk: drainKiosk, Keys: ring, MACKey: bytes.Repeat([]byte{7}, 32), MaxBytes: 4 << 30,
	})
	return box, ring, err
}

// drainQueue is the child: a booth's queue and courier, and nothing else.
func drainQueue(told string) error {
	var d drained
	if err := json.Unmarshal([]byte(told), &d); err != nil {
		return err
	}
	box, ring, err := d.open()
	if err != nil {
		return err
	}
	who, err := identity.Open(d.identity())
	if err != nil {
		return err
	}
	client, err := who.Client()
	if err != nil {
		return err
	}
	carrier := courier.New(courier.Options{Kiosk: drainKiosk, Queue: box, Portal: client, Keys: ring})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- carrier.Run(ctx) }()
	err = carrier.Delivered(ctx, d.Last)
	d.Took = time.Since(began)
	cancel()
	stats, other := box.Stats(context.Background())
	if err = errors.Join(err, other, <-ended, box.Close()); err != nil || stats.Parked > 0 {
		return fmt.Errorf("%+v, %w", stats, err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	if d.Peak, err = strconv.Atoi(string(regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)[1])); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(d)
}

// TestFigureDrain brings a backlog of check-ins to a portal on PostgreSQL, and sets
// beside it the least that it could take: a loop that opens each and runs the same
// SQL, with no queue, no wire, no check of what came. Cards are judged in words: what
// a real card takes to verify is in neither. The two take turns, a part of the backlog
// each, so that the machine is the same for both.
func TestFigureDrain(t *testing.T) {
	n, rounds := 400, 2
	if *full {
		n, rounds = 100_000, 20
	}
	r, other := newDrainPortal(t, n), newDrainPortal(t, n)
	d, ids := r.backlog(t, n)
	actions := r.read(t, d, n)
	bare := other.bareLoop(t, r.dir)
	d.URL = secure(t, r.secrets, r.portal.Handler())
	identify(t, d.identity(), r.invite(t))
	var took, least time.Duration
	peak := 0
	for part := range rounds {
		from, to := part*n/rounds, (part+1)*n/rounds
		least += bare.run(actions[from:to])
		d.Last = ids[to-1]
		done := d.bring(t)
		took, peak = took+done.Took, max(peak, done.Peak)
	}
	ratio := least.Seconds() / took.Seconds()
	t.Logf("%d check-ins in %v: %.0f a second, %.2f of a bare loop's %.0f; the booth's memory at most %d MiB", n, took.Round(time.Millisecond),
		float64(n)/took.Seconds(), ratio, float64(n)/least.Seconds(), peak>>10)
	if *full && peak > 64<<10 { // the race detector has memory of its own
		t.Errorf("the booth took %d KiB", peak)
	}
	if *full && ratio < 0.5 {
		t.Errorf("%.2f of a bare loop is less than half", ratio)
	}
	if got := r.count(t, "SELECT count(*) FROM actions WHERE accepted AND code = ''"); got != n {
		t.Errorf("%d of %d check-ins had their effect", got, n)
	}
	if got := other.count(t, "SELECT count(*) FROM actions"); got != n {
		t.Errorf("the bare loop put in %d of %d", got, n)
	}
}

// bring runs a booth until the last of its actions is at the portal.
func (d drained) bring(t *testing.T) (done drained) {
	t.Helper()
	told, err := json.Marshal(d)
	must(t, err)
	child := exec.Command(os.Args[0])
	child.Env, child.Stderr = append(os.Environ(), envDrain+"="+string(told)), os.Stderr
	said, err := child.Output()
	must(t, err)
	must(t, json.Unmarshal(said, &done))
	return done
}

// drainPortal is a portal on PostgreSQL with an appointment for each check-in.
type drainPortal struct {
	dir, url string
	secrets  reference.Secrets
	store    *reference.Store
	portal   *reference.Server
	now      time.Time
}

// drainPeople is how many people come, again and again.
const drainPeople = 100

func newDrainPortal(t *testing.T, n int) *drainPortal {
	t.Helper()
	r := &drainPortal{dir: t.TempDir(), url: server.url(server.create(t)), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	var err error
	r.secrets, err = reference.OpenSecrets(r.dir)
	must(t, err)
	r.store, err = reference.OpenStore(t.Context(), r.url)
	must(t, err)
	t.Cleanup(func() { _ = r.store.Close() })
	must(t, r.store.Own(t.Context(), r.secrets))
	r.portal, err = reference.New(reference.Options{
		Store: r.store, Secrets: r.secrets, Verifier: words{}, Test: true, Now: func() time.Time { return r.now },
	})
	must(t, err)
	var people []reference.Patient
	var visits []reference.Visit
	for i := range drainPeople {
		people = append(people, reference.Patient{Number: secret.NewText(strconv.Itoa(i))})
		visits = append(visits, reference.Visit{Patient: people[i], Appointment: api.Appointment{Id: fmt.Sprint(i), Start: r.now, End: r.now, Label: "x"}})
	}
	must(t, r.portal.Admit(t.Context(), people, visits))
	r.exec(t, `INSERT INTO appointments (id, subject, day, starts, ends, label, place, route, route_url, phone, campus, video)
		SELECT id || '-' || n, subject, day, starts, ends, label, place, route, route_url, phone, campus, video
		FROM appointments, generate_series(0, `+strconv.Itoa(n/drainPeople)+`) n`)
	r.exec(t, "ANALYZE")
	return r
}

func (r *drainPortal) database(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", r.url)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (r *drainPortal) exec(t *testing.T, statement string) {
	t.Helper()
	_, err := r.database(t).Exec(statement)
	must(t, err)
}

func (r *drainPortal) count(t *testing.T, query string) (n int) {
	t.Helper()
	must(t, r.database(t).QueryRow(query).Scan(&n))
	return n
}

// invite lets the kiosk in.
func (r *drainPortal) invite(t *testing.T) portal.Token {
	t.Helper()
	token, err := r.store.Invite(t.Context(), r.secrets, reference.Invitation{Kiosk: drainKiosk, Name: drainKiosk, Until: r.now.Add(time.Hour)})
	must(t, err)
	return token
}

// backlog fills a queue as a booth does.
func (r *drainPortal) backlog(t *testing.T, n int) (d drained, ids []uuid.UUID) {
	t.Helper()
	signed, err := r.secrets.SignedKeys()
	must(t, err)
	d = drained{Folder: t.TempDir(), Root: r.secrets.Root(), Keys: signed}
	box, _, err := d.open()
	must(t, err)
	for i := range n {
		ids = append(ids, uuid.Must(uuid.NewV7()))
		who := i % drainPeople
		proof := card(strconv.Itoa(who), "good")
		proof.RRN, proof.Root, proof.PublicKey = make([]byte, 1000), make([]byte, 1000), make([]byte, 100)
		_, err := box.Append(t.Context(), outbox.Action{ID: ids[i], Type: portal.TypeCheckIn, OccurredAt: r.now, Body: func(uint64) ([]byte, error) {
			return portal.CheckIn{Appointment: fmt.Sprintf("%d-%d", who, i/drainPeople), Ticket: "A001", Proof: proof, Document: "1", ReadAt: r.now}.Body()
		}})
		must(t, err)
	}
	must(t, box.Close())
	return d, ids
}

// read gives what is in a queue.
func (r *drainPortal) read(t *testing.T, d drained, n int) (actions []api.Action) {
	t.Helper()
	box, _, err := d.open()
	must(t, err)
	list, err := box.Next(t.Context(), n)
	must(t, errors.Join(err, box.Close()))
	for _, s := range list {
		actions = append(actions, api.Action{Id: s.ID, Counter: s.Counter, Type: s.Type, OccurredAt: s.OccurredAt, KeyId: s.KeyID, Sealed: s.Body})
	}
	return actions
}
