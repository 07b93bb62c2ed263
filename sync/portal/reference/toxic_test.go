package reference_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"balie/sync/outbox"
	"balie/sync/portal"
)

var (
	chaos     = flag.Duration("chaos", 3*time.Second, "how long a wire misbehaves")
	chaosSeed = flag.Uint64("chaos-seed", 0, "repeats a run that printed it; 0 draws one")
)

// toxic is a thing that toxiproxy does to a wire. Calls are given up after callTime,
// so that none of it takes long.
type toxic struct {
	kind, attributes string
	arrives          bool // what is sent through it, slower
}

const callTime = 700 * time.Millisecond

func toxics() []toxic {
	return []toxic{
		{"latency", `{"latency": 60, "jitter": 40}`, true},
		{"bandwidth", `{"rate": 60}`, true},
		{"slow_close", `{"delay": 200}`, true},
		{"slicer", `{"average_size": 40, "size_variation": 20, "delay": 50}`, true},
		{"timeout", `{"timeout": 0}`, false}, // all that is sent is swallowed
		{"timeout", `{"timeout": 50}`, false},
		{"reset_peer", `{"timeout": 0}`, false},
		{"reset_peer", `{"timeout": 30}`, false},
		{"limit_data", `{"bytes": 0}`, false},
		{"limit_data", `{"bytes": 150}`, false}, // half an answer, half a request
	}
}

// poisoned is a booth that talks to a portal through a wire that can be poisoned.
type poisoned struct {
	*booth
	portal string // address
	front  net.Listener
	done   map[uuid.UUID]string // appointment of each action
	n      int

	mu    sync.Mutex // guards what follows
	wire  *toxiproxy.Proxy
	works []string // toxics of that, as toxiproxy takes them
}

func newPoisoned(t *testing.T, r *rig) *poisoned {
	t.Helper()
	zerolog.SetGlobalLevel(zerolog.Disabled) // toxics log by themselves
	front, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = front.Close() })
	p := &poisoned{portal: strings.TrimPrefix(r.kiosks, "https://"), front: front, done: map[uuid.UUID]string{}}
	p.booth = &booth{t: t}
	p.rewire()
	t.Cleanup(func() { p.wire.Stop() })
	go p.serve()
	url := "https://" + front.Addr().String()
	p.booth = newBooth(t, r, url, "K1")
	p.end()
	p.client.Close()
	p.client, err = portal.New(portal.Options{URL: url, TLS: r.identify(url, "K1").TLS(), LookupTime: callTime, BatchTime: callTime})
	must(t, err)
	t.Cleanup(p.client.Close)
	p.start()
	t.Cleanup(func() { p.end() })
	return p
}

// serve leads each connection through the wire that there is.
func (p *poisoned) serve() {
	for {
		from, err := p.front.Accept()
		if err != nil {
			return // the test is over
		}
		p.mu.Lock()
		to, err := net.Dial("tcp", p.wire.Listen)
		p.mu.Unlock()
		if err != nil {
			_ = from.Close()
			continue
		}
		go pass(from, to)
		go pass(to, from)
	}
}

// pass hands on what comes, and how it ends: a reset stays one.
func pass(from, to net.Conn) {
	_, err := io.Copy(to, from)
	if tcp, is := to.(*net.TCPConn); is && err != nil {
		_ = tcp.SetLinger(0) // it may be closed
	}
	_ = to.Close()
}

// rewire lays another wire, with the toxics that are to work, in place of the one before,
// which hangs up. Toxiproxy crashes where a toxic is added to a connection that was
// closing when another was taken away, and races where one is changed.
func (p *poisoned) rewire() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wire != nil {
		p.wire.Stop()
	}
	p.wire = toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "portal", "127.0.0.1:0", p.portal)
	for _, x := range p.works {
		_, err := p.wire.Toxics.AddToxicJson(strings.NewReader(x))
		must(p.t, err)
	}
	must(p.t, p.wire.Start())
}

