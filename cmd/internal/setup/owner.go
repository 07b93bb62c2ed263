package setup

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ownedAs gives a file of root to the group whose the state folder is, so that the
// daemon can read it and cannot write it. For any other user it does nothing.
func ownedAs(f *os.File, stateDir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(stateDir)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no %s yet: systemd-tmpfiles --create balie.conf makes it", stateDir)
	}
	if err != nil {
		return err
	}
	owner, is := info.Sys().(*syscall.Stat_t)
	if !is {
		return nil
	}
	return f.Chown(0, int(owner.Gid))
}
