package identity

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"balie/internal/durable"
)

// Keys makes and opens the keys of this device. What it gives to be kept opens nowhere
// else, as far as its kind can see to that.
type Keys interface {
	// Kind names where keys are: "tpm", "file", "credential". What one kind made, only
	// the same kind opens.
	Kind() string
	// NewKey makes a P-256 key to sign with.
	NewKey() (kept []byte, key crypto.Signer, err error)
	// OpenKey opens a key that NewKey made.
	OpenKey(kept []byte) (crypto.Signer, error)
	// Seal closes up to 32 bytes.
	Seal(plain []byte) (kept []byte, err error)
	// Unseal opens what Seal closed.
	Unseal(kept []byte) ([]byte, error)
}

// Keyring are the keys of a device. New ones are made by the first; what is there is
// opened by the one of its kind.
type Keyring []Keys

func (r Keyring) of(kind string) (Keys, error) {
	for _, k := range r {
		if k.Kind() == kind {
			return k, nil
		}
	}
	return nil, fmt.Errorf("a key is kept by kind %q, which this device does not have now", kind)
}

// secretLen is how long a device's secret is, in bytes.
const secretLen = 32

// keptSecret is the file of a device's secret.
type keptSecret struct {
	Kind   string `json:"kind"`
	Secret []byte `json:"secret"`
}

// Secret gives the 32 bytes that are kept at path, and makes them at the first time.
// Those that another than the first of the ring kept, or that lie there plainly, from
// before there were kinds of keys, are kept by the first from now on.
func (r Keyring) Secret(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		secret := make([]byte, secretLen)
		_, _ = rand.Read(secret) // never fails
		return secret, r.keep(path, secret)
	case err != nil:
		return nil, fmt.Errorf("reading the device's key: %w", durable.Explain(err))
	case len(raw) == secretLen:
		return raw, r.keep(path, raw)
	}
	var k keptSecret
	if json.Unmarshal(raw, &k) != nil {
		return nil, fmt.Errorf("reading the device's key: %s is not what this program wrote", path)
	}
	keys, err := r.of(k.Kind)
	if err != nil {
		return nil, fmt.Errorf("reading the device's key in %s: %w", path, err)
	}
	secret, err := keys.Unseal(k.Secret)
	if err == nil && len(secret) != secretLen {
		err = fmt.Errorf("it has %d bytes, want %d", len(secret), secretLen)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the device's key in %s: %w", path, err)
	}
	if k.Kind != r[0].Kind() {
		err = r.keep(path, secret)
	}
	return secret, err
}

func (r Keyring) keep(path string, secret []byte) error {
	kept, err := r[0].Seal(secret)
	if err != nil {
		return fmt.Errorf("keeping the device's key: %w", err)
	}
	raw, err := json.Marshal(keptSecret{Kind: r[0].Kind(), Secret: kept})
	if err != nil {
		return fmt.Errorf("keeping the device's key: %w", err)
	}
	return durable.WriteFile(path, raw)
}

// files keeps keys in files, as they are or closed to a key that was handed over.
type files struct {
	aead cipher.AEAD // nil: as they are
}

var _ Keys = files{}

// Files keeps keys as they are: whoever reads the file has them.
func Files() Keys { return files{} }

// ClosedFiles keeps keys closed (AES-256-GCM) to one that something else hands over at
// the start, such as a credential of systemd. wrap has 32 bytes or more.
func ClosedFiles(wrap []byte) (Keys, error) {
	if len(wrap) < secretLen {
		return nil, fmt.Errorf("the key that closes others has %d bytes, want %d or more", len(wrap), secretLen)
	}
	key, err := hkdf.Key(sha256.New, wrap, nil, "balie/device-key/1", 32)
	if err != nil {
		return nil, fmt.Errorf("deriving the key that closes others: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("deriving the key that closes others: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("deriving the key that closes others: %w", err)
	}
	return files{aead}, nil
}

// Kind is "file", or "credential" where keys are closed.
func (f files) Kind() string {
	if f.aead != nil {
		return "credential"
	}
	return "file"
}

// NewKey makes a key.
func (f files) NewKey() (kept []byte, key crypto.Signer, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	kept, err = f.Seal(der)
	return kept, private, err
}

// OpenKey opens a key.
func (f files) OpenKey(kept []byte) (crypto.Signer, error) {
	der, err := f.Unseal(kept)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	private, is := key.(*ecdsa.PrivateKey)
	if err != nil || !is {
		return nil, errors.New("opening a key: it is not a P-256 key") // a parser's error might quote it
	}
	return private, nil
}

// Seal closes bytes.
func (f files) Seal(plain []byte) ([]byte, error) {
	if f.aead == nil {
		return plain, nil
	}
	return f.aead.Seal(nil, nil, plain, nil), nil
}

// Unseal opens them.
func (f files) Unseal(kept []byte) ([]byte, error) {
	if f.aead == nil {
		return kept, nil
	}
	plain, err := f.aead.Open(nil, nil, kept, nil)
	if err != nil {
		return nil, errors.New("opening a key: it was closed to another credential")
	}
	return plain, nil
}
