package printertest

import (
	"context"

	"balie/printer/internal/paper"
)

// Paper is one piece of paper that came out of the printer.
type Paper struct {
	// Cut is "full", "partial", or "torn" where someone took an unfinished piece out
	// to put in a new roll.
	Cut string
	// Fate is what became of it at a printer with a mouth: "coming" to it, "held" in it,
	// "taken" out of it, "retracted" into the printer, "ejected" before anybody's feet.
	// It is empty where paper just falls.
	Fate  string
	strip paper.Strip
}

// Lines is what can be read on it, line by line, without blanks at the right; a
// QR code is "[QR data]".
func (p Paper) Lines() []string { return p.strip.Lines() }

// Text is the lines, each with a line feed.
func (p Paper) Text() string { return p.strip.Text() }

// QR gives the content of the QR codes on it.
func (p Paper) QR() []string { return p.strip.Symbols() }

// PNG is a picture of it.
func (p Paper) PNG() ([]byte, error) { return p.strip.PNG() }

// SVG is a picture of it that scales.
func (p Paper) SVG() ([]byte, error) { return p.strip.SVG() }

// Papers gives the pieces that have come out, oldest first. Blank ones do not count.
func (p *Printer) Papers() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.listed()
}

func (p *Printer) listed() []Paper {
	list := make([]Paper, 0, len(p.papers))
	for _, paper := range p.papers {
		list = append(list, *paper)
	}
	return list
}

// Hanging is the piece that has been printed on and not yet cut.
func (p *Printer) Hanging() Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.piece("")
}

// Discard throws away the papers that have come out.
func (p *Printer) Discard() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.papers = nil
	p.notify()
}

// Wait waits until n papers have come out, and gives them all.
func (p *Printer) Wait(ctx context.Context, n int) ([]Paper, error) {
	for {
		p.mu.Lock()
		papers, changed := p.listed(), p.changed
		p.mu.Unlock()
		if len(papers) >= n {
			return papers, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return papers, ctx.Err()
		}
	}
}

// Changed is closed at the next change of papers or faults.
func (p *Printer) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *Printer) piece(cut string) Paper {
	items := append([]paper.Item(nil), p.m.items...)
	return Paper{Cut: cut, strip: paper.Strip{Columns: p.options.Columns, Dots: p.options.Dots, Items: items}}
}

// cut ends the piece that hangs from the printer and gives it, or nil where nothing is
// on it.
func (p *Printer) cut(how string) *Paper {
	printed := false
	for _, item := range p.m.items {
		switch it := item.(type) {
		case paper.Feed:
		case paper.Line:
			printed = printed || it.Text() != ""
		default:
			printed = true
		}
	}
	var cut *Paper
	if printed {
		piece := p.piece(how)
		cut = &piece
		p.papers = append(p.papers, cut)
	}
	if how != "torn" {
		p.cuts++
	}
	p.m.items = nil
	p.notify()
	return cut
}

// tear takes out what hangs from the printer.
func (p *Printer) tear() { p.cut("torn") }
