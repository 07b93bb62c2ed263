package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// WriteFile makes or replaces a small file with mode 0600, so that after a power
// cut it holds either all of the old bytes or all of the new.
func WriteFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, Explain(err))
	}
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("writing %s: %w", path, Explain(err))
	}
	return SyncDir(filepath.Dir(path))
}
