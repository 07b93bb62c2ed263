package reference

import (
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"balie/internal/durable"
	"balie/internal/secret"
	"balie/sync/seal"
)

// Secrets are what a portal is: the root that kiosks pin, the keys that they seal
// to, and the key of the hashes that stand for people. Lost, everything must be
// enrolled anew and what kiosks still keep cannot be opened.
type Secrets struct {
	root      ed25519.PrivateKey
	authority *x509.Certificate // of the root
	subject   []byte            // of the keyed hashes
	closing   cipher.AEAD
	serial    uint64
	openers   []*seal.Opener // the first is sealed to
}

// secretsFile is secrets.json in the state folder.
type secretsFile struct {
	Root    []byte      `json:"root"` // seed
	Subject []byte      `json:"subject"`
	Serial  uint64      `json:"serial"`
	Sealing []sealingOf `json:"sealing"`
}

type sealingOf struct {
	ID      string `json:"id"`
	Private []byte `json:"private"`
}

// OpenSecrets reads the secrets of a state folder, and makes folder and secrets
// where there are none. Two programs that start at once get the same.
func OpenSecrets(dir string) (s Secrets, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Secrets{}, fmt.Errorf("making the state folder: %w", err)
	}
	err = locked(dir, func(path string) error {
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			raw, err = makeSecrets(path)
		}
		if err != nil {
			return fmt.Errorf("reading the portal's secrets: %w", err)
		}
		s, err = readSecrets(path, raw)
		return err
	})
	return s, err
}

// NewKey gives the secrets of a state folder a new key to seal to. The one that was
// in use still opens what kiosks keep; the one before it is gone, and so is what is
// sealed to that. A portal that runs takes it at its next start.
func NewKey(dir string) error {
	return locked(dir, func(path string) error {
		raw, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading the portal's secrets: %w", err)
		}
		if _, err := readSecrets(path, raw); err != nil {
			return err
		}
		var f secretsFile
		if json.Unmarshal(raw, &f) != nil {
			return fmt.Errorf("reading the portal's secrets: %s is not what portald wrote", path)
		}
		key, err := newSealing()
		if err != nil {
			return err
		}
		f.Serial, f.Sealing = f.Serial+1, []sealingOf{key, f.Sealing[0]}
		return f.write(path)
	})
}

// locked runs do with the path of the secrets, while no other program does.
func locked(dir string, do func(path string) error) (err error) {
	lock, err := os.OpenFile(filepath.Join(dir, "secrets.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("locking the state folder: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("locking the state folder: %w", err)
	}
	return do(filepath.Join(dir, "secrets.json"))
}

func makeSecrets(path string) ([]byte, error) {
	f := secretsFile{Root: make([]byte, ed25519.SeedSize), Subject: make([]byte, sha256.Size), Serial: 1}
	_, _ = rand.Read(f.Root) // never fails
	_, _ = rand.Read(f.Subject)
	key, err := newSealing()
	if err != nil {
		return nil, err
	}
	f.Sealing = []sealingOf{key}
	if err := f.write(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// newSealing makes a key pair with an id of its own.
func newSealing() (sealingOf, error) {
	id := make([]byte, 4)
	_, _ = rand.Read(id) // never fails
	opener, err := seal.NewOpener("k" + hex.EncodeToString(id))
	if err != nil {
		return sealingOf{}, err
	}
	private, err := opener.Bytes()
	return sealingOf{ID: opener.Key().ID, Private: private}, err
}

func (f secretsFile) write(path string) error {
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the portal's secrets: %w", err)
	}
	return durable.WriteFile(path, append(raw, '\n'))
}

// readSecrets says of what is wrong only where: the text of a parser's error would
// repeat it.
func readSecrets(path string, raw []byte) (Secrets, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Secrets{}, fmt.Errorf("reading the portal's secrets: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Secrets{}, fmt.Errorf("reading the portal's secrets: %s can be read by others; chmod 600 it", path)
	}
	var f secretsFile
	if json.Unmarshal(raw, &f) != nil || len(f.Root) != ed25519.SeedSize || len(f.Subject) != sha256.Size || len(f.Sealing) < 1 || len(f.Sealing) > 2 {
		return Secrets{}, fmt.Errorf("reading the portal's secrets: %s is not what portald wrote", path)
	}
	s := Secrets{root: ed25519.NewKeyFromSeed(f.Root), subject: f.Subject, serial: f.Serial}
	if s.closing, err = s.aead(); err != nil {
		return Secrets{}, fmt.Errorf("reading the portal's secrets: %w", err)
	}
	if err := s.makeAuthority(); err != nil {
		return Secrets{}, fmt.Errorf("reading the portal's secrets: %w", err)
	}
	for _, k := range f.Sealing {
		opener, err := seal.LoadOpener(k.ID, k.Private)
		if err != nil {
			return Secrets{}, fmt.Errorf("reading the portal's secrets: %w", err)
		}
		s.openers = append(s.openers, opener)
	}
	return s, nil
}

// Root is the public root, which enrolment pins on a kiosk.
func (s Secrets) Root() ed25519.PublicKey {
	public, _ := s.root.Public().(ed25519.PublicKey)
	return public
}

// SignedKeys are the keys that kiosks seal to, under the root.
func (s Secrets) SignedKeys() (seal.Signed, error) {
	k := seal.Keys{Serial: s.serial}
	for _, o := range s.openers {
		k.Keys = append(k.Keys, o.Key())
	}
	return seal.Sign(s.root, k)
}

// subjectOf is what stands for a person. A plain hash of a national number would be
// found by trying all of them.
func (s Secrets) subjectOf(number secret.Text) string {
	return s.mac("balie/subject/1\x00" + number.Reveal())
}

// fingerprint tells these secrets from others without telling them.
func (s Secrets) fingerprint() string { return s.mac("balie/portal/1\x00" + string(s.Root())) }

// aliasOf is what stands for a number that the hospital gave.
func (s Secrets) aliasOf(ead secret.Text) string {
	return s.mac("balie/alias/1\x00" + plainNumber(ead))
}

// birthOf is what stands for a birth date: to compare one, and to read none.
func (s Secrets) birthOf(subject string, birth secret.Text) string {
	return s.mac("balie/birth/1\x00" + subject + "\x00" + birth.Reveal())
}

// letterOf is what stands for the barcode of a letter.
func (s Secrets) letterOf(letter secret.Text) string {
	return s.mac("balie/letter/1\x00" + letter.Reveal())
}

// registrationOf is what stands for a code of the app.
func (s Secrets) registrationOf(code string) string { return s.mac("balie/registration/1\x00" + code) }

// sign signs under the root, for one purpose.
func (s Secrets) sign(purpose string, payload []byte) []byte {
	return ed25519.Sign(s.root, append([]byte(purpose+"\x00"), payload...))
}

// key is a key of its own for one use, which is not in the database.
func (s Secrets) key(use string) []byte {
	h := hmac.New(sha256.New, s.subject)
	_, _ = h.Write([]byte("balie/key/1\x00" + use)) // never fails
	return h.Sum(nil)
}

func (s Secrets) mac(text string) string {
	h := hmac.New(sha256.New, s.subject)
	_, _ = h.Write([]byte(text)) // never fails
	return hex.EncodeToString(h.Sum(nil))
}
