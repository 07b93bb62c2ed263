// Package stage is what the virtual printers of cards and labels have in common:
// faults, what came out, who waits for it, and a wire to play on.
package stage

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"balie/printer"
	"balie/printer/internal/page"
)

// PowerOff takes everything from a printer: memory, voice, ears.
const PowerOff printer.Fault = "power-off"

// Machine is a printer's own part, called with its stage locked.
type Machine interface {
	// Take takes one byte and gives what is answered to it.
	Take(b byte) []byte
	// Changed says that a fault has begun or ended.
	Changed()
	// Lose forgets everything, as without power.
	Lose()
}

// Stage carries a machine.
type Stage struct {
	machine Machine

	mu      sync.Mutex // guards all that follows
	faults  map[printer.Fault]bool
	plan    []planned
	taken   int // bytes since it was made
	sheets  []page.Sheets
	odd     []string
	changed chan struct{} // closed and replaced at each change
}

type planned struct {
	at    int
	fault printer.Fault
}

// New makes a stage; Play puts the machine on it.
func New() *Stage { return &Stage{faults: map[printer.Fault]bool{}, changed: make(chan struct{})} }

// Play puts a machine on the stage.
func (s *Stage) Play(m Machine) { s.machine = m }

// Set makes a fault happen or ends it, and calls off one in store.
func (s *Stage) Set(fault printer.Fault, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = slices.DeleteFunc(s.plan, func(p planned) bool { return p.fault == fault })
	s.set(fault, on)
}

func (s *Stage) set(fault printer.Fault, on bool) {
	if s.faults[fault] == on {
		return
	}
	s.faults[fault] = on
	if fault == PowerOff && on {
		s.machine.Lose()
	}
	s.machine.Changed()
	s.notify()
}

// FaultAt makes a fault happen when n more bytes have been received.
func (s *Stage) FaultAt(n int, fault printer.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = append(s.plan, planned{s.taken + n, fault})
}

// Has tells whether a fault stands. It is for the machine, which runs locked.
func (s *Stage) Has(fault printer.Fault) bool { return s.faults[fault] }

// Flag is "1" where a fault stands. It is for the machine.
func (s *Stage) Flag(fault printer.Fault) string {
	if s.faults[fault] {
		return "1"
	}
	return "0"
}

// Strange notes what a real printer would not have understood; nothing of what
// was to be printed belongs in it. It is for the machine.
func (s *Stage) Strange(what string) { s.odd = append(s.odd, what) }

// Out puts a job's labels or cards out. It is for the machine.
func (s *Stage) Out(sheets page.Sheets) {
	s.sheets = append(s.sheets, sheets)
	s.notify()
}

func (s *Stage) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Oddities lists what a real printer would not have understood.
func (s *Stage) Oddities() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.odd)
}

// Sheets gives what has come out, oldest first.
func (s *Stage) Sheets() []page.Sheets {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sheets)
}

// Wait waits until n sheets have come out, and gives them all.
func (s *Stage) Wait(ctx context.Context, n int) ([]page.Sheets, error) {
	for {
		s.mu.Lock()
		sheets, changed := slices.Clone(s.sheets), s.changed
		s.mu.Unlock()
		if len(sheets) >= n {
			return sheets, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return sheets, ctx.Err()
		}
	}
}

// Papers is Wait, as text: what the conformance suite asks for.
func (s *Stage) Papers(ctx context.Context, n int) ([]string, error) {
	sheets, err := s.Wait(ctx, n)
	var list []string
	for _, sheet := range sheets {
		list = append(list, sheet.Text())
	}
	return list, err
}

// Take takes a stream of bytes without a wire; what would be answered is lost.
func (s *Stage) Take(stream []byte) { s.take(stream) }

// Do runs a function while nothing else happens on the stage.
func (s *Stage) Do(look func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	look()
}

func (s *Stage) take(stream []byte) (answers []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range stream {
		s.taken++
		for len(s.plan) > 0 && s.plan[0].at <= s.taken {
			fault := s.plan[0].fault
			s.plan = s.plan[1:]
			s.set(fault, true)
		}
		if s.faults[PowerOff] {
			continue
		}
		answer := s.machine.Take(b)
		if !s.faults[printer.Mute] {
			answers = append(answers, answer...)
		}
	}
	return answers
}

// errHungUp says that the wire is gone.
var errHungUp = errors.New("wire to the virtual printer is gone")

// Serve prints what comes over rw and answers, until reading or writing fails or
// ctx ends. A Read that blocks is not ended by ctx: close the wire.
func (s *Stage) Serve(ctx context.Context, rw io.ReadWriter) error {
	buf := make([]byte, 256)
	for ctx.Err() == nil {
		n, err := rw.Read(buf)
		if answers := s.take(buf[:n]); len(answers) > 0 {
			if _, err := rw.Write(answers); err != nil {
				return errHungUp
			}
		}
		if err != nil {
			return errHungUp
		}
	}
	return ctx.Err()
}
