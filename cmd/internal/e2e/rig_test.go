package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"balie/cmd/internal/config"
	"balie/cmd/internal/desk"
	"balie/ui/browser"
)

// bin is the folder of the programs under test.
var bin string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

// buildAndRun builds the programs with the race detector, but for the window, whose
// C++ library it does not see into.
func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "balie-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // the folder for temporary files is cleaned anyway
	bin = dir
	for _, args := range [][]string{
		{"build", "-race", "-o", dir, "balie/cmd/kioskd", "balie/cmd/kioskctl", "balie/cmd/portald", "balie/cmd/kiosksim"},
		{"build", "-o", dir, "balie/cmd/kioskview"},
	} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the programs: %v\n%s", err, out)
			return 1
		}
	}
	return m.Run()
}

// rig is a desk under test.
type rig struct {
	*desk.Desk
	t   *testing.T
	dir string

	mu    sync.Mutex
	lines []string             // guarded by mu; all that was logged, after the part's name
	on    func(string, string) // guarded by mu; told each line
	ready time.Time            // guarded by mu; when a reader was last ready
}

// stepTime is how long anything may take on a machine that is busy with other tests.
const stepTime = 40 * time.Second

// newRig starts a desk; change may be nil.
func newRig(t *testing.T, crowd int, change func(*config.Config), with ...func(*desk.Options)) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir()}
	o := desk.Options{Bin: bin, State: r.dir, Crowd: crowd, Lines: r.line, Change: change}
	for _, w := range with {
		w(&o)
	}
	if *prism {
		o.Front, o.Change = r.front, func(c *config.Config) {
			c.Portal.CA = filepath.Join(r.dir, "front.pem")
			if change != nil {
				change(c)
			}
		}
	}
	var err error
	if r.Desk, err = desk.Start(t.Context(), o); err != nil {
		t.Fatalf("starting the desk: %v\n%s", err, r.logged())
	}
	t.Cleanup(r.close)
	return r
}

// close ends the desk and looks through what was logged.
func (r *rig) close() {
	if err := r.Close(); err != nil {
		r.t.Errorf("ending the desk: %v", err)
	}
	for _, line := range r.all() {
		if strings.Contains(line, "DATA RACE") || strings.Contains(line, "goroutine ") {
			r.t.Errorf("a part reports %q", line)
		}
	}
	if r.t.Failed() {
		r.t.Log(r.logged())
	}
}

func (r *rig) line(part, line string, at time.Time) {
	r.mu.Lock()
	if strings.Contains(line, "reader ready") {
		r.ready = at
	}
	r.lines = append(r.lines, part+" "+line)
	on := r.on
	r.mu.Unlock()
	if on != nil {
		on(part, line)
	}
}

// logs gives a channel that is closed at the next line of a part that holds text.
func (r *rig) logs(part, text string) <-chan struct{} {
	came := make(chan struct{})
	var once sync.Once
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = func(p, line string) {
		if p == part && strings.Contains(line, text) {
			once.Do(func() { close(came) })
		}
	}
	return came
}

// waits waits for a channel of logs.
func (r *rig) waits(what string, came <-chan struct{}) {
	r.t.Helper()
	limit := time.NewTimer(stepTime)
	defer limit.Stop()
	select {
	case <-came:
	case <-limit.C:
		r.t.Fatalf("in vain: %s", what)
	}
}

func (r *rig) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.lines...)
}

func (r *rig) logged() string { return strings.Join(r.all(), "\n") }

// count is how often a part logged a text.
func (r *rig) count(part, text string) (n int) {
	for _, line := range r.all() {
		if strings.HasPrefix(line, part+" ") && strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// says tells whether a part logged a text.
func (r *rig) says(part, text string) bool { return r.count(part, text) > 0 }

// visitor is someone who looks at the screen.
type visitor struct {
	*browser.Visitor
	r *rig
}

func (r *rig) visitor() *visitor {
	r.t.Helper()
	// The test's own context ends before what is cleaned up.
	v, err := browser.Visit(context.WithoutCancel(r.t.Context()), filepath.Join("..", "..", "..", "ui", "browser"), r.BoothURL)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := v.Close(); err != nil {
			r.t.Error(err)
		}
	})
	return &visitor{v, r}
}

// sees waits for one of some screens.
func (v *visitor) sees(screens ...string) browser.Seen {
	v.r.t.Helper()
	s, err := v.Wait(stepTime, screens...)
	if err != nil {
		v.r.t.Fatal(err)
	}
	return s
}

func (v *visitor) presses(do string) {
	v.r.t.Helper()
	if err := v.Press(do, ""); err != nil {
		v.r.t.Fatal(err)
	}
}

// must fails the test where something of the bench or the portal went wrong.
func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// insert puts a card in, and not faster than a person could: a card that is there
// together with its reader was left in it, and starts nothing.
func (r *rig) insert(card string) {
	r.t.Helper()
	r.until("the reader has been there for a while", func(context.Context) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return time.Since(r.ready) > 800*time.Millisecond
	})
	r.must(r.Insert(r.t.Context(), 0, card))
}

// pull takes the card out, and waits until the daemon has noticed: pcscd looks every
// 0.4 s only, and does not see a card that is out for less.
func (r *rig) pull() {
	r.t.Helper()
	removed := r.count("kioskd", "card removed\"")
	r.must(r.Pull(r.t.Context(), 0))
	r.until("the card's removal is noticed", func(context.Context) bool { return r.count("kioskd", "card removed\"") > removed })
}

// pullUnseen takes the card out while no daemon runs.
func (r *rig) pullUnseen() {
	r.t.Helper()
	r.must(r.Pull(r.t.Context(), 0))
}

// until waits until something holds, for what no screen shows.
func (r *rig) until(what string, holds func(context.Context) bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), stepTime)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for !holds(ctx) {
		select {
		case <-ctx.Done():
			r.t.Fatalf("in vain: %s", what)
		case <-tick.C:
		}
	}
}

// delivered waits until nothing waits for the portal.
func (r *rig) delivered() {
	r.t.Helper()
	r.until("all is delivered", func(ctx context.Context) bool {
		if r.Control().Deliver(ctx) != nil {
			return false
		}
		s, err := r.Control().Status(ctx)
		return err == nil && s.Queue.Pending == 0
	})
}
