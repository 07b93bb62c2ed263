package identity

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"balie/internal/durable"
	"balie/sync/portal"
	"balie/sync/seal"
)

// The files of an identity. Each is written whole or not at all, for its owner alone.
const (
	aboutFile     = "kiosk.json"     // no secret; where it is, enrolment went to its end
	pairFile      = "identity"       // key and certificate in use
	nextFile      = "identity.next"  // those of a renewal, until they worked
	enrollingFile = "identity.enrol" // the key of an enrolment that is under way
)

// How the portal's own certificate is held against something.
const (
	trustRoot   = "root"   // the pinned root
	trustSystem = "system" // the authorities of the system, or portal.ca: a proxy ends TLS
)

// about is kiosk.json.
type about struct {
	Kiosk           string            `json:"kiosk"`
	URL             string            `json:"url"`
	Trust           string            `json:"trust"`
	Fingerprint     string            `json:"fingerprint"` // of the root, for people to compare
	Root            ed25519.PublicKey `json:"root"`
	RootCertificate []byte            `json:"root_certificate"`
	Nonce           []byte            `json:"nonce"` // that an order to wipe must name
	Keys            seal.Signed       `json:"keys"`
}

func readAbout(dir string) (a about, err error) {
	path := filepath.Join(dir, aboutFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, fmt.Errorf("%w: there is no %s", ErrNotEnrolled, path)
	}
	if err != nil {
		return a, err
	}
	if json.Unmarshal(raw, &a) != nil || a.Kiosk == "" || len(a.Root) != ed25519.PublicKeySize || len(a.Nonce) != portal.NonceLen {
		return a, fmt.Errorf("%w: %s is not what enrolment writes", ErrNotEnrolled, path)
	}
	if _, err := a.Keys.Verify(a.Root); err != nil {
		return a, err
	}
	return a, nil
}

func (a about) write(dir string) error {
	raw, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, aboutFile), append(raw, '\n'))
}

// pair is a key and its certificate.
type pair struct {
	Kind        string `json:"kind"`
	Key         []byte `json:"key"`         // as its kind keeps it
	Certificate []byte `json:"certificate"` // DER

	leaf *x509.Certificate
	tls  tls.Certificate
}

// readPair reads a file of a pair. The error wraps [ErrNotEnrolled] where it is missing.
func (i *Identity) readPair(name string) (p pair, err error) {
	path := filepath.Join(i.o.Dir, name)
	raw, err := readOwn(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, fmt.Errorf("%w: there is no %s", ErrNotEnrolled, path)
	}
	if err != nil {
		return p, err
	}
	if json.Unmarshal(raw, &p) != nil {
		return p, fmt.Errorf("%s is not what enrolment writes", path)
	}
	keys, err := i.o.Keys.of(p.Kind)
	if err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	key, err := keys.OpenKey(p.Key)
	if err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	if err := p.fit(key, i.about.Kiosk, i.root); err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// closeKey closes a key that lies plainly, where there is something now to close it to:
// kioskctl, which enrols, is not handed systemd's credential. A TPM takes no key from
// outside; there the next renewal makes one.
func (i *Identity) closeKey(p *pair) error {
	first, is := i.o.Keys[0].(files)
	if !is || first.aead == nil || p.Kind != Files().Kind() {
		return nil
	}
	kept, err := first.Seal(p.Key)
	if err != nil {
		return err
	}
	p.Kind, p.Key = first.Kind(), kept
	return p.write(i.o.Dir, pairFile)
}

// readOwn reads a file that nobody else may read.
func readOwn(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others; chmod 600 it", path)
	}
	return os.ReadFile(path)
}

// fit holds the certificate against key, kiosk and root, and makes the pair ready.
// Whether it has ended is for the portal to say, whose clock is right.
func (p *pair) fit(key crypto.Signer, kiosk string, root *x509.Certificate) error {
	leaf, err := x509.ParseCertificate(p.Certificate)
	if err != nil {
		return fmt.Errorf("reading the certificate: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return fmt.Errorf("reading the key: %w", err)
	}
	switch {
	case !bytes.Equal(public, leaf.RawSubjectPublicKeyInfo):
		return errors.New("the certificate is of another key")
	case leaf.Subject.CommonName != kiosk:
		return fmt.Errorf("the certificate is of kiosk %q, not %s: an enrolment was interrupted: enrol again", leaf.Subject.CommonName, kiosk)
	case leaf.CheckSignatureFrom(root) != nil:
		return errors.New("the certificate is not under the portal's root")
	}
	p.leaf, p.tls = leaf, tls.Certificate{Certificate: [][]byte{p.Certificate}, PrivateKey: key, Leaf: leaf}
	return nil
}

func (p pair) write(dir, name string) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, name), raw)
}

// remove takes files of an identity away; one that is not there is no fault.
func remove(dir string, names ...string) error {
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return durable.SyncDir(dir)
}