func (p *poisoned) poison(x toxic, stream string, toxicity float64) {
	p.t.Helper()
	p.works = append(p.works, fmt.Sprintf(`{"name": "%d", "type": %q, "stream": %q, "toxicity": %g, "attributes": %s}`, len(p.works), x.kind, stream, toxicity, x.attributes))
	p.rewire()
}

// heal has the wire well again.
func (p *poisoned) heal() {
	p.t.Helper()
	if len(p.works) > 0 {
		p.works = nil
		p.rewire()
	}
}

func (p *poisoned) checkIn() uuid.UUID {
	p.t.Helper()
	p.n++
	who := fmt.Sprint("p", p.n)
	p.r.admit(who, who)
	id := p.add(who, who)
	p.done[id] = who
	return id
}

// delivered waits for an action, and for no longer than a while.
func (p *poisoned) delivered(id uuid.UUID, within time.Duration) error {
	ctx, cancel := context.WithTimeout(p.t.Context(), within)
	defer cancel()
	return p.box.Wait(ctx, id)
}

// arrive fails unless all that was done is at the portal, once.
func (p *poisoned) arrive() {
	p.t.Helper()
	for id := range p.done {
		if err := p.delivered(id, time.Minute); err != nil {
			p.t.Errorf("an action does not arrive: %v", err)
		}
	}
	if err := once(p.r.checkIns(), p.done, nil); err != nil {
		p.t.Error(err)
	}
}

// Through each toxic that lets anything through, actions arrive; through the others
// none is lost and none has its effect twice.
func TestEachToxic(t *testing.T) {
	dir := t.TempDir()
	p := newPoisoned(t, newRig(t, dir, filepath.Join(dir, "portal.db"), ""))
	for _, x := range toxics() {
		for _, stream := range []string{"upstream", "downstream"} {
			p.poison(x, stream, 1)
			id := p.checkIn()
			within := 150 * time.Millisecond
			if x.arrives {
				within = time.Minute
			}
			// What is poisoned downstream only may have had its effect; it is not known here.
			if err := p.delivered(id, within); x.arrives && err != nil {
				t.Errorf("%s %s %s: %v", x.kind, stream, x.attributes, err)
			} else if !x.arrives && x.kind != "limit_data" && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s %s %s lets everything through: %v", x.kind, stream, x.attributes, err)
			}
			p.heal()
			p.arrive()
		}
	}
	p.wire.Stop()
	id := p.checkIn()
	if err := p.delivered(id, 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("through no wire at all: %v", err)
	}
	p.rewire()
	p.arrive()
}

// Whatever a wire does, for as long as it likes: in the end each action is there once.
func TestChaosOnTheWire(t *testing.T) {
	seed := *chaosSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("repeat with -chaos-seed %d", seed)
	began, actions := time.Now(), 0
	for round := uint64(0); time.Since(began) < *chaos && !t.Failed(); round++ {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			dir := t.TempDir()
			p := newPoisoned(t, newRig(t, dir, filepath.Join(dir, "portal.db"), ""))
			random := rand.New(rand.NewPCG(seed, round))
			for end := time.Now().Add(min(*chaos, time.Minute)); time.Now().Before(end); {
				p.misbehave(random)
			}
			p.heal()
			p.arrive()
			actions += len(p.done)
		})
	}
	t.Logf("%d actions", actions)
}

// misbehave lets something happen to the wire or to the booth, and then some time go
// by, as long as an action takes to get through, or less.
func (p *poisoned) misbehave(random *rand.Rand) {
	p.t.Helper()
	switch random.IntN(6) {
	case 0, 1:
		if len(p.works) < 3 {
			x := toxics()[random.IntN(len(toxics()))]
			p.poison(x, []string{"upstream", "downstream"}[random.IntN(2)], float64(1+random.IntN(4))/4)
		}
	case 2:
		p.heal()
	case 3:
		p.end()
		p.start()
	}
	id := p.checkIn()
	if err := p.delivered(id, time.Duration(random.IntN(120))*time.Millisecond); errors.Is(err, outbox.ErrParked) {
		p.t.Errorf("an action is parked: %v", err)
	}
}
