package spool_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"balie/printer/printertest"
)

var (
	kills = flag.Int("kills", 50, "how often the process that prints is killed")
	seed  = flag.Uint64("seed", 0, "of what happens when; 0 is a new one")
)

// scene is one set of printers, and the children that print on them.
type scene struct {
	t       *testing.T
	dir     string
	rng     *rand.Rand
	models  map[string]model
	devices map[string]virtual
	cables  map[string]*printertest.PTY
	asked   map[string]string   // printer of each job
	secret  map[string]bool     //
	told    map[string][]string // outcomes of each job, as often as they were told
}

func newScene(t *testing.T, seed, stream uint64) *scene {
	s := &scene{
		t: t, dir: t.TempDir(), rng: rand.New(rand.NewPCG(seed, stream)),
		devices: map[string]virtual{}, cables: map[string]*printertest.PTY{},
		asked: map[string]string{}, secret: map[string]bool{}, told: map[string][]string{},
	}
	var err error
	s.models, err = models()
	s.must(err)
	for name, m := range s.models {
		s.devices[name] = m.device()
		cable, err := printertest.StartPTY(s.devices[name], filepath.Join(s.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		s.cables[name] = cable
		t.Cleanup(func() { _ = cable.Close() })
	}
	return s
}

// TestKilled kills the process that prints at random moments, on printers with which
// anything may be wrong: never are there two copies of a secret, never counts as
// taken what nobody took, never is a job forgotten.
func TestKilled(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("seed %d", *seed)
	const scenes = 4
	for n := range scenes {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			s := newScene(t, *seed, uint64(n))
			for range (*kills + scenes - 1) / scenes {
				s.trouble()
				s.kill()
			}
			s.mend()
			s.last()
			s.check()
		})
	}
}

// trouble has something happen to each printer, or nothing, before or within the next
// bytes; what was wrong may stay so.
func (s *scene) trouble() {
	for _, name := range slices.Sorted(maps.Keys(s.devices)) {
		device, cable := s.devices[name], s.cables[name]
		if s.rng.IntN(6) > 0 {
			s.mendOne(name)
		}
		m := s.models[name]
		fault := m.faults[s.rng.IntN(len(m.faults))]
		switch s.rng.IntN(12) {
		case 0:
			device.Set(fault, true)
		case 1, 2, 3, 4, 5:
			device.FaultAt(m.strike(s.rng), fault)
		case 6:
			s.must(cable.Unplug())
		}
	}
}

func (s *scene) mendOne(name string) {
	for _, fault := range s.models[name].faults {
		s.devices[name].Set(fault, false)
	}
	s.must(s.cables[name].Replug())
}

func (s *scene) mend() {
	for name := range s.devices {
		s.mendOne(name)
	}
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// kill starts a child and kills it a while after it has opened its journal.
func (s *scene) kill() {
	cmd, out := s.start("")
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.hear(lines.Text())
		if lines.Text() == "open" {
			break
		}
	}
	life := 200 + s.rng.IntN(1100)
	if s.rng.IntN(12) == 0 {
		life = s.rng.IntN(7000) // long enough for a ticket's time in the mouth
	}
	killed := time.AfterFunc(time.Duration(life)*time.Millisecond, func() { _ = cmd.Process.Kill() }) // it may have ended
	defer killed.Stop()
	for lines.Scan() {
		s.hear(lines.Text())
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		s.t.Fatalf("the child ended by itself: %v", err)
	}
}

// last has a child print until every printer has printed, with nothing wrong.
func (s *scene) last() {
	cmd, out := s.start("yes")
	unsettled := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		s.hear(lines.Text())
		if n, found := strings.CutPrefix(lines.Text(), "unsettled "); found {
			unsettled = n
		}
	}
	s.must(cmd.Wait())
	if unsettled != "0" {
		s.t.Errorf("unsettled at the end: %q", unsettled)
	}
}

func (s *scene) start(last string) (*exec.Cmd, io.Reader) {
	cmd := exec.CommandContext(s.t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"="+s.dir, envLast+"="+last)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	s.must(err)
	s.must(cmd.Start())
	return cmd, out
}

// hear takes one line of a child.
func (s *scene) hear(line string) {
	var id, word, secret string
	switch n, _ := fmt.Sscanf(line, "asked %s %s %s", &id, &word, &secret); {
	case n == 3 && (secret == "true" || secret == "false"):
		s.asked[id], s.secret[id] = word, secret == "true"
		return
	}
	if n, _ := fmt.Sscanf(line, "ended %s %s", &id, &word); n == 2 {
		s.told[id] = append(s.told[id], word)
		s.look(id, word)
	}
}

// look sees whether what is told to be on paper is on it by now: once a fault is mended,
// a printer may print what it still had.
func (s *scene) look(id, outcome string) {
	if outcome != "confirmed" && outcome != "taken" {
		return
	}
	name := s.asked[id]
	for _, paper := range s.devices[name].out() {
		if strings.HasSuffix(paper.lines[0], id) {
			return
		}
	}
	s.t.Errorf("job %s on %s was told as %s before it was out", id, name, outcome)
}

// check compares what was told with what is on paper.
func (s *scene) check() {
	copies, whole, outcomes := map[string]int{}, map[string]string{}, map[string]map[string]int{}
	for name := range s.devices {
		outcomes[name] = map[string]int{}
	}
	for name, device := range s.devices {
		for _, paper := range device.out() {
			for _, line := range paper.lines {
				copies[line]++
			}
			if len(paper.lines) == 12 {
				_, id, _ := strings.Cut(paper.lines[0], " ")
				whole[id] = paper.fate
			}
		}
		if n := device.Holds(); n > 0 {
			s.t.Errorf("%s holds %d at the end", name, n)
		}
		if n := device.mixed(); n > 0 {
			s.t.Errorf("%s got %d jobs while it held something of an earlier one", name, n)
		}
	}
	for line, n := range copies {
		if n > 1 && line != "" {
			s.t.Errorf("%q is on paper %d times", line, n)
		}
	}
	for id, name := range s.asked {
		told := slices.Compact(slices.Clone(s.told[id]))
		if len(told) > 1 || len(told) == 0 && s.secret[id] {
			s.t.Errorf("job %s on %s was told as %v", id, name, told)
		}
		for _, outcome := range told {
			outcomes[name][outcome]++
			s.checkOne(id, name, outcome, whole[id])
		}
	}
	s.t.Logf("%d jobs: %v", len(s.asked), outcomes)
}

// checkOne holds an outcome against the paper, if a whole one came out.
func (s *scene) checkOne(id, name, outcome, paper string) {
	good := true
	switch outcome {
	case "taken":
		good = paper == "full taken"
	case "retracted":
		good = paper == "full retracted"
	case "confirmed", "sent":
		good = paper == "full "
	case "not-sent", "failed":
		good = !strings.HasPrefix(paper, "full")
	}
	if !good {
		s.t.Errorf("job %s on %s was told as %s, and its paper is %q", id, name, outcome, paper)
		for _, p := range s.devices[name].out() {
			if text := strings.Join(p.lines, "\n"); strings.Contains(text, id) {
				s.t.Logf("%s:\n%s", p.fate, text)
			}
		}
	}
}
