// Package state is the folder of what a kiosk keeps: one program at a time has hold of
// it, and it is one user's.
package state

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// ErrHeld says that another program has hold of the folder.
var ErrHeld = errors.New("another kioskd runs")

// Lock makes the folder this process's, until unlock. The file stays: taking it away
// would let two daemons hold two files of the same name. The error wraps [ErrHeld].
func Lock(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making state_dir: %w", err)
	}
	path := filepath.Join(dir, "kioskd.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking state_dir: %w: run as the user that owns %s", err, dir)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = fmt.Errorf("%w on %s", ErrHeld, dir)
	case err != nil:
		err = fmt.Errorf("locking state_dir: %s: %w", path, err)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

// BecomeOwner makes a process of root one of the user whose the folder is, so that
// what it writes there can be read by the daemon. For any other process, and where root
// owns the folder, it does nothing.
func BecomeOwner(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no %s yet: systemd-tmpfiles --create balie.conf makes it", dir)
	}
	if err != nil {
		return err
	}
	owner, is := info.Sys().(*syscall.Stat_t)
	if !is || owner.Uid == 0 {
		return nil
	}
	groups := []int{int(owner.Gid)}
	if u, err := user.LookupId(strconv.FormatUint(uint64(owner.Uid), 10)); err == nil {
		groups = append(groups, groupsOf(u)...)
	}
	if err := syscall.Setgroups(groups); err != nil {
		return fmt.Errorf("becoming the owner of %s: %w", dir, err)
	}
	if err := errors.Join(syscall.Setgid(int(owner.Gid)), syscall.Setuid(int(owner.Uid))); err != nil {
		return fmt.Errorf("becoming the owner of %s: %w", dir, err)
	}
	return nil
}

// groupsOf are the groups of a user, such as the one that may use the TPM.
func groupsOf(u *user.User) (list []int) {
	ids, err := u.GroupIds()
	if err != nil {
		return nil // the folder's own group is enough for files
	}
	for _, id := range ids {
		if n, err := strconv.Atoi(id); err == nil {
			list = append(list, n)
		}
	}
	return list
}
