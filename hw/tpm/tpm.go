// Package tpm keeps keys in a TPM 2.0: a key to sign with never leaves it, and a secret
// that it closed opens in it only. What is kept on disk is closed to the chip (TPM 2.0
// Library, Part 1: Architecture, chapter 22 "Protected storage"), so a disk without its
// machine is of no use.
//
// The machine as a whole still opens it: there is no PIN at a kiosk's start, and keys
// are not bound to what was booted, which every update changes. A stolen machine is for
// the portal to stop.
package tpm

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"sync"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"
	"github.com/google/go-tpm/tpm2/transport/linuxtpm"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"
)

// DefaultPath is the TPM behind the kernel's resource manager, which keeps the programs
// that use it apart (Linux, Documentation/security/tpm/tpm-security.rst).
const DefaultPath = "/dev/tpmrm0"

// What a caller acts on.
var (
	// ErrNone says that there is no TPM.
	ErrNone = errors.New("there is no TPM")
	// ErrDenied says that this user may not use it.
	ErrDenied = errors.New("no right to use the TPM: be in the group tss")
	// ErrNotOurs says that what is to be opened was closed in another TPM, or in this one
	// before it was cleared.
	ErrNotOurs = errors.New("it was made in another TPM, or this one was cleared since")
)

// Device is a TPM. It is safe for use by several goroutines. It is opened for each
// use, and holds nothing in between: one that was reset is found as it is.
type Device struct {
	path string
	mu   sync.Mutex // held while the device is open
}

// Open finds the TPM at path: a device, or the socket of an emulator. The error wraps
// [ErrNone] or [ErrDenied] where it is one of those.
func Open(path string) (*Device, error) {
	d := &Device{path: path}
	err := d.with(func(t transport.TPM, srk *primary) error { return nil })
	if err != nil {
		return nil, fmt.Errorf("opening the TPM %s: %w", path, err)
	}
	return d, nil
}

// Kind names what keeps the keys.
func (*Device) Kind() string { return "tpm" }

// primary is the storage key that all of ours hang below. It is made anew from the
// TPM's own seed at each use and is the same each time, until the TPM is cleared.
type primary struct {
	handle tpm2.NamedHandle
	public tpm2.TPMTPublic
}

// with opens the device and the storage key for one use.
func (d *Device) with(do func(t transport.TPM, srk *primary) error) (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, err := d.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	made, err := tpm2.CreatePrimary{PrimaryHandle: tpm2.TPMRHOwner, InPublic: tpm2.New2B(tpm2.ECCSRKTemplate)}.Execute(t)
	if err != nil {
		return fmt.Errorf("making the storage key: %w", err)
	}
	defer func() { err = errors.Join(err, flush(t, made.ObjectHandle)) }()
	public, err := made.OutPublic.Contents()
	if err != nil {
		return fmt.Errorf("making the storage key: %w", err)
	}
	return do(t, &primary{tpm2.NamedHandle{Handle: made.ObjectHandle, Name: made.Name}, *public})
}

func (d *Device) open() (transport.TPMCloser, error) {
	info, err := os.Stat(d.path)
	var t transport.TPMCloser
	switch {
	case err == nil && info.Mode()&fs.ModeSocket != 0:
		t, err = linuxudstpm.Open(d.path)
	case err == nil:
		t, err = linuxtpm.Open(d.path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return t, err
}

func flush(t transport.TPM, handle tpm2.TPMHandle) error {
	_, err := tpm2.FlushContext{FlushHandle: handle}.Execute(t)
	return err
}

// onTheWay is a session in which a secret goes to the TPM, or comes from it, encrypted,
// so that a probe on the chip's legs does not read it (Part 1, chapter 21
// "Session-based encryption").
func (p *primary) onTheWay(encryption tpm2.AuthOption) tpm2.Session {
	return tpm2.HMAC(tpm2.TPMAlgSHA256, 16, tpm2.Salted(p.handle.Handle, p.public), encryption)
}

func (p *primary) auth() tpm2.AuthHandle {
	return tpm2.AuthHandle{Handle: p.handle.Handle, Name: p.handle.Name, Auth: tpm2.PasswordAuth(nil)}
}

// keyTemplate is a key to sign with: made in this TPM, to stay there.
func keyTemplate() tpm2.TPMTPublic {
	return tpm2.TPMTPublic{
		Type: tpm2.TPMAlgECC, NameAlg: tpm2.TPMAlgSHA256,
		ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, SensitiveDataOrigin: true, UserWithAuth: true, NoDA: true, SignEncrypt: true},
		Parameters: tpm2.NewTPMUPublicParms(tpm2.TPMAlgECC, &tpm2.TPMSECCParms{
			CurveID: tpm2.TPMECCNistP256,
			Scheme:  tpm2.TPMTECCScheme{Scheme: tpm2.TPMAlgECDSA, Details: tpm2.NewTPMUAsymScheme(tpm2.TPMAlgECDSA, &tpm2.TPMSSigSchemeECDSA{HashAlg: tpm2.TPMAlgSHA256})},
		}),
	}
}

// secretTemplate is data that are closed to this TPM.
func secretTemplate() tpm2.TPMTPublic {
	return tpm2.TPMTPublic{
		Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256,
		ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, UserWithAuth: true, NoDA: true},
	}
}

