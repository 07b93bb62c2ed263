package spool_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.bug.st/serial"

	"balie/printer"
	"balie/printer/spool"
	"balie/printer/spool/journal"
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

func openTTY(path string) opener {
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
	kinds, err := models()
	if err != nil {
		return err
	}
	for name, m := range kinds {
		devices[name] = m.driver(openTTY(filepath.Join(dir, name)))
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

// card is a document whose every line names it. It fits on a card.
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
