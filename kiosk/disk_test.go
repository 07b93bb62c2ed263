package kiosk_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"balie/internal/durable/durabletest"
	"balie/kiosk"
	"balie/sync/outbox"
	"balie/sync/seal"
)

var (
	faultStep = flag.Int("fault-step", 4, "only each so-manieth change of a visit meets a fault; 1: each")
	faultSeed = flag.Uint64("fault-seed", 0, "repeats a run that printed it; 0 draws one")
)

func TestMain(m *testing.M) {
	durabletest.Main()
	os.Exit(m.Run())
}

// diskBooth is a booth with a real queue on a disk that can fail, and a portal that
// does each action once.
type diskBooth struct {
	t    *testing.T
	disk *durabletest.Disk
	keys sealing
	box  *outbox.Outbox

	of       map[uuid.UUID]string // appointment of each that was to be kept
	promised map[uuid.UUID]bool   // that the screen thanked for
	taken    map[uuid.UUID]bool   // by the portal
	effects  map[string]int       // check-ins of each appointment there
}

// sealing is the portal's key.
type sealing struct{ *seal.Opener }

func (s sealing) Current() seal.Key { return s.Key() }

// fresh begins with an empty disk, and everything well.
func (d *diskBooth) fresh() {
	d.t.Helper()
	d.disk.FailAt(d.t, 0, 0, 0)
	files, err := filepath.Glob(d.disk.Path("*"))
	for _, file := range files {
		err = errors.Join(err, os.Remove(file))
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.of, d.promised, d.taken, d.effects = map[uuid.UUID]string{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[string]int{}
	d.open()
}

func (d *diskBooth) open() {
	d.t.Helper()
	var err error
	if d.box, err = outbox.Open(d.t.Context(), d.disk.Path("outbox.db"), outbox.Options{Kiosk: "K1", Keys: d.keys, MACKey: make([]byte, 32)}); err != nil {
		d.t.Fatalf("the disk is well, and the queue does not open: %v", err)
	}
}

// carry brings what waits to the portal, as the courier does.
func (d *diskBooth) carry() error {
	list, err := d.box.Next(context.Background(), 10)
	if err != nil {
		return err
	}
	var results []outbox.Result
	for _, s := range list {
		if appointment := d.of[s.ID]; !d.taken[s.ID] {
			d.taken[s.ID] = true
			if d.effects[appointment] == 0 { // another is answered already-checked-in
				d.effects[appointment]++
			}
		}
		results = append(results, outbox.Result{ID: s.ID, State: outbox.Acknowledged})
	}
	return d.box.Settle(context.Background(), results)
}

// visit has somebody check in, whatever the disk does, and gives what the screen said.
func (d *diskBooth) visit(number uint64) (said string) {
	d.t.Helper()
	b := newBooth(d.t, settings(d.t))
	b.ids = number << 32
	b.play(ready, insert, read, fetched(1), confirm)
	e := answer[kiosk.Commit](b)
	d.of[e.CheckIn.ID] = e.CheckIn.Appointment
	receipt, err := d.box.Append(context.Background(), outbox.Action{
		ID: e.CheckIn.ID, Type: "check-in", OccurredAt: e.CheckIn.At, Body: func(uint64) ([]byte, error) { return []byte(e.CheckIn.Appointment), nil },
	})
	if err != nil {
		b.do(kiosk.Committed{Visit: e.Visit, Err: fmt.Errorf("committing: %w", err)})
	} else {
		d.promised[e.CheckIn.ID] = true
		b.do(kiosk.Committed{Visit: e.Visit, Ticket: fmt.Sprintf("K1-%03d", receipt.Counter)})
		b.play(delivered(d.carry() == nil), ticket)
	}
	b.play(remove, pass(time.Minute))
	return b.trail()
}

// withFault has somebody check in while count changes of the disk fail from the at-th
// on, starts the booth again on a disk that is well, has whoever was sent away come
// again, and brings all to the portal. It tells whether the fault was met.
func (d *diskBooth) withFault(at, count int, errno syscall.Errno) (met bool) {
	d.t.Helper()
	d.fresh()
	before := d.disk.Changes(d.t)
	d.disk.FailAt(d.t, before+at, count, errno)
	said := d.visit(1)
	met = d.disk.Changes(d.t) >= before+at
	_ = d.box.Close() // the disk may fail
	d.disk.FailAt(d.t, 0, 0, 0)
	d.open()
	defer func() { _ = d.box.Close() }() // nothing more is asked of it
	d.holds(said)
	if len(d.promised) == 0 { // at the desk, or by coming again
		if again := d.visit(2); !strings.Contains(again, "ticket-printed") {
			d.t.Errorf("coming again, when all is well: %s", again)
		}
	}
	for range 3 {
		if err := d.carry(); err != nil {
			d.t.Errorf("carrying, when all is well: %v", err)
		}
	}
	for id := range d.promised {
		if !d.taken[id] {
			d.t.Errorf("an action that the screen thanked for is lost")
		}
	}
	for appointment, n := range d.effects {
		if n != 1 {
			d.t.Errorf("appointment %s is checked in %d times", appointment, n)
		}
	}
	return met
}

// holds that what the screen said is so: a ticket for what was kept, and nothing of the
// kind for what may not have been.
func (d *diskBooth) holds(said string) {
	d.t.Helper()
	thanked, failed := strings.Contains(said, "printing"), strings.Contains(said, "commit-failed")
	if kept := len(d.promised) == 1; thanked != kept || failed == kept {
		d.t.Errorf("kept %v, and the screen says %s", kept, said)
	}
	if delivered := !strings.Contains(said, "+desk"); thanked && delivered && len(d.taken) != 1 {
		d.t.Errorf("nothing is at the portal, and the screen does not send to the desk: %s", said)
	}
}

// A disk that fails at each write and sync of a whole visit, once or from then on: nothing
// that was thanked for is lost, nothing has its effect twice, and the screen says what
// is so.
func TestADiskThatFailsInAVisit(t *testing.T) {
	seed := *faultSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("repeat with -fault-seed %d", seed)
	opener, err := seal.NewOpener("k1")
	if err != nil {
		t.Fatal(err)
	}
	d := &diskBooth{t: t, disk: durabletest.New(t), keys: sealing{opener}}
	random, faults, refused := rand.New(rand.NewPCG(seed, 0)), 0, 0
	for _, fault := range []struct {
		errno syscall.Errno
		count int
	}{{syscall.EIO, 1}, {syscall.ENOSPC, 1}, {syscall.EIO, 1000}, {syscall.ENOSPC, 1000}} {
		for at := 1 + random.IntN(*faultStep); ; at += *faultStep {
			met := d.withFault(at, fault.count, fault.errno)
			if t.Failed() {
				t.Fatalf("%v, %d times at change %d", fault.errno, fault.count, at)
			}
			if !met {
				break
			}
			faults++
			if len(d.promised) == 0 || len(d.of) > 1 {
				refused++
			}
		}
	}
	t.Logf("%d faults, of which %d kept a check-in from being promised", faults, refused)
	if faults < 100 / *faultStep || refused == 0 {
		t.Errorf("%d faults, %d refusals: they do not reach the visit", faults, refused)
	}
}
