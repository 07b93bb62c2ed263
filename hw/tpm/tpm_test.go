package tpm_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"balie/hw/tpm"
	"balie/hw/tpm/tpmtest"
)

func open(t *testing.T, path string) *tpm.Device {
	t.Helper()
	d, err := tpm.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Several goroutines sign with several keys, and nothing is left in the TPM that would
// fill it: it has room for three objects.
func TestNothingIsLeftInTheTPM(t *testing.T) {
	d := open(t, tpmtest.Start(t))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			_, key, err := d.NewKey()
			if err != nil {
				t.Error(err)
				return
			}
			for range 4 {
				digest := sha256.Sum256([]byte("x"))
				signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
				public, _ := key.Public().(*ecdsa.PublicKey)
				if err != nil || !ecdsa.VerifyASN1(public, digest[:], signature) {
					t.Errorf("%v", err)
				}
			}
		})
	}
	group.Wait()
}

// What another TPM made is told as such: a mainboard was swapped.
func TestAnotherTPM(t *testing.T) {
	one, other := open(t, tpmtest.Start(t)), open(t, tpmtest.Start(t))
	key, _, err := one.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := one.Seal([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.OpenKey(key); !errors.Is(err, tpm.ErrNotOurs) {
		t.Errorf("a key: %v", err)
	}
	if _, err := other.Unseal(secret); !errors.Is(err, tpm.ErrNotOurs) {
		t.Errorf("a secret: %v", err)
	}
	if _, err := one.OpenKey(secret); err == nil {
		t.Error("a secret is taken for a key")
	}
	if _, err := one.Unseal(key); err == nil {
		t.Error("a key is taken for a secret")
	}
}

func TestOnlySHA256IsSigned(t *testing.T) {
	_, key, err := open(t, tpmtest.Start(t)).NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := key.Sign(rand.Reader, make([]byte, 48), crypto.SHA384); err == nil {
		t.Error("another digest was signed")
	}
}

func TestNoTPM(t *testing.T) {
	if _, err := tpm.Open(filepath.Join(t.TempDir(), "tpmrm0")); !errors.Is(err, tpm.ErrNone) {
		t.Errorf("none: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tpm.Open(file); err == nil {
		t.Error("a file was taken for a TPM")
	}
}

// FuzzOpenKey opens what is no key of ours: a file may hold anything.
func FuzzOpenKey(f *testing.F) {
	d, err := tpm.Open(tpmtest.Start(f))
	if err != nil {
		f.Fatal(err)
	}
	kept, _, err := d.NewKey()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(kept[len(kept)/2:])
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, changed []byte) {
		if _, err := d.OpenKey(changed); err == nil {
			t.Errorf("%x was taken for a key", changed)
		}
	})
}
