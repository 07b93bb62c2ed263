package main

import "golang.org/x/sys/unix"

// synchronised tells whether the kernel's clock follows a time server: adjtimex(2),
// STA_UNSYNC is cleared by who disciplines the clock, and set again by the kernel when
// nobody has for some hours.
func synchronised() bool {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return err == nil && state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0
}
