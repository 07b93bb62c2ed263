package outbox_test

import (
	"encoding/hex"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"
)

var faultStep = flag.Int("fault-step", 29, "only each so-manieth change of a queue's life meets a fault; 1: each")

// lifeSteps is how long the life is that meets a fault at each of its changes.
const lifeSteps = 24

// A disk that fails at any write or any sync of a queue's life, once or for a while,
// loses nothing that was promised and doubles nothing. What Append gave an error for
// is appended again with its id, and is there once.
func TestADiskThatFailsAtAnyChange(t *testing.T) {
	seed := seeded(t)
	faults, first := 0, rand.New(rand.NewPCG(seed, 2))
	for _, fault := range []struct {
		errno syscall.Errno
		count int
	}{{syscall.EIO, 1}, {syscall.ENOSPC, 1}, {syscall.EIO, 4}, {syscall.ENOSPC, 20}} {
		p := newPowered(t, rand.New(rand.NewPCG(seed, 1)), false)
		for at := 1 + first.IntN(*faultStep); ; at += *faultStep {
			p.reset(t, rand.New(rand.NewPCG(seed, 1)))
			met, err := p.withFault(t, at, fault.count, fault.errno)
			if err != nil {
				t.Fatalf("%v, %d times at change %d: %v\nrepeat with -seed %d", fault.errno, fault.count, at, err, seed)
			}
			if !met {
				break
			}
			faults++
		}
	}
	t.Logf("%d faults", faults)
	if faults < 20 {
		t.Errorf("only %d faults were met", faults)
	}
}

// reset begins a new booth on the same disk.
func (p *powered) reset(t *testing.T, random *rand.Rand) {
	t.Helper()
	files, err := filepath.Glob(p.disk.Path("*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	p.ledger, p.random = newLedger(p.keys), random
}

// withFault lives with a disk that fails count times from its at-th change on, and
// then to the end with one that is well. It tells whether the fault was met.
func (p *powered) withFault(t *testing.T, at, count int, errno syscall.Errno) (met bool, lost error) {
	t.Helper()
	before := p.disk.Changes(t)
	p.disk.FailAt(t, before+at, count, errno)
	for range 3 { // a booth that cannot open its queue is started again
		if err := p.liveOn(t); err != nil {
			return false, err
		}
	}
	met = p.disk.Changes(t) >= before+at
	p.disk.FailAt(t, 0, 0, 0)
	return met, p.toTheEnd(t)
}

// liveOn opens the queue and lives for a while, whatever fails but a promise.
func (p *powered) liveOn(t *testing.T) (lost error) {
	t.Helper()
	b, err := p.open(t)
	if err != nil {
		return nil
	}
	for range lifeSteps / 3 {
		if err := p.step(b, p.random); errors.Is(err, errBroken) {
			return err
		}
	}
	err = p.check(b)
	_ = b.Close() // the disk may fail
	if errors.Is(err, errBroken) {
		return err
	}
	return nil
}

// Each commit is synced before it is promised: counted from outside, by strace.
func TestEachPromiseIsSynced(t *testing.T) {
	f := open(t)
	f.must(f.Close())
	f.Outbox = nil
	trace := filepath.Join(t.TempDir(), "trace")
	out, err := traced(t, f, "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-o", trace).Output()
	f.must(err)
	promises := len(strings.Split(strings.TrimSpace(string(out)), "\n"))
	raw, err := os.ReadFile(trace)
	f.must(err)
	syncs := len(regexp.MustCompile(`f(data)?sync\(.* = 0`).FindAllString(string(raw), -1)) + strings.Count(string(raw), "sync resumed>)")
	t.Logf("%d syncs, %d promises", syncs, promises)
	if promises < 40 || syncs < promises {
		t.Errorf("%d promises and %d syncs", promises, syncs)
	}
}

// traced is a child under strace that appends forty times.
func traced(t *testing.T, f *fixture, options ...string) *exec.Cmd {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("strace is missing: apt-get install strace")
	}
	key, err := f.keys.Bytes()
	f.must(err)
	child := exec.Command(strace, append(append([]string{"-f"}, options...), os.Args[0])...)
	child.Env = append(os.Environ(), envAppend+"="+f.path, envKey+"="+hex.EncodeToString(key), envTimes+"=40")
	return child
}

// What the kernel does to a process whose disk fails, and not a file system of the
// test's own, gives the same: strace fails the k-th sync.
func TestASyncThatFailsIsNoPromise(t *testing.T) {
	f := open(t)
	stopped := 0                      // moving the log into the file may fail, and then is done later
	for k := 30; k < 30+5*3; k += 3 { // opening takes some twenty
		f.must(f.Close())
		f.Outbox = nil
		f.path = filepath.Join(t.TempDir(), "outbox.db")
		out, _ := traced(t, f, "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when="+strconv.Itoa(k)).Output() // it ends at its first error
		p := &promises{counters: map[uuid.UUID]uint64{}, settled: map[uuid.UUID]bool{}}
		for line := range strings.Lines(string(out)) {
			p.read(t, strings.TrimSpace(line))
		}
		f.reopen()
		p.check(f)
		if len(p.counters) < 40 {
			stopped++
		}
	}
	if stopped == 0 {
		t.Error("no commit met a fault")
	}
}
