package main

import "sync"

// bell tells any number of listeners that something changed.
type bell struct {
	mu   sync.Mutex
	next chan struct{} // guarded by mu: closed at the next change
}

func newBell() *bell { return &bell{next: make(chan struct{})} }

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.next)
	b.next = make(chan struct{})
}

// rung is closed at the next change.
func (b *bell) rung() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.next
}
