package main

import (
	"sync"
	"time"

	"balie/internal/secret"
	"balie/kiosk"
)

// pinTime is how long what was typed waits for the card, which asks for it at once.
const pinTime = 10 * time.Second

// pinBox is where a PIN that was typed on the screen lies until the card takes it:
// beside the booth, which is told only that one was typed. There is one at a time, and
// each ends wiped: taken, replaced, too late, or its screen gone.
type pinBox struct {
	mu   sync.Mutex
	pin  secret.Bytes // guarded by mu
	late *time.Timer  // guarded by mu; wipes it
}

// put takes a PIN over.
func (b *pinBox) put(pin secret.Bytes) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.empty()
	b.pin = pin
	b.late = time.AfterFunc(pinTime, pin.Wipe)
}

// take gives it away: whoever takes it wipes it.
func (b *pinBox) take() secret.Bytes {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.late != nil && !b.late.Stop() {
		return secret.Bytes{}
	}
	pin := b.pin
	b.pin, b.late = secret.Bytes{}, nil
	return pin
}

// shown wipes what nobody will take any more, once another screen is shown.
func (b *pinBox) shown(s kiosk.Screen) {
	if s == kiosk.ScreenPIN || s == kiosk.ScreenHolder {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.empty()
}

// empty is called with mu held.
func (b *pinBox) empty() {
	if b.late != nil {
		b.late.Stop()
	}
	b.pin.Wipe()
	b.pin, b.late = secret.Bytes{}, nil
}
