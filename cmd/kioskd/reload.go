package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"balie/cmd/internal/config"
	"balie/cmd/internal/control"
)

// live is the configuration as it holds: that of the start, and what was taken since.
type live struct {
	mu    sync.Mutex // guards what follows; held through a reload, so that one comes after the other
	holds config.Config
	file  config.Config // as it was last read, without what the portal sets
}

func (l *live) config() config.Config {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.holds
}

// Config is every key as it holds.
func (b *booth) Config(context.Context) ([]config.Setting, error) {
	return b.live.config().Settings(), nil
}

// Reload reads the file anew and takes what it can without a restart. What a person at
// the booth sees changes once they have gone.
func (b *booth) Reload(ctx context.Context) (control.Reloaded, error) {
	b.live.mu.Lock()
	defer b.live.mu.Unlock()
	if b.config.Path() == "" {
		return control.Reloaded{}, &control.ConfigError{Do: "this kioskd was started without a file"}
	}
	file, err := config.Load(b.config.Path())
	if err != nil {
		return control.Reloaded{}, &control.ConfigError{Do: err.Error()}
	}
	return b.take(ctx, file)
}

// take has the running parts take what a file, and the portal, change. live.mu is held.
func (b *booth) take(ctx context.Context, file config.Config) (control.Reloaded, error) {
	next := b.withPortal(file)
	taken := b.live.holds.Taking(next)
	library, helpers, err := answers(taken, b.texts)
	if err != nil {
		return control.Reloaded{}, &control.ConfigError{Do: err.Error()}
	}
	r := control.Reloaded{
		Applied: append([]config.Change{}, config.Changes(b.live.holds.Settings(), taken.Settings())...),
		Waiting: append([]config.Change{}, config.Changes(taken.Settings(), next.Settings())...),
	}
	if len(r.Applied) > 0 {
		b.kiosk.Configure(ctx, b.settings(taken, library, helpers))
		b.screen.ui.Rename(taken.Hospital.Name, taken.Hospital.Phone)
	}
	b.live.holds, b.live.file = taken, file
	for _, c := range r.Applied {
		b.log.Info("configuration: applied", "key", c.Name)
	}
	for _, c := range r.Waiting {
		b.log.Warn("configuration: waits for a restart", "key", c.Name)
	}
	return r, nil
}

// reloads reloads at every SIGHUP until ctx ends.
func (b *booth) reloads(ctx context.Context) error {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP)
	defer signal.Stop(asked)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-asked:
		}
		_, err := b.Reload(ctx)
		var refused *control.ConfigError
		if errors.As(err, &refused) {
			b.log.Error("configuration: not taken, the booth goes on as it was", "err", refused.Do)
		}
	}
}
