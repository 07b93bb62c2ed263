// Package cardtest holds what tests of smart cards need: a [Playback] of exchanges
// that were written down, a [Recorder] that writes them down, and the [Suite] that
// every [balie/hw/card.Card] passes.
//
// It does not import testing, so that programs which play cards can use it too.
package cardtest

// T is what the suite needs of a *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}
