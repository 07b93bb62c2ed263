package main

import (
	"context"
	"slices"
	"strings"

	"balie/cmd/internal/config"
	"balie/cmd/internal/exit"
	"balie/sync/overrides"
)

// buildOverrides opens what the portal set for this kiosk, where the file lets it set
// anything.
func (b *booth) buildOverrides() (err error) {
	if len(b.config.Portal.MaySet) == 0 {
		return nil
	}
	b.overrides, err = overrides.Open(overrides.Options{
		Path: b.state("overrides.json"), Kiosk: b.id, Root: b.identity.Root(), Portal: b.portal, Log: b.log,
	})
	if err != nil {
		return exit.Errorf(exitState, "%w", err)
	}
	return nil
}

// runOverrides takes what the portal sets, at the start what it set before, until ctx
// ends.
func (b *booth) runOverrides(ctx context.Context) error {
	if b.overrides == nil {
		return nil
	}
	b.retake(ctx)
	return b.overrides.Run(ctx, func(overrides.Set) { b.retake(ctx) })
}

// retake takes the file that holds once more, with what the portal sets now.
func (b *booth) retake(ctx context.Context) {
	b.live.mu.Lock()
	defer b.live.mu.Unlock()
	if _, err := b.take(ctx, b.live.file); err != nil {
		b.log.Error("configuration: what the portal sets is not taken", "err", err)
	}
}

// withPortal is a file with what the portal sets of the keys that it may set. What it may
// not set is left out and logged, and so is all of it where a value is not allowed.
func (b *booth) withPortal(file config.Config) config.Config {
	if b.overrides == nil {
		return file
	}
	var allowed strings.Builder
	for _, s := range b.overrides.Current().Settings {
		if !slices.Contains(file.Portal.MaySet, s.Key) {
			b.log.Warn("configuration: the portal may not set this", "key", s.Key)
			continue
		}
		allowed.WriteString(s.Key + " = " + s.Value + "\n")
	}
	with, err := file.Overridden(allowed.String())
	if err != nil {
		b.log.Error("configuration: not taken, the file holds", "err", err)
	}
	return with
}
