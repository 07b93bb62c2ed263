package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"balie/cmd/internal/desk"
	"balie/ui/browser"
)

const visitsHelp = `Measures check-ins on the whole stack: so many visits, each by another person with
one appointment, seen and pressed on by a real browser. It prints the median of each
step as a waterfall, and what a visit costs in exchanges with the card, bytes to the
printer and memory.

What the person takes to read and press is not in the figures. Card and printer are
virtual: a real chip takes longer for each exchange, a real printer for each line.`

// visitsSettings are the options as given.
type visitsSettings struct {
	bin, state, browser string
	visits              int
	lineTime            time.Duration
}

func visitsCommand() *cobra.Command {
	var s visitsSettings
	cmd := &cobra.Command{
		Use: "bench-visits", Short: "Measure check-ins on the whole stack", Long: visitsHelp,
		Example: "  kiosksim bench-visits --bin build/bin --state build/bench/state --visits 50", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.visits < 1 || s.visits > 500 {
				return &usageError{fmt.Errorf("--visits: %d is not 1 to 500", s.visits)}
			}
			return runVisits(cmd.Context(), s, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.bin, "bin", "build/bin", "`folder` of the programs")
	flags.StringVar(&s.state, "state", "build/bench/state", "`folder` for the state; what is in it is thrown away first")
	flags.StringVar(&s.browser, "browser", "ui/browser", "`folder` of the browser's driver")
	flags.IntVar(&s.visits, "visits", 50, "how many visits, 1 to 500")
	flags.DurationVar(&s.lineTime, "line-time", 0, "how long the printer takes for a line; 0 measures our own time only")
	return cmd
}

// mark is a moment of a visit, told by a line that a part logs.
type mark struct{ part, text string }

// marks are the moments that logs tell of.
func marks() map[string]mark {
	return map[string]mark{
		"on disk": {"kioskd", "msg=committed"}, "at portal": {"portald", `call="POST /v1/actions"`},
		"delivered": {"kioskd", "msg=delivered"}, "printed": {"kioskd", `msg="job ended"`},
	}
}

// logged is a line and when it came.
type logged struct {
	part, text string
	at         time.Time
}

// timekeeper takes the times of visits.
type timekeeper struct {
	desk    *desk.Desk
	visitor *browser.Visitor
	lines   chan logged
	steps   map[string][]time.Duration
	costs   map[string][]int
}

func runVisits(ctx context.Context, s visitsSettings, out io.Writer) (err error) {
	if err := freshState(s.state); err != nil {
		return err
	}
	log, err := createIn(filepath.Dir(filepath.Clean(s.state)), "parts.log")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	w := &timekeeper{lines: make(chan logged, 4096), steps: map[string][]time.Duration{}, costs: map[string][]int{}}
	w.desk, err = desk.Start(ctx, desk.Options{
		Bin: s.bin, State: s.state, Crowd: s.visits, LineTime: s.lineTime, Window: os.Getenv("DISPLAY") != "", Log: log,
		Lines: func(part, text string, at time.Time) { w.lines <- logged{part, text, at} },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.desk.Close()) }()
	if w.visitor, err = browser.Visit(ctx, s.browser, w.desk.BoothURL); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.visitor.Close()) }()
	for n := range s.visits {
		if err := w.visit(ctx, n); err != nil {
			return fmt.Errorf("visit %d: %w", n+1, err)
		}
	}
	if err := w.arrived(ctx, s.visits); err != nil {
		return err
	}
	return w.report(out, s)
}

// visit takes the times of one.
func (w *timekeeper) visit(ctx context.Context, n int) error {
	w.drain()
	began := time.Now()
	if err := w.desk.Insert(ctx, 0, desk.CrowdCard(n)); err != nil {
		return err
	}
	if _, err := w.visitor.Read(demoTime, desk.CrowdName(n)); err != nil {
		return err
	}
	w.took("name", began, time.Now())
	if _, err := w.visitor.Wait(demoTime, "confirm"); err != nil {
		return err
	}
	w.took("appointment", began, time.Now())
	w.reading(began)
	pressed := time.Now()
	if err := w.visitor.Press("confirm", ""); err != nil {
		return err
	}
	if _, err := w.visitor.Wait(demoTime, "done"); err != nil {
		return err
	}
	w.took("thanks", pressed, time.Now())
	if err := w.follow(ctx, pressed); err != nil {
		return err
	}
	return w.leave(ctx)
}

// leave takes the card out, and waits until that is noticed: pcscd looks every 0.4 s
// only, and does not see a card that is out for less.
func (w *timekeeper) leave(ctx context.Context) error {
	if err := w.desk.Pull(ctx, 0); err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, demoTime)
	defer cancel()
	for {
		select {
		case l := <-w.lines:
			if l.part == "kioskd" && strings.Contains(l.text, `msg="card removed"`) {
				return nil
			}
		case <-limit.Done():
			return errors.New("the card's removal is not noticed")
		}
	}
}

