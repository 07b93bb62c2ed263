// Package pcsctest stands in for readers. [Daemon] is a real pcscd with virtual
// readers, private to who starts it; [Fake] is PC/SC in memory, for what virtual
// readers cannot do: be plugged in, pulled out, refused. The tests of hw/pcsc hold
// the one against the other.
//
// It imports no testing, as kiosksim runs its readers with it.
package pcsctest
