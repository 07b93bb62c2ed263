package courier_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/sync/courier"
	"balie/sync/outbox"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/seal"
)

const (
	kiosk  = "K1"
	canary = "85073003328"
)

// double is a portal in memory. It takes an action once, as the API says, and
// keeps what it saw to be judged. What it answers is up to handle and self.
type double struct {
	mu      sync.Mutex
	bodies  map[uuid.UUID][]byte // first seen under an id
	effects []api.Action         // taken, in that order
	batches []batch              // as they came
	selves  int
	faults  []string // what no portal may see

	// handle answers a batch; nil takes all of it. It runs with mu held.
	handle func(d *double, actions []api.Action) ([]api.ActionResult, error)
	self   func() (portal.Self, error)
}

type batch struct {
	at  time.Time
	ids []uuid.UUID
}

func (d *double) Send(_ context.Context, actions []api.Action) ([]api.ActionResult, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := batch{at: time.Now()}
	for _, a := range actions {
		b.ids = append(b.ids, a.Id)
		if before, seen := d.bodies[a.Id]; seen && !bytes.Equal(before, a.Sealed) {
			d.faults = append(d.faults, fmt.Sprintf("action %d came with other bytes", a.Counter))
		}
		d.bodies[a.Id] = a.Sealed
	}
	d.batches = append(d.batches, b)
	if len(actions) == 0 || len(actions) > 100 {
		d.faults = append(d.faults, fmt.Sprintf("%d actions in a batch", len(actions)))
	}
	if d.handle == nil {
		return d.takeAll(actions), nil
	}
	return d.handle(d, actions)
}

// take takes an action, or knows it already.
func (d *double) take(a api.Action) api.ActionResult {
	for _, e := range d.effects {
		if e.Id == a.Id {
			return api.ActionResult{Id: a.Id, Status: api.Duplicate}
		}
	}
	d.effects = append(d.effects, a)
	return api.ActionResult{Id: a.Id, Status: api.Accepted}
}

func (d *double) takeAll(actions []api.Action) (results []api.ActionResult) {
	for _, a := range actions {
		results = append(results, d.take(a))
	}
	return results
}

func (d *double) Self(context.Context) (portal.Self, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.selves++
	return d.self()
}

// answer changes what the portal answers from now on.
func (d *double) answer(handle func(*double, []api.Action) ([]api.ActionResult, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handle = handle
}

func (d *double) answerSelf(self func() (portal.Self, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.self = self
}

// seen gives the batches so far.
func (d *double) seen() []batch {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]batch(nil), d.batches...)
}

func (d *double) taken() (ids []uuid.UUID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.effects {
		ids = append(ids, e.Id)
	}
	return ids
}

// away is a portal that cannot be reached, no one can tell before or after it did
// something.
var errAway = fmt.Errorf("sending actions: %w: no answer", portal.ErrAway)

func away(*double, []api.Action) ([]api.ActionResult, error) { return nil, errAway }

// says makes an answer of an error.
func says(status int, code string, after time.Duration) func(*double, []api.Action) ([]api.ActionResult, error) {
	return func(*double, []api.Action) ([]api.ActionResult, error) {
		return nil, fmt.Errorf("sending actions: %w", &portal.Error{Status: status, Code: code, RetryAfter: after})
	}
}

// each answers every action by itself.
func each(answer func(d *double, a api.Action) api.ActionResult) func(*double, []api.Action) ([]api.ActionResult, error) {
	return func(d *double, actions []api.Action) (results []api.ActionResult, err error) {
		for _, a := range actions {
			results = append(results, answer(d, a))
		}
		return results, nil
	}
}

// booth is a kiosk's side: a real outbox with a courier, and the portal double.
type booth struct {
	t      testing.TB
	path   string
	o      outbox.Options
	root   ed25519.PrivateKey
	ring   *seal.Ring
	opener *seal.Opener
	portal *double
	jitter func(time.Duration) time.Duration

	*outbox.Outbox
	courier *courier.Courier
	stop    func()
}

// keySet signs keys as the portal does.
func keySet(root ed25519.PrivateKey, serial uint64, keys ...seal.Key) seal.Signed {
	s, err := seal.Sign(root, seal.Keys{Serial: serial, Keys: keys})
	if err != nil {
		panic(err) // of encoding/json, for a struct that it can encode
	}
	return s
}

func newBooth(t testing.TB, dir string) *booth {
	t.Helper()
	public, root, err := ed25519.GenerateKey(nil)
	must(t, err)
	opener, err := seal.NewOpener("k1")
	must(t, err)
	first := keySet(root, 1, opener.Key())
	ring, err := seal.OpenRing(filepath.Join(dir, "keys.json"), public, first)
	must(t, err)
	b := &booth{
		t: t, path: filepath.Join(dir, "outbox.db"), root: root, ring: ring, opener: opener,
		o:      outbox.Options{Kiosk: kiosk, Keys: ring, MACKey: bytes.Repeat([]byte{7}, 32)},
		portal: &double{bodies: map[uuid.UUID][]byte{}, self: func() (portal.Self, error) { return portal.Self{Kiosk: kiosk, Keys: first}, nil }},
		jitter: func(limit time.Duration) time.Duration { return limit },
	}
	b.open()
	return b
}

// open opens the outbox; start has the courier run on it.
func (b *booth) open() {
	b.t.Helper()
	box, err := outbox.Open(context.Background(), b.path, b.o)
	must(b.t, err)
	b.Outbox = box
	b.courier = courier.New(courier.Options{Kiosk: kiosk, Queue: box, Portal: b.portal, Keys: b.ring, Jitter: b.jitter})
}

func (b *booth) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- b.courier.Run(ctx) }()
	b.stop = func() {
		b.t.Helper()
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("Run: %v", err)
		}
		b.stop = nil
	}
}

// close ends the courier if it runs, and closes the outbox.
func (b *booth) close() {
	b.t.Helper()
	if b.stop != nil {
		b.stop()
	}
	must(b.t, b.Close())
}

// add appends an action; of the same key, they are in order.
func (b *booth) add(key string, priority int) uuid.UUID {
	b.t.Helper()
	id := uuid.Must(uuid.NewV7())
	_, err := b.Append(context.Background(), outbox.Action{
		ID: id, Type: "check-in", OrderKey: key, Priority: priority, OccurredAt: time.Now(),
		Body: func(uint64) ([]byte, error) { return []byte(`{"nn":"` + canary + `"}`), nil },
	})
	must(b.t, err)
	return id
}

func (b *booth) state() courier.State {
	b.t.Helper()
	s, err := b.courier.State(context.Background())
	must(b.t, err)
	return s
}

func (b *booth) show(id uuid.UUID) outbox.Row {
	b.t.Helper()
	row, err := b.Show(context.Background(), id)
	must(b.t, err)
	return row
}

// opens fails unless the portal can open what it took.
func (b *booth) opens() {
	b.t.Helper()
	for _, a := range b.portal.effects {
		plain, err := b.opener.Open(seal.Context{Kiosk: kiosk, Action: a.Id.String(), Counter: a.Counter, Type: a.Type}, a.Sealed)
		if err != nil || !bytes.Contains(plain, []byte(canary)) {
			b.t.Errorf("action %d does not open: %v", a.Counter, err)
		}
	}
	if len(b.portal.faults) > 0 {
		b.t.Errorf("the portal saw: %v", b.portal.faults)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var errQueue = errors.New("the disk is gone")
