package kiosktest

import (
	"context"
	"slices"
	"sync"
	"time"

	"balie/kiosk"
	"balie/printer"
)

var _ kiosk.Tickets = (*Tickets)(nil)

// Tickets is a printer that keeps what it was given. The zero Tickets is well and
// confirms nothing: set what it is with Be.
type Tickets struct {
	mu      sync.Mutex
	status  printer.Status
	lost    error
	outcome printer.Outcome
	takes   time.Duration
	asked   int
	printed []printer.Document
}

// Be sets how the printer is: its faults, or why it cannot be asked at all.
func (p *Tickets) Be(lost error, faults ...printer.Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost, p.status = lost, printer.Status{Faults: faults}
}

// End sets how every job ends from now on, and after how long.
func (p *Tickets) End(takes time.Duration, outcome printer.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.takes, p.outcome = takes, outcome
}

// Printed are the documents it was given, in order.
func (p *Tickets) Printed() []printer.Document {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.printed)
}

// Asked is how often its status was asked.
func (p *Tickets) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Status is how the printer was set to be.
func (p *Tickets) Status(context.Context) (printer.Status, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return p.status, p.lost
}

// Print keeps the document and ends as was set; a job that ctx ends is unknown.
func (p *Tickets) Print(ctx context.Context, doc printer.Document) (printer.Result, error) {
	p.mu.Lock()
	p.printed = append(p.printed, doc)
	result, takes := printer.Result{Outcome: p.outcome, By: "as set", Status: p.status}, p.takes
	p.mu.Unlock()
	if err := wait(ctx, takes); err != nil {
		return printer.Result{Outcome: printer.Unknown, By: "ended"}, err
	}
	return result, nil
}