// NewKey makes a P-256 key in the TPM.
func (d *Device) NewKey() (kept []byte, key crypto.Signer, err error) {
	err = d.with(func(t transport.TPM, srk *primary) error {
		made, err := tpm2.Create{ParentHandle: srk.auth(), InPublic: tpm2.New2B(keyTemplate())}.Execute(t)
		if err != nil {
			return err
		}
		kept = pack(made.OutPrivate, made.OutPublic)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("making a key in the TPM: %w", err)
	}
	key, err = d.OpenKey(kept)
	return kept, key, err
}

// OpenKey opens a key that NewKey made. The error wraps [ErrNotOurs].
func (d *Device) OpenKey(kept []byte) (crypto.Signer, error) {
	o, err := unpack(kept)
	if err != nil {
		return nil, fmt.Errorf("opening a key in the TPM: %w", err)
	}
	public, err := publicOf(o.public)
	if err != nil {
		return nil, fmt.Errorf("opening a key in the TPM: %w", err)
	}
	if err := d.use(o, func(transport.TPM, *primary, tpm2.AuthHandle) error { return nil }); err != nil {
		return nil, fmt.Errorf("opening a key in the TPM: %w", err)
	}
	return &signer{device: d, object: o, public: public}, nil
}

// Seal closes up to 32 bytes.
func (d *Device) Seal(plain []byte) (kept []byte, err error) {
	err = d.with(func(t transport.TPM, srk *primary) error {
		parent := srk.auth()
		parent.Auth = srk.onTheWay(tpm2.AESEncryption(128, tpm2.EncryptIn))
		made, err := tpm2.Create{
			ParentHandle: parent, InPublic: tpm2.New2B(secretTemplate()),
			InSensitive: tpm2.TPM2BSensitiveCreate{Sensitive: &tpm2.TPMSSensitiveCreate{
				Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: plain}),
			}},
		}.Execute(t)
		if err != nil {
			return err
		}
		kept = pack(made.OutPrivate, made.OutPublic)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("closing a secret in the TPM: %w", err)
	}
	return kept, nil
}

// Unseal opens what Seal closed. The error wraps [ErrNotOurs].
func (d *Device) Unseal(kept []byte) (plain []byte, err error) {
	o, err := unpack(kept)
	if err == nil {
		err = d.use(o, func(t transport.TPM, srk *primary, h tpm2.AuthHandle) error {
			h.Auth = srk.onTheWay(tpm2.AESEncryption(128, tpm2.EncryptOut))
			opened, err := tpm2.Unseal{ItemHandle: h}.Execute(t)
			if err == nil {
				plain = opened.OutData.Buffer
			}
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("opening a secret in the TPM: %w", err)
	}
	return plain, nil
}

// use loads an object for one use.
func (d *Device) use(o object, do func(t transport.TPM, srk *primary, h tpm2.AuthHandle) error) error {
	return d.with(func(t transport.TPM, srk *primary) (err error) {
		loaded, err := tpm2.Load{ParentHandle: srk.auth(), InPrivate: o.private, InPublic: o.public}.Execute(t)
		switch {
		case errors.Is(err, tpm2.TPMRCIntegrity):
			return fmt.Errorf("%w: %w", ErrNotOurs, err)
		case err != nil:
			return err
		}
		defer func() { err = errors.Join(err, flush(t, loaded.ObjectHandle)) }()
		return do(t, srk, tpm2.AuthHandle{Handle: loaded.ObjectHandle, Name: loaded.Name, Auth: tpm2.PasswordAuth(nil)})
	})
}

// signer is a key in the TPM.
type signer struct {
	device *Device
	object object
	public *ecdsa.PublicKey
}

// Public is the public half.
func (s *signer) Public() crypto.PublicKey { return s.public }

// Sign signs a digest of SHA-256; the TPM draws its own randomness.
func (s *signer) Sign(_ io.Reader, digest []byte, o crypto.SignerOpts) (der []byte, err error) {
	if o.HashFunc() != crypto.SHA256 || len(digest) != sha256.Size {
		return nil, errors.New("signing in the TPM: only digests of SHA-256 are signed")
	}
	err = s.device.use(s.object, func(t transport.TPM, _ *primary, h tpm2.AuthHandle) error {
		signed, err := tpm2.Sign{
			KeyHandle: h, Digest: tpm2.TPM2BDigest{Buffer: digest}, Validation: tpm2.TPMTTKHashCheck{Tag: tpm2.TPMSTHashCheck},
		}.Execute(t)
		if err != nil {
			return err
		}
		rs, err := signed.Signature.Signature.ECDSA()
		if err != nil {
			return err
		}
		der, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(rs.SignatureR.Buffer), new(big.Int).SetBytes(rs.SignatureS.Buffer)})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("signing in the TPM: %w", err)
	}
	return der, nil
}
