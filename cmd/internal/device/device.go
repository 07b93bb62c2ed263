// Package device is what this machine has to keep keys in: a TPM, or else files, closed
// where systemd hands a key over for that.
package device

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"balie/hw/tpm"
	"balie/sync/identity"
)

// credential is the name of what systemd hands over: LoadCredentialEncrypted=.
const credential = "balie-device"

// noTPM is the setting that leaves a TPM alone.
const noTPM = "none"

var _ identity.Keys = (*tpm.Device)(nil)

// Keys are the keys of this device, what new ones are made in first. Setting is
// portal.tpm: a path, "none", or empty for the machine's TPM where there is one. A TPM
// that is there and cannot be used is an error: keys are not put in a worse place
// unasked.
func Keys(setting string) (ring identity.Keyring, err error) {
	if setting != noTPM {
		path := setting
		if path == "" {
			path = tpm.DefaultPath
		}
		device, err := tpm.Open(path)
		switch {
		case err == nil:
			ring = append(ring, device)
		case setting != "" || !errors.Is(err, tpm.ErrNone):
			return nil, fmt.Errorf("portal.tpm: %w; with \"none\" keys are in files", err)
		}
	}
	wrap, err := handedOver()
	if err != nil {
		return nil, fmt.Errorf("the credential %s: %w", credential, err)
	}
	if wrap != nil {
		closed, err := identity.ClosedFiles(wrap)
		if err != nil {
			return nil, fmt.Errorf("the credential %s: %w", credential, err)
		}
		ring = append(ring, closed)
	}
	return append(ring, identity.Files()), nil
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
