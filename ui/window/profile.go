package window

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// profilePattern names the folders, for those that a killed window left.
const profilePattern = "kioskview-*"

// profile is the folder that stands for a home while the window is open, because
// webview_go's view always keeps caches, HSTS notes and a salt under one.
type profile struct {
	dir  string
	lock *os.File // held as long as the window lives; the kernel frees it with the process
}

// newProfile makes the folder, points HOME and the XDG folders at it, and removes
// those of windows that no longer run.
func newProfile() (*profile, error) {
	base := os.Getenv("XDG_RUNTIME_DIR") // in memory, and this user's only
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		base = os.TempDir()
	}
	sweep(base)
	p, err := lockedDir(base)
	if err != nil {
		return nil, fmt.Errorf("making a folder for the web view: %w", err)
	}
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} {
		if err := os.Setenv(name, p.dir); err != nil {
			p.remove()
			return nil, fmt.Errorf("setting %s: %w", name, err)
		}
	}
	return p, nil
}

func (p *profile) remove() {
	_ = os.RemoveAll(p.dir)
	_ = p.lock.Close()
}

var errSwept = errors.New("swept away by another window while it was made")

// lockedDir makes a folder and locks it. Another window that starts at the same
// moment may take it for a left one in between; then it is made anew.
func lockedDir(base string) (*profile, error) {
	for {
		p, err := tryLockedDir(base)
		if !errors.Is(err, errSwept) {
			return p, err
		}
	}
}

func tryLockedDir(base string) (*profile, error) {
	dir, err := os.MkdirTemp(base, profilePattern)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, errSwept
	}
	if _, err := os.Stat(dir); err != nil {
		_ = lock.Close()
		return nil, errSwept
	}
	return &profile{dir: dir, lock: lock}, nil
}

func lockDir(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// sweep removes the folders that nobody holds. Those of other users do not open
// or do not go, and stay.
func sweep(base string) {
	left, err := filepath.Glob(filepath.Join(base, profilePattern))
	if err != nil {
		return
	}
	for _, dir := range left {
		lock, err := lockDir(dir)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(dir)
		_ = lock.Close()
	}
}
