package outbox_test

import (
	"errors"
	"flag"
	"math/rand/v2"
	"testing"

	"balie/internal/durable/durabletest"
	"balie/sync/outbox"
)

var (
	cuts = flag.Int("cuts", 50, "how often the power is cut")
	seed = flag.Uint64("seed", 0, "repeats a run that printed it; 0 draws one")
)

// cutsPerBooth is how often the same queue loses power before another booth begins.
const cutsPerBooth = 5

// seeded gives the seed of this run, and says it.
func seeded(t *testing.T) uint64 {
	t.Helper()
	s := *seed
	for s == 0 {
		s = rand.Uint64()
	}
	t.Logf("repeat with -seed %d", s)
	return s
}

// Wherever the power is cut, what was promised is there, and nothing comes to the
// portal twice. Of what was not synced at that moment nothing reaches the disk, or,
// each second time, any half of it.
func TestPowerLoss(t *testing.T) {
	seed := seeded(t)
	promised, lost := powerLoss(t, seed, *cuts, false)
	if lost != nil {
		t.Errorf("%v\nrepeat with -seed %d", lost, seed)
	}
	t.Logf("%d cuts, %d promises", *cuts, promised)
	if promised < *cuts {
		t.Errorf("only %d promises: the cuts come too early", promised)
	}
}

// Under the driver's own setting, synchronous=NORMAL, the same test must see losses.
func TestPowerLossIsSeenWithoutSync(t *testing.T) {
	_, lost := powerLoss(t, seeded(t), *cuts, true)
	if lost == nil {
		t.Fatal("with synchronous=NORMAL nothing was lost: the test cannot see what it is for")
	}
	t.Logf("as it must: %v", lost)
}

// powerLoss plays lives of booths and gives how many promises there were and the first that was
// broken.
func powerLoss(t *testing.T, seed uint64, cuts int, forgetful bool) (promised int, lost error) {
	t.Helper()
	for booth := uint64(0); cuts > 0 && lost == nil; booth++ {
		p := newPowered(t, rand.New(rand.NewPCG(seed, booth)), forgetful)
		for n := 0; n < cutsPerBooth && cuts > 0 && lost == nil; n++ {
			lost = p.untilCut(t, cuts%2 == 0)
			cuts--
		}
		if lost == nil {
			lost = p.toTheEnd(t)
		}
		promised += len(p.ledger.appended)
	}
	return promised, lost
}

// powered is a booth on a disk that loses power.
type powered struct {
	*ledger
	disk      *durabletest.Disk
	o         outbox.Options
	random    *rand.Rand
	forgetful bool
}

func newPowered(t *testing.T, random *rand.Rand, forgetful bool) *powered {
	t.Helper()
	k := newKeys(t)
	return &powered{
		ledger: newLedger(k), disk: durabletest.New(t), random: random, forgetful: forgetful,
		o: outbox.Options{Kiosk: "K1", Keys: k, MACKey: make([]byte, 32)},
	}
}

func (p *powered) open(t *testing.T) (*outbox.Outbox, error) {
	t.Helper()
	b, err := outbox.Open(t.Context(), p.disk.Path("outbox.db"), p.o)
	if err == nil && p.forgetful {
		err = b.Forget()
	}
	return b, err
}

// untilCut opens the queue, holds it against what was promised, lives until the power
// is cut, and brings what is left of the disk back.
func (p *powered) untilCut(t *testing.T, torn bool) (lost error) {
	t.Helper()
	at, half := 1+p.random.IntN(500), p.random.Uint64()
	if torn {
		p.disk.TearAt(t, at, half)
	} else {
		p.disk.CutAt(t, at)
	}
	b, err := p.open(t)
	if err == nil {
		err = p.check(b)
		for err == nil {
			err = p.step(b, p.random)
		}
		_ = b.Close() // the power is gone
	}
	if errors.Is(err, errBroken) {
		return err
	}
	p.disk.PowerCycle(t)
	return nil
}

// toTheEnd opens the queue for good: nothing may be amiss, and all comes to the portal.
func (p *powered) toTheEnd(t *testing.T) (lost error) {
	t.Helper()
	b, err := p.open(t)
	if err != nil {
		return broken("the queue does not open: %v", err)
	}
	defer b.Close()
	if err := p.check(b); err != nil {
		return err
	}
	for _, a := range p.unknown { // asked again, each is there once
		if err := p.append(b, a); err != nil {
			return err
		}
	}
	return p.drain(b)
}
