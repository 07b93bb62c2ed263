package form

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"balie/printer"
)

// patience is how long a print command may take to accept a file.
const patience = 30 * time.Second

// Printer hands sheets of A4 to the command that prints them on the desk's
// printer, or keeps them for the desk to fetch where there is no such command.
type Printer struct {
	command []string
	shelf   *Shelf
	now     func() time.Time
	turn    chan struct{} // holds a token while nothing is handed over
}

var _ printer.Printer = (*Printer)(nil)

// New makes a printer. command is a program and its arguments, which gets the file
// on its standard input and is run without a shell; where it is empty the sheets
// go to the shelf.
func New(command []string, shelf *Shelf) *Printer {
	p := &Printer{command: command, shelf: shelf, now: time.Now, turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// Status is that of a healthy printer: how the desk's own is, only its queue knows.
func (p *Printer) Status(ctx context.Context) (printer.Status, error) {
	return printer.Status{}, ctx.Err()
}

// Print hands doc over once. It is Sent when the command took it, Confirmed when
// it is on the shelf; a command that fails may have printed it, and nobody knows.
func (p *Printer) Print(ctx context.Context, doc printer.Document) (printer.Result, error) {
	file, err := PDF(doc, p.now())
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
	if len(p.command) == 0 {
		id := p.shelf.put(doc.Title, file, p.now())
		return printer.Result{Outcome: printer.Confirmed, By: fmt.Sprintf("kept for the desk as form %d", id)}, nil
	}
	return p.run(ctx, file)
}

// run has the command take a file. What the command writes stays out of the error:
// it may name the document.
func (p *Printer) run(ctx context.Context, file []byte) (printer.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.command[0], p.command[1:]...)
	cmd.Stdin = bytes.NewReader(file)
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return printer.Result{Outcome: printer.Sent, By: "taken by " + p.command[0]}, fmt.Errorf("%s took it; whether it is printed its queue knows", p.command[0])
	case errors.As(err, &exit) || ctx.Err() != nil:
		return printer.Result{Outcome: printer.Unknown}, fmt.Errorf("forms.command: %s: %w", strings.Join(p.command, " "), err)
	}
	return printer.Result{Outcome: printer.NotSent}, fmt.Errorf("forms.command: %w", err)
}

// kept bounds the shelf: what nobody fetched goes.
const (
	keptFor  = time.Hour
	keptMost = 20
)

// Shelf keeps sheets until the desk fetches them, in memory only: they have names
// on them. A restart or an hour empties it.
type Shelf struct {
	mu    sync.Mutex // guards all that follows
	last  int
	forms []Form
}

// Form is a sheet on the shelf.
type Form struct {
	ID    int
	Title string
	Since time.Time
	file  []byte
}

func (s *Shelf) put(title string, file []byte, now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear(now)
	if len(s.forms) == keptMost {
		s.forms = s.forms[1:]
	}
	s.last++
	s.forms = append(s.forms, Form{ID: s.last, Title: title, Since: now, file: file})
	return s.last
}

// clear throws away what has been there too long.
func (s *Shelf) clear(now time.Time) {
	for len(s.forms) > 0 && now.Sub(s.forms[0].Since) > keptFor {
		s.forms = s.forms[1:]
	}
}

// List gives the sheets, the oldest first.
func (s *Shelf) List(now time.Time) []Form {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear(now)
	return append([]Form(nil), s.forms...)
}

// Take gives a sheet and keeps it no longer.
func (s *Shelf) Take(id int, now time.Time) (file []byte, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear(now)
	for i, f := range s.forms {
		if f.ID == id {
			s.forms = append(s.forms[:i:i], s.forms[i+1:]...)
			return f.file, true
		}
	}
	return nil, false
}
