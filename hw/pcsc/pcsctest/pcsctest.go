// Package pcsctest stands in for readers: [Daemon] is a real pcscd with virtual
// readers, private to who starts it. It imports no testing, as kiosksim runs its
// readers with it.
package pcsctest
