package durabletest

import "os"

// InMemory has the temporary folders of this process in memory, where there is such
// a file system: a sync costs nothing there, and a test that loses no power loses
// nothing by it. TestMain calls it; what it gives takes the folders away again.
func InMemory() (clean func()) {
	dir, err := os.MkdirTemp("/dev/shm", "balie")
	if err != nil {
		return func() {} // on the disk, then: slower
	}
	err = os.Chmod(dir, 0o711) // a database server may have a user of its own
	if err == nil {
		err = os.Setenv("TMPDIR", dir)
	}
	if err != nil {
		_ = os.Remove(dir)
		return func() {}
	}
	return func() { _ = os.RemoveAll(dir) } // what is left is gone at the next boot
}
