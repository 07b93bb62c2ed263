package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"balie/cmd/internal/driver"
	"balie/kiosk"
	"balie/printer"
	"balie/printer/spool"
)

// tickets is the ticket printer, whose jobs go through the spool, and what it last
// said.
type tickets struct {
	driver.Device
	name  string
	spool *spool.Spool

	mu   sync.Mutex
	last error // guarded by mu; why it could not be asked
}

var _ kiosk.Tickets = (*tickets)(nil)

// ticketPart is the printer as the booth takes it: an interface that is nil where
// there is none.
func (b *booth) ticketPart() kiosk.Tickets {
	if b.tickets == nil {
		return nil
	}
	return b.tickets
}

// Print returns when the ticket is out: where it is held out to be taken, the person
// is to be told so, and what becomes of it is followed without them.
func (t *tickets) Print(ctx context.Context, doc printer.Document) (printer.Result, error) {
	p, err := submit(ctx, t.spool, t.name, doc)
	if err != nil {
		return printer.Result{Outcome: printer.NotSent}, err
	}
	stop := context.AfterFunc(ctx, p.Withdraw)
	defer stop()
	if doc.Secret { // whoever asked for it is told now, and it is on nobody else's books
		<-p.Done()
		return t.settled(ctx, p)
	}
	<-p.Out()
	select {
	case <-p.Done():
		return p.Result()
	default:
		return printer.Result{Outcome: printer.Confirmed, By: "held out"}, nil
	}
}

// settled is how a secret came out; the journal need not keep it any longer.
func (t *tickets) settled(ctx context.Context, p *spool.Pending) (printer.Result, error) {
	result, err := p.Result()
	return result, errors.Join(err, t.spool.Settle(context.WithoutCancel(ctx), p.ID()))
}

// submit puts a document in line, under an id of its own.
func submit(ctx context.Context, s *spool.Spool, name string, doc printer.Document) (*spool.Pending, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("making an id for a print job: %w", err)
	}
	return s.Submit(ctx, spool.Job{ID: id, Printer: name, Document: doc})
}

// Status asks the printer, and remembers why it could not be asked.
func (t *tickets) Status(ctx context.Context) (printer.Status, error) {
	s, err := t.Printer.Status(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = err
	return s, err
}

// trouble is why the printer could not be asked when it last was; nil if it could.
func (t *tickets) trouble() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}
