package printertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"balie/printer"
)

// T is what the suite needs of a *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Device is a printer under test and what comes out of it.
type Device struct {
	printer.Printer
	// Papers waits until n documents have come out since Open, and gives the text of
	// each, oldest first.
	Papers func(ctx context.Context, n int) ([]string, error)
	// Faults are those that Set can bring about and with which nothing is printed.
	Faults []printer.Fault
	// Set makes a fault happen or ends it.
	Set func(fault printer.Fault, on bool)
	// Euro is how it spells the euro where its font lacks the sign.
	Euro string
	// Beside says that QR codes stand beside the text, at no place in its order.
	Beside bool
}

// Suite is what every [printer.Printer] has in common, as tests.
type Suite struct {
	// Open gives a printer with nothing wrong; it is called once for each test.
	Open func(T) Device
}

// Case is one test of the suite: hand Run a *testing.T of its own.
type Case struct {
	Name string
	Run  func(context.Context, T)
}

// Cases are the tests.
func (s Suite) Cases() []Case {
	return []Case{
		{"ticket in every language", s.tickets},
		{"every block", s.everyBlock},
		{"document that cannot be printed", s.refused},
		{"document is the caller's", s.ownership},
		{"ended context", s.endedContext},
		{"several at once", s.several},
		{"status beside a job", s.statusBeside},
		{"text is no command", s.noCommand},
		{"faults", s.faults},
		{"followed", s.followed},
		{"cleared", s.cleared},
	}
}

// marker is printed last: what is on paper before it is all there will be.
const marker = "no more"

func text(lines ...string) printer.Document {
	doc := printer.Document{Title: "text", Language: "en"}
	for _, line := range lines {
		doc.Blocks = append(doc.Blocks, printer.Paragraph{Text: line})
	}
	return doc
}

// must prints a document on a printer with nothing wrong.
func must(ctx context.Context, t T, d Device, doc printer.Document) {
	t.Helper()
	r, err := d.Print(ctx, doc)
	switch r.Outcome {
	case printer.Confirmed, printer.Taken:
		if err != nil {
			t.Fatalf("confirmed, and the error is: %v", err)
		}
	case printer.Sent:
		if err == nil {
			t.Fatalf("not confirmed, and no error says so")
		}
	default:
		t.Fatalf("outcome %v: %v", r.Outcome, err)
	}
	if r.By == "" || !r.Status.Ready() {
		t.Errorf("%v by %q with status %v", r.Outcome, r.By, r.Status.Faults)
	}
}

// rest prints the marker and gives what came out before it; there must be n papers.
func rest(ctx context.Context, t T, d Device, n int) []string {
	t.Helper()
	must(ctx, t, d, text(marker))
	papers, err := d.Papers(ctx, n+1)
	if err != nil || len(papers) != n+1 || strings.TrimSpace(papers[n]) != marker {
		t.Fatalf("expected %d papers and the last, got %q, %v", n, papers, err)
	}
	return papers[:n]
}

// expectError checks an error of Print: there must be one, and it tells nothing.
func expectError(t T, err error, hidden string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error says why")
	}
	if strings.Contains(err.Error(), hidden) {
		t.Errorf("the error tells of the document: %v", err)
	}
}

func (s Suite) tickets(ctx context.Context, t T) {
	d := s.Open(t)
	if status, err := d.Status(ctx); err != nil || !status.Ready() {
		t.Fatalf("before: %v, %v", status.Faults, err)
	}
	for _, language := range Languages() {
		must(ctx, t, d, Ticket(language))
	}
	euro := d.Euro
	if euro == "" {
		euro = "€"
	}
	for i, paper := range rest(ctx, t, d, len(Languages())) {
		w := ticketWords(Languages()[i])
		for _, want := range []string{w.fields[0][1], w.fields[3][0], euro, "K1-042", "[QR https://route.example/46]"} {
			if !strings.Contains(paper, want) {
				t.Errorf("%s lacks %q:\n%s", Languages()[i], want, paper)
			}
		}
	}
}

func (s Suite) everyBlock(ctx context.Context, t T) {
	d := s.Open(t)
	must(ctx, t, d, printer.Document{Title: "all", Language: "en", Secret: true, Blocks: []printer.Block{
		printer.Heading{Level: 1, Text: "one"}, printer.Heading{Level: 2, Text: "two"}, printer.Heading{Level: 3, Text: "three"},
		printer.Paragraph{Text: "four"}, printer.Field{Label: "five", Value: "six"},
		printer.Codes{Columns: 2, Codes: []string{"seven", "eight"}}, printer.QR{Data: "nine", Caption: "ten"},
		printer.Barcode{Data: "eleven"}, printer.Rule{}, printer.Space{}, printer.Image{Width: 8, Rows: [][]byte{{0xFF}}, Alt: "twelve"},
	}})
	paper := rest(ctx, t, d, 1)[0]
	at := 0
	for _, want := range []string{"one", "two", "three", "four", "five", "six", "1 seven", "2 eight", "[QR nine]", "ten", "[barcode eleven]", "---", "[picture"} {
		i := strings.Index(paper[at:], want)
		if d.Beside && (want == "[QR nine]" || want == "ten") && strings.Contains(paper, want) {
			continue
		}
		if i < 0 {
			t.Fatalf("%q is missing, or not in order:\n%s", want, paper)
		}
		at += i + len(want)
	}
}

