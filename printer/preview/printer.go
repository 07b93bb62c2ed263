package preview

import (
	"context"
	"fmt"

	"balie/printer"
)

// Sheet is a document as it would look on paper.
type Sheet struct {
	Title string
	// Secret sheets hold codes or a password: whoever shows them keeps nothing of them.
	Secret bool
	Text   string
	PNG    []byte
}

// Printer shows documents rather than print them, for a desk that has no printer.
type Printer struct {
	paper Paper
	show  func(context.Context, Sheet) error
	turn  chan struct{} // holds a token while nothing is shown
}

var _ printer.Printer = (*Printer)(nil)

// New makes a printer that hands every document to show, one at a time.
func New(paper Paper, show func(context.Context, Sheet) error) *Printer {
	p := &Printer{paper: paper, show: show, turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// Status is always that of a healthy printer.
func (p *Printer) Status(ctx context.Context) (printer.Status, error) {
	return printer.Status{}, ctx.Err()
}

// Print shows doc. It is Confirmed when it was shown; where showing it fails,
// nobody knows how much of it was seen.
func (p *Printer) Print(ctx context.Context, doc printer.Document) (printer.Result, error) {
	sheet, err := p.sheet(doc)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return printer.Result{Outcome: printer.NotSent}, err
	}
	select {
	case <-p.turn:
		defer func() { p.turn <- struct{}{} }()
	case <-ctx.Done():
		return printer.Result{Outcome: printer.NotSent}, ctx.Err()
	}
	if err := p.show(ctx, sheet); err != nil {
		return printer.Result{Outcome: printer.Unknown}, fmt.Errorf("showing a document: %w", err)
	}
	return printer.Result{Outcome: printer.Confirmed, By: "shown"}, nil
}

func (p *Printer) sheet(doc printer.Document) (Sheet, error) {
	strip, err := Strip(doc, p.paper)
	if err != nil {
		return Sheet{}, err
	}
	png, err := strip.PNG()
	if err != nil {
		return Sheet{}, err
	}
	return Sheet{Title: doc.Title, Secret: doc.Secret, Text: strip.Text(), PNG: png}, nil
}
