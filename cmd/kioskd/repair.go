package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"balie/hw/pcsc"
	"balie/kiosk"
)

// When something of the machine is taken for hung.
const (
	// serviceDownFor is how long a card service may be away. One that was restarted, or
	// that systemd starts at the first call, is back in a second or two.
	serviceDownFor = 20 * time.Second
	// hungAfter is how many cards in a row a reader may fail to read. A bad card is tried
	// twice, by people.
	hungAfter = 4
	// repairEvery is how long a repair has to help before it is asked for again.
	repairEvery = 10 * time.Minute
)

// repair asks for what only root can do: to restart pcscd, and to switch a reader off
// and on. It writes a file, and a unit of systemd that sees it does that
// (packaging/systemd, balie-pcscd and balie-reader). Where there is no folder for such
// files there is nobody to see them.
type repair struct {
	folder string
	socket func(reader string) string // where a reader is plugged in
	log    *slog.Logger

	mu     sync.Mutex
	down   time.Time            // guarded by mu; since when there is no card service
	failed map[string]int       // guarded by mu; cards in a row, by reader
	asked  map[string]time.Time // guarded by mu; when, by file
}

func newRepair(runDir string, socket func(string) string, log *slog.Logger) *repair {
	return &repair{
		folder: filepath.Join(runDir, "repair"), socket: socket, log: log,
		failed: map[string]int{}, asked: map[string]time.Time{},
	}
}

// note hears of the card service.
func (r *repair) note(e pcsc.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case e.Kind == pcsc.ServiceDown && r.down.IsZero():
		r.down = time.Now()
	case e.Kind == pcsc.ServiceUp:
		r.down = time.Time{}
	}
}

// read hears how reading a card ended, in the kiosk's words. A card that was pulled, or
// is another kind of card, says nothing of the reader.
func (r *repair) read(reader string, err error) {
	socket := r.socket(reader)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil, errors.Is(err, kiosk.ErrCardForeign):
		delete(r.failed, reader)
	case errors.Is(err, kiosk.ErrCardUnreadable):
		if r.failed[reader]++; r.failed[reader] >= hungAfter {
			delete(r.failed, reader)
			r.ask("reader", socket)
		}
	}
}

// run asks for a card service that stays away, until ctx ends.
func (r *repair) run(ctx context.Context) error {
	tick := time.NewTicker(serviceDownFor / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			r.look()
		}
	}
}

func (r *repair) look() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.down.IsZero() && time.Since(r.down) >= serviceDownFor {
		r.ask("pcscd", "pcscd")
	}
}

// ask asks for a repair, unless it was asked for a while ago. It is called with mu held.
func (r *repair) ask(what, of string) {
	if at, was := r.asked[what]; of == "" || was && time.Since(at) < repairEvery {
		return
	}
	if _, err := os.Stat(r.folder); err != nil {
		return
	}
	r.asked[what] = time.Now()
	if err := os.WriteFile(filepath.Join(r.folder, what), []byte(of+"\n"), 0o600); err != nil {
		r.log.Warn("no repair could be asked for", "of", what, "err", err)
		return
	}
	r.log.Warn("asked systemd for a repair", "of", what, "at", of)
}
