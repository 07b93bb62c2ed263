// Package kiosk is what the booth does, whatever it is made of.
//
// [Step] is a pure function from a state and an input to the next state and the
// effects wanted; [Kiosk.Run] owns the state in one goroutine, carries the
// effects out beside it and feeds their outcomes back as inputs. Time, ids and
// randomness come in with the inputs.
package kiosk
