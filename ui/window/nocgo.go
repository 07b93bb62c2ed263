//go:build !cgo

package window

import (
	"context"

	"balie/ui/admit"
)

// Window is no window: this program was built without cgo.
type Window struct{}

var _ admit.Screen = (*Window)(nil)

// Open gives [ErrNoView].
func Open(context.Context, Options) (*Window, error) { return nil, ErrNoView }

// Run returns at once.
func (*Window) Run() {}

// Terminate does nothing.
func (*Window) Terminate() {}

// Close does nothing.
func (*Window) Close() {}

// Trouble reports nothing.
func (*Window) Trouble() <-chan error { return nil }

// Load does nothing.
func (*Window) Load(admit.Pass) {}

// Moment does nothing.
func (*Window) Moment() {}

// Closed does nothing.
func (*Window) Closed() {}

// Ping gives [ErrNoView].
func (*Window) Ping(context.Context) error { return ErrNoView }
