package printertest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"balie/printer"
	"balie/printer/printertest"
)

// liar says what it is told to and prints nothing, or everything twice.
type liar struct {
	result printer.Result
	err    error
	twice  bool

	mu     sync.Mutex // guards papers
	papers []string
}

func (l *liar) Status(context.Context) (printer.Status, error) { return printer.Status{}, nil }

func (l *liar) Print(_ context.Context, doc printer.Document) (printer.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.twice {
		text := fmt.Sprint(doc.Blocks)
		l.papers = append(l.papers, text, text)
	}
	return l.result, l.err
}

// jury notes whether a case failed.
type jury struct{ failed bool }

func (*jury) Helper()                 {}
func (j *jury) Errorf(string, ...any) { j.failed = true }
func (j *jury) Fatalf(string, ...any) { j.failed = true; runtime.Goexit() }

// TestSuiteFindsLiars: no case passes a printer that does not print.
func TestSuiteFindsLiars(t *testing.T) {
	for name, make := range map[string]func() *liar{
		"says confirmed": func() *liar {
			return &liar{result: printer.Result{Outcome: printer.Confirmed, By: "word of honour"}}
		},
		"says sent": func() *liar {
			return &liar{result: printer.Result{Outcome: printer.Sent, By: "x"}, err: errors.New("x")}
		},
		"says twice": func() *liar { return &liar{result: printer.Result{Outcome: printer.Confirmed, By: "x"}, twice: true} },
		"never sends": func() *liar {
			return &liar{result: printer.Result{Outcome: printer.NotSent}, err: errors.New("hidden")}
		},
	} {
		for _, c := range (printertest.Suite{}).Cases() {
			t.Run(name+", "+c.Name, func(t *testing.T) {
				suite := printertest.Suite{Open: func(printertest.T) printertest.Device {
					l := make()
					return printertest.Device{
						Printer: l, Faults: []printer.Fault{printer.PaperEnd}, Set: func(printer.Fault, bool) {},
						Papers: func(context.Context, int) ([]string, error) { return l.papers, nil },
					}
				}}
				var j jury
				for _, mine := range suite.Cases() {
					if mine.Name == c.Name {
						judge(t.Context(), mine, &j)
					}
				}
				if !j.failed && !(name != "never sends" && c.Name == "document is the caller's") {
					t.Error("passed")
				}
			})
		}
	}
}

func judge(ctx context.Context, c printertest.Case, j *jury) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(ctx, j)
	}()
	<-done
}
