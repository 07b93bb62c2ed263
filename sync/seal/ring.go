package seal

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"balie/internal/durable"
)

// Ring is the kiosk's side of the portal's keys: the newest set that the pinned
// root signed, kept in a file so that the booth can seal when the portal is away.
// It is safe for use by several goroutines.
type Ring struct {
	path string
	root ed25519.PublicKey

	mu   sync.Mutex // guards what follows
	keys Keys
}

// OpenRing reads the set kept at path. Where there is none yet, or it is older, it
// takes first, which enrolment brought.
func OpenRing(path string, root ed25519.PublicKey, first Signed) (*Ring, error) {
	r := &Ring{path: path, root: root}
	kept, err := r.load()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening the portal's keys in %s: %w", path, err)
	}
	if err == nil {
		r.keys = kept
	}
	if _, err := r.Update(first); err != nil && !errors.Is(err, ErrOld) {
		return nil, fmt.Errorf("opening the portal's keys: %w", err)
	}
	return r, nil
}

func (r *Ring) load() (Keys, error) {
	raw, err := os.ReadFile(r.path)
	if err != nil {
		return Keys{}, err
	}
	var s Signed
	if err := json.Unmarshal(raw, &s); err != nil {
		return Keys{}, err
	}
	return s.Verify(r.root)
}

// Current is the key to seal to now.
func (r *Ring) Current() Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys.Keys[0]
}

// Update takes a newer set and keeps it, and tells whether it was newer. The error
// wraps [ErrSignature], or [ErrOld] for a set older than the one in use.
func (r *Ring) Update(s Signed) (changed bool, err error) {
	k, err := s.Verify(r.root)
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case len(r.keys.Keys) > 0 && k.Serial == r.keys.Serial:
		return false, nil
	case len(r.keys.Keys) > 0 && k.Serial < r.keys.Serial:
		return false, fmt.Errorf("%w: serial %d, in use is %d", ErrOld, k.Serial, r.keys.Serial)
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return false, fmt.Errorf("keeping the portal's keys: %w", err)
	}
	if err := durable.WriteFile(r.path, raw); err != nil {
		return false, fmt.Errorf("keeping the portal's keys: %w", err)
	}
	r.keys = k
	return true, nil
}
