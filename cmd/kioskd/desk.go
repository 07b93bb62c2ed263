package main

import (
	"slices"
	"sync"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
	"balie/hw/pcsc"
)

// deskReaders are the clerk's readers: what is in them, for the technician. No visit
// begins at one.
type deskReaders struct {
	mu   sync.Mutex
	list []control.Reader // guarded by mu
}

// note takes account of an event at one of them.
func (d *deskReaders) note(e pcsc.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.IndexFunc(d.list, func(r control.Reader) bool { return r.Name == e.Reader })
	if at < 0 {
		d.list, at = append(d.list, control.Reader{Name: e.Reader, Role: config.DeskReader, State: "empty"}), len(d.list)
	}
	switch r := &d.list[at]; e.Kind {
	case pcsc.ReaderLost:
		d.list = slices.Delete(d.list, at, at+1)
	case pcsc.ReaderClaimed:
		r.State = "claimed by another program"
	case pcsc.CardInserted, pcsc.CardMute:
		r.State = "card"
	case pcsc.ReaderReady, pcsc.CardRemoved:
		r.State = "empty"
	}
}

// states are the readers as they are now.
func (d *deskReaders) states() []control.Reader {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.list)
}