// drain forgets what was logged before a visit.
func (w *timekeeper) drain() {
	for {
		select {
		case <-w.lines:
		default:
			return
		}
	}
}

func (w *timekeeper) took(step string, from, to time.Time) {
	w.steps[step] = append(w.steps[step], to.Sub(from))
}

// follow takes the times that the logs tell, until all have come.
func (w *timekeeper) follow(ctx context.Context, pressed time.Time) error {
	open := marks()
	limit, cancel := context.WithTimeout(ctx, demoTime)
	defer cancel()
	for len(open) > 0 {
		select {
		case l := <-w.lines:
			for step, m := range open {
				if l.part == m.part && strings.Contains(l.text, m.text) {
					w.took(step, pressed, l.at)
					w.note("printer bytes", l.text, "bytes")
					delete(open, step)
				}
			}
		case <-limit.Done():
			return errors.New("a step is not in the logs")
		}
	}
	return nil
}

// reading takes what the log told of the card since it went in.
func (w *timekeeper) reading(began time.Time) {
	for {
		select {
		case l := <-w.lines:
			switch {
			case l.part == "kioskd" && strings.Contains(l.text, `msg="card inserted"`):
				w.took("noticed", began, l.at)
			case l.part == "kioskd" && strings.Contains(l.text, `msg="card read"`):
				w.took("verified", began, l.at)
				w.note("card exchanges", l.text, "exchanges")
				w.note("card bytes", l.text, "bytes")
			}
		default:
			return
		}
	}
}

var numberOf = regexp.MustCompile(`\b([a-z_]+)=(\d+)\b`)

// note notes a number that a line gives by name, where it does.
func (w *timekeeper) note(cost, line, name string) {
	for _, found := range numberOf.FindAllStringSubmatch(line, -1) {
		if n, err := strconv.Atoi(found[2]); err == nil && found[1] == name {
			w.costs[cost] = append(w.costs[cost], n)
		}
	}
}

// arrived holds that the portal has every visit.
func (w *timekeeper) arrived(ctx context.Context, want int) error {
	list, err := w.desk.CheckIns(ctx)
	if err == nil && len(list) != want {
		err = fmt.Errorf("the portal has %d check-ins of %d", len(list), want)
	}
	return err
}

func (w *timekeeper) report(out io.Writer, s visitsSettings) error {
	fmt.Fprintf(out, "%d check-ins on the whole stack, medians (9th decile); printer: %v a line\n\n", s.visits, s.lineTime)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "card inserted\t\t")
	w.row(t, "  card noticed by pcscd", "noticed")
	w.row(t, "  name on the screen", "name")
	w.row(t, "  card read and verified", "verified")
	w.row(t, "  appointment on the screen", "appointment")
	fmt.Fprintln(t, "confirm pressed\t\t")
	w.row(t, "  action on disk", "on disk")
	w.row(t, "  action at the portal", "at portal")
	w.row(t, "  portal's word back", "delivered")
	w.row(t, "  ticket printed, confirmed by the printer", "printed")
	w.row(t, "  thanks on the screen", "thanks")
	fmt.Fprintln(t, "\t\t")
	for _, cost := range []string{"card exchanges", "card bytes", "printer bytes"} {
		fmt.Fprintf(t, "%s\t%d\t\n", cost, median(w.costs[cost]))
	}
	for _, part := range []string{"kioskd", "kioskview", "portald", "kiosksim"} {
		if kB, ok := memory(w.desk.PID(part)); ok {
			fmt.Fprintf(t, "memory of %s\t%.1f MB\t\n", part, float64(kB)/1024)
		}
	}
	return t.Flush()
}

func (w *timekeeper) row(out io.Writer, what, step string) {
	times := slices.Clone(w.steps[step])
	slices.Sort(times)
	if len(times) == 0 {
		return
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Fprintf(out, "%s\t%.1f ms\t(%.1f ms)\n", what, ms(median(times)), ms(times[len(times)*9/10]))
}

// median is the middle one, or the zero of none.
func median[T ~int | ~int64](list []T) T {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

var pss = regexp.MustCompile(`(?m)^Pss:\s+(\d+) kB`)

// memory is the proportional set size of a process and what it started, in kB: proc(5).
func memory(pid int) (kB int, ok bool) {
	if pid == 0 {
		return 0, false
	}
	for _, p := range append(children(pid), pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p))
		if err != nil {
			continue
		}
		if found := pss.FindSubmatch(text); found != nil {
			n, err := strconv.Atoi(string(found[1]))
			if err == nil {
				kB, ok = kB+n, true
			}
		}
	}
	return kB, ok
}

// children are the processes below one, at any depth. Each thread has its own.
func children(pid int) (list []int) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended
		}
		for field := range strings.FieldsSeq(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				continue
			}
			list = append(append(list, child), children(child)...)
		}
	}
	return list
}