func (s Suite) refused(ctx context.Context, t T) {
	d := s.Open(t)
	const hidden = "hidden"
	for _, block := range []printer.Block{
		printer.QR{Data: hidden + "\x1B@"}, printer.QR{}, printer.Barcode{Data: hidden + "é"},
		printer.Image{Width: 9, Rows: [][]byte{{1}}}, nil,
	} {
		doc := text(hidden)
		doc.Blocks = append(doc.Blocks, block)
		r, err := d.Print(ctx, doc)
		if r.Outcome != printer.NotSent {
			t.Errorf("%T: outcome %v", block, r.Outcome)
		}
		expectError(t, err, hidden)
	}
	rest(ctx, t, d, 0)
}

func (s Suite) ownership(ctx context.Context, t T) {
	d := s.Open(t)
	doc := Ticket("fr")
	must(ctx, t, d, doc)
	if !reflect.DeepEqual(doc, Ticket("fr")) {
		t.Errorf("printing changed the document")
	}
}

func (s Suite) endedContext(ctx context.Context, t T) {
	d := s.Open(t)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	r, err := d.Print(ended, text("hidden"))
	if r.Outcome != printer.NotSent || !errors.Is(err, context.Canceled) {
		t.Errorf("outcome %v, %v", r.Outcome, err)
	}
	expectError(t, err, "hidden")
	rest(ctx, t, d, 0)
}

func (s Suite) several(ctx context.Context, t T) {
	d := s.Open(t)
	const n = 6
	var group sync.WaitGroup
	results := make([]error, n)
	for i := range n {
		group.Go(func() {
			r, err := d.Print(ctx, text(fmt.Sprint("first line of ", i), fmt.Sprint("second line of ", i)))
			if !r.Outcome.Done() {
				results[i] = fmt.Errorf("job %d: outcome %v: %w", i, r.Outcome, err)
			}
		})
	}
	group.Wait()
	if err := errors.Join(results...); err != nil {
		t.Fatalf("%v", err)
	}
	seen := map[string]bool{}
	for _, paper := range rest(ctx, t, d, n) {
		seen[paper] = true
	}
	for i := range n {
		if want := fmt.Sprintf("first line of %d\nsecond line of %d\n", i, i); !seen[want] {
			t.Errorf("%q is not among %v", want, seen)
		}
	}
}

func (s Suite) statusBeside(ctx context.Context, t T) {
	d := s.Open(t)
	done := make(chan struct{})
	var asking error
	go func() {
		defer close(done)
		for range 20 {
			if status, err := d.Status(ctx); err != nil || !status.Ready() {
				asking = fmt.Errorf("beside a job: %v: %w", status.Faults, err)
			}
		}
	}()
	for range 3 {
		must(ctx, t, d, Ticket("de"))
	}
	<-done
	if asking != nil {
		t.Errorf("%v", asking)
	}
	rest(ctx, t, d, 3)
}

func (s Suite) noCommand(ctx context.Context, t T) {
	d := s.Open(t)
	hostile := []string{"\x1Bi", "\x1DV\x00", "\x10\x14\x02\x01\x08", "\x1B=\x00", "a\u009Bb\x7F", "\xFF\xFE", "x\r\ny\fz"}
	for _, attack := range hostile {
		must(ctx, t, d, text("before", attack+" inside", "after"))
	}
	for i, paper := range rest(ctx, t, d, len(hostile)) {
		if !strings.HasPrefix(paper, "before\n") || !strings.HasSuffix(paper, "inside\nafter\n") {
			t.Errorf("%q printed %q", hostile[i], paper)
		}
		for _, r := range paper {
			if r != '\n' && (r < 0x20 || r == 0x7F || r >= 0x80 && r < 0xA0) {
				t.Errorf("%q let %U through", hostile[i], r)
			}
		}
	}
}

func (s Suite) faults(ctx context.Context, t T) {
	d := s.Open(t)
	for _, fault := range d.Faults {
		d.Set(fault, true)
		if status, err := d.Status(ctx); err != nil || status.Ready() || !status.Has(fault) {
			t.Errorf("%s: status %v, %v", fault, status.Faults, err)
		}
		r, err := d.Print(ctx, text("hidden"))
		if r.Outcome != printer.NotSent || !r.Status.Has(fault) {
			t.Errorf("%s: outcome %v with %v", fault, r.Outcome, r.Status.Faults)
		}
		expectError(t, err, "hidden")
		d.Set(fault, false)
		if status, err := d.Status(ctx); err != nil || len(status.Faults) != 0 {
			t.Fatalf("%s mended: status %v, %v", fault, status.Faults, err)
		}
	}
	rest(ctx, t, d, 0)
}
