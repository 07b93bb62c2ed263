package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// clobber has Go's runtime overwrite what it frees (package runtime, "Environment
// Variables"). It is read once, when a process begins.
const clobber = "clobberfree=1"

// overwriteFreed begins this process anew, as the same one, where its runtime does not
// overwrite what it frees: what a document or a request held is then not in the memory
// any more once it was collected.
func overwriteFreed() error {
	was := os.Getenv("GODEBUG")
	if strings.Contains(was, clobber) {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("having freed memory overwritten: %w", err)
	}
	if err := os.Setenv("GODEBUG", strings.TrimPrefix(was+","+clobber, ",")); err != nil {
		return fmt.Errorf("having freed memory overwritten: %w", err)
	}
	return fmt.Errorf("having freed memory overwritten: %w", syscall.Exec(self, os.Args, os.Environ()))
}

// frames is how much of a goroutine's stack is overwritten: more than what makes and prints
// a card goes down.
const frames = 64 << 10

// overwriteStack overwrites what functions that have returned left on the stack of the
// goroutine that calls it: a short string is put together there, and the runtime gives a
// stack to the next goroutine as it is.
//
//go:noinline
func overwriteStack() {
	var below [frames]byte
	clear(below[:])
	runtime.KeepAlive(&below)
}

// freed has what nobody uses any more collected at once, and with that overwritten.
type freed chan struct{}

func newFreed() freed { return make(freed, 1) }

// soon asks for it, and never waits.
func (f freed) soon() {
	select {
	case f <- struct{}{}:
	default: // it was asked for, and has not begun
	}
}

// run collects when it was asked to, until ctx ends: twice, since what lies in a pool of
// package sync stays over the first time.
func (f freed) run(ctx context.Context) error {
	for {
		select {
		case <-f:
			runtime.GC()
			runtime.GC()
		case <-ctx.Done():
			return nil
		}
	}
}
