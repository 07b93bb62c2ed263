package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// keepNoCore has the kernel write no core of this process, whatever signal ends it:
// what people said is in its memory. A limit of zero would not be enough where cores
// are piped to a program (core(5)). It also keeps other processes of this user out
// of the memory.
func keepNoCore() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("keeping no core: %w", err)
	}
	return nil
}
