package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"balie/cmd/internal/control"
	"balie/hw/eid"
	"balie/internal/durable"
	"balie/sync/portal/api"
)

// How often the portal is asked for revocation lists: they change by the week; and when
// it was not to be had.
const (
	revocationsEvery = 6 * time.Hour
	revocationsAgain = 5 * time.Minute
)

// revocations are the lists of what the state took back, as the portal has them. The
// last ones are kept on disk, so that a booth that starts without a network still knows
// them. Nothing is believed that no pinned root signed: neither of the portal nor of
// the disk.
type revocations struct {
	ask   func(context.Context) ([]api.RevocationList, error)
	trust *eid.Trust
	path  string
	log   *slog.Logger

	mu   sync.Mutex // guards what follows
	kept int
	at   time.Time
	err  error
}

// buildRevocations takes up the lists that were kept.
func (b *booth) buildRevocations(context.Context) error {
	b.revocations = &revocations{ask: b.portal.Revocations, trust: b.readers.trust, path: b.state("revocations.json"), log: b.log}
	b.revocations.load()
	return nil
}

func (r *revocations) load() {
	raw, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var lists []api.RevocationList
	if err == nil {
		err = json.Unmarshal(raw, &lists)
	}
	if err == nil {
		_, err = r.supply(lists)
	}
	if err != nil {
		r.log.Warn("revocation lists that were kept cannot be used: they are asked for anew", "err", err)
	}
}

// supply has the cards judged by the lists, and gives those that count now.
func (r *revocations) supply(lists []api.RevocationList) ([]api.RevocationList, error) {
	var brought []eid.CRL
	for _, l := range lists {
		brought = append(brought, eid.CRL{List: l.List, Root: l.Root})
	}
	counting, err := r.trust.Supply(brought)
	var out []api.RevocationList
	for _, c := range counting {
		out = append(out, api.RevocationList{List: c.List, Root: c.Root})
	}
	r.mu.Lock()
	r.kept = len(out)
	r.mu.Unlock()
	return out, err
}

// run asks the portal until ctx ends.
func (r *revocations) run(ctx context.Context) error {
	for {
		pause := revocationsEvery
		if err := r.fetch(ctx); err != nil {
			pause = revocationsAgain
			if ctx.Err() == nil {
				r.log.Warn("asking for revocation lists", "err", err)
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// fetch asks once. What the portal brings besides what is believed stops nothing.
func (r *revocations) fetch(ctx context.Context) (err error) {
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.err = err; err == nil {
			r.at = time.Now()
		}
	}()
	lists, err := r.ask(ctx)
	if err != nil {
		return err
	}
	counting, refused := r.supply(lists)
	text, err := json.Marshal(counting)
	if err == nil {
		err = durable.WriteFile(r.path, text)
	}
	if err != nil {
		return fmt.Errorf("keeping the revocation lists: %w", err)
	}
	r.log.Info("revocation lists", "lists", len(counting))
	return refused
}

// status is how it stands, for the technician.
func (r *revocations) status() control.Revocations {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := control.Revocations{Lists: r.kept, Fetched: control.Moment(r.at)}
	if r.err != nil {
		s.Error = r.err.Error()
	}
	return s
}
