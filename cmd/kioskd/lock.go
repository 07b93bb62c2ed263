package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"balie/cmd/internal/exit"
)

// lock makes the state folder this process's, until unlock. The file stays: taking
// it away would let two daemons hold two files of the same name.
func lock(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, exit.Errorf(exitState, "making state_dir: %w", err)
	}
	path := filepath.Join(dir, "kioskd.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, exit.Errorf(exitState, "locking state_dir: %w: run as the user that owns %s", err, dir)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = exit.Errorf(exitRuns, "another kioskd runs on %s: stop it, or give this one a state_dir of its own", dir)
	case err != nil:
		err = exit.Errorf(exitState, "locking state_dir: %w", fmt.Errorf("%s: %w", path, err))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
