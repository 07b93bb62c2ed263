package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"balie/ui/admit"
	"balie/ui/window"
)

// show opens the window and keeps the daemon's page in it until ctx ends. It is
// for the main goroutine.
func show(ctx context.Context, socket string, options window.Options) error {
	w, err := window.Open(ctx, options)
	if err != nil {
		return err
	}
	defer w.Close()
	ask := func(ctx context.Context) (*admit.Admission, error) { return admit.Ask(ctx, socket) }
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return admit.Keep(ctx, ask, w, options.Log) })
	group.Go(func() error { return tellSystemd(ctx, w.Ping) })
	group.Go(func() error {
		<-ctx.Done()
		w.Terminate()
		return nil
	})
	w.Run()
	return group.Wait()
}
