// Package device is what this machine has to keep keys in: files, closed where systemd
// hands a key over for that.
package device

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"balie/sync/identity"
)

// credential is the name of what systemd hands over: LoadCredentialEncrypted=.
const credential = "balie-device"

// Keys are the keys of this device, what new ones are made in first.
func Keys() (identity.Keyring, error) {
	ring := identity.Keyring{identity.Files()}
	wrap, err := handedOver()
	if err != nil || wrap == nil {
		return ring, err
	}
	closed, err := identity.ClosedFiles(wrap)
	if err != nil {
		return nil, fmt.Errorf("the credential %s: %w", credential, err)
	}
	return append(identity.Keyring{closed}, ring...), nil
}

// handedOver is the credential of systemd (systemd.exec(5), "CREDENTIALS"); nil where
// there is none.
func handedOver() ([]byte, error) {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(filepath.Join(dir, credential))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return raw, err
}
