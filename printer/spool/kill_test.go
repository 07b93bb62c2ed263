package spool_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.bug.st/serial"

	"balie/printer"
	"balie/printer/escpos"
	"balie/printer/printertest"
	"balie/printer/spool"
	"balie/printer/spool/journal"
)

var (
	kills = flag.Int("kills", 50, "how often the process that prints is killed")
	seed  = flag.Uint64("seed", 0, "of what happens when; 0 is a new one")
)

// envChild makes this test binary a child that prints until it is killed: the folder
// with its journal and the names of its printers. envLast makes it end by itself.
const (
	envChild = "BALIE_TEST_SPOOL"
	envLast  = "BALIE_TEST_SPOOL_LAST"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envChild); dir != "" {
		if err := printUntilKilled(dir, os.Getenv(envLast) != "", os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// model is a virtual printer of the test and the profile that it is driven by.
type model struct {
	profile string
	options printertest.Options
}

// models are every kind of printer, by name. They are slow, so that a kill finds
// something under way.
func models() map[string]model {
	paper := printertest.Options{LineTime: 4 * time.Millisecond}
	noID, small, half, mouth := paper, paper, paper, paper
	noID.NoProcessID, small.Buffer, half.KeepsHalf = true, 512, true
	mouth.Custom, mouth.Columns, mouth.Dots, mouth.Reach, mouth.Hand = true, 48, 576, 50*time.Millisecond, 150*time.Millisecond
	return map[string]model{
		"epson": {"epson-tm", paper}, "no-id": {"epson-tm", noID}, "small": {"epson-tm", small}, "half": {"epson-tm", half}, "mouth": {"custom-vkp80", mouth},
	}
}

// profileOf is a shipped profile; a mouth holds a ticket for so short that it is drawn
// in while the test looks.
func profileOf(name string) (escpos.Profile, error) {
	if name != "custom-vkp80" {
		return escpos.LoadProfile(name)
	}
	text, err := os.ReadFile("../escpos/profiles/custom-vkp80.toml")
	if err != nil {
		return escpos.Profile{}, err
	}
	return escpos.ParseProfile(name, []byte(strings.NewReplacer("52 1E", "52 04", "hold = 30", "hold = 4").Replace(string(text))))
}

func openTTY(path string) func(context.Context) (printer.Port, error) {
	return func(context.Context) (printer.Port, error) {
		port, err := serial.Open(path, &serial.Mode{BaudRate: 115200})
		if err != nil {
			return nil, err
		}
		return port, port.SetReadTimeout(50 * time.Millisecond)
	}
}

// printUntilKilled is the child. It says each thing once it is on its books, as a caller
// of the spool would have it in a database: "asked ID PRINTER", "ended ID OUTCOME".
func printUntilKilled(dir string, last bool, out io.Writer) error {
	ctx := context.Background()
	j, err := journal.Open(ctx, filepath.Join(dir, "print.db"))
	if err != nil {
		return err
	}
	devices := map[string]printer.Printer{}
	for name, m := range models() {
		p, err := profileOf(m.profile)
		if err != nil {
			return err
		}
		devices[name] = escpos.New(openTTY(filepath.Join(dir, name)), p, slog.New(slog.DiscardHandler))
	}
	s, left, err := spool.Open(ctx, spool.Options{Journal: j, Printers: devices, Log: slog.New(slog.DiscardHandler), Retry: 200 * time.Millisecond})
	if err != nil {
		return err
	}
	books := &books{out: out, spool: s}
	for _, e := range left {
		if err := books.end(e.ID, e.Secret, e.Outcome); err != nil {
			return err
		}
	}
	books.say("open")
	go func() { _ = s.Run(ctx) }() // it ends with the process
	var group sync.WaitGroup
	for name := range devices {
		group.Go(func() { books.printAll(ctx, name, last) })
	}
	group.Wait()
	if !last {
		return books.err
	}
	left, err = j.Unsettled(ctx)
	books.say("unsettled %d", len(left))
	return err
}

// books is the caller of the spool.
type books struct {
	spool *spool.Spool

	mu  sync.Mutex
	out io.Writer // guarded by mu
	err error     // guarded by mu
}

func (b *books) say(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintf(b.out, format+"\n", args...)
}

func (b *books) end(id uuid.UUID, secret bool, o printer.Outcome) error {
	b.say("ended %s %s", id, strings.ReplaceAll(o.String(), " ", "-"))
	if !secret {
		return nil
	}
	return b.spool.Settle(context.Background(), id)
}

// printAll prints one secret after the other, and tickets between them; the last child
// prints one each, until it is printed.
func (b *books) printAll(ctx context.Context, name string, last bool) {
	for n := 0; ; n++ {
		outcome, err := b.printOne(ctx, name, n%3 != 2 || last)
		if err != nil {
			b.mu.Lock()
			b.err = err
			b.mu.Unlock()
			return
		}
		if last && outcome.Done() {
			return
		}
		if outcome == printer.NotSent { // as a caller would leave it alone for a while
			<-time.After(50 * time.Millisecond)
		}
	}
}

func (b *books) printOne(ctx context.Context, name string, secret bool) (printer.Outcome, error) {
	id := uuid.New()
	p, err := b.spool.Submit(ctx, spool.Job{ID: id, Printer: name, Document: card(id, secret)})
	if err != nil {
		return printer.Unknown, err
	}
	b.say("asked %s %s %t", id, name, secret)
	<-p.Done()
	r, _ := p.Result()
	return r.Outcome, b.end(id, secret, r.Outcome)
}

// card is a document whose every line names it.
func card(id uuid.UUID, secret bool) printer.Document {
	doc := printer.Document{Secret: secret, Language: "en"}
	for _, line := range linesOf(id) {
		doc.Blocks = append(doc.Blocks, printer.Paragraph{Text: line})
	}
	return doc
}

func linesOf(id uuid.UUID) (lines []string) {
	for n := range 12 {
		lines = append(lines, fmt.Sprintf("%d %s", n, id))
	}
	return lines
}

// scene is one set of printers, and the children that print on them.
type scene struct {
	t       *testing.T
	dir     string
	rng     *rand.Rand
	devices map[string]*printertest.Printer
	cables  map[string]*printertest.PTY
	asked   map[string]string   // printer of each job
	secret  map[string]bool     //
	told    map[string][]string // outcomes of each job, as often as they were told
}

func newScene(t *testing.T, seed, stream uint64) *scene {
	s := &scene{
		t: t, dir: t.TempDir(), rng: rand.New(rand.NewPCG(seed, stream)), devices: map[string]*printertest.Printer{}, cables: map[string]*printertest.PTY{},
		asked: map[string]string{}, secret: map[string]bool{}, told: map[string][]string{},
	}
	for name, m := range models() {
		s.devices[name] = printertest.New(m.options)
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
		faults := printertest.AllFaults()
		fault := faults[s.rng.IntN(len(faults))]
		switch s.rng.IntN(12) {
		case 0:
			device.Set(fault, true)
		case 1, 2, 3, 4, 5:
			device.FaultAt(1100+s.rng.IntN(4000), fault)
		case 6:
			s.must(cable.Unplug())
		}
	}
}

func (s *scene) mendOne(name string) {
	for _, fault := range printertest.AllFaults() {
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
	}
}

// check compares what was told with what is on paper.
func (s *scene) check() {
	copies, whole, outcomes := map[string]int{}, map[string]string{}, map[string]int{}
	for _, device := range s.devices {
		for _, paper := range device.Papers() {
			for _, line := range paper.Lines() {
				copies[line]++
			}
			if lines := paper.Lines(); len(lines) == 12 {
				_, id, _ := strings.Cut(lines[0], " ")
				whole[id] = paper.Cut + " " + paper.Fate
			}
		}
		if n := device.Holds(); n > 0 {
			s.t.Errorf("a printer holds %d bytes at the end", n)
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
			outcomes[outcome]++
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
		for _, p := range s.devices[name].Papers() {
			if strings.Contains(p.Text(), id) {
				s.t.Logf("%s %s:\n%s", p.Cut, p.Fate, p.Text())
			}
		}
	}
}
