// Package overrides keeps what the hospital set for this kiosk at the portal: settings
// that stand before those in the kiosk's own file. They come signed under the root that
// enrolment pinned, and are kept, so that a kiosk that starts without its portal starts
// as it was. Which settings may be set from there, and what they do, is the caller's.
package overrides

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"balie/internal/durable"
	"balie/sync/portal/api"
)

// ErrOld says that a set is older than the one in use.
var ErrOld = errors.New("the settings are older than those in use")

// Portal is what gives settings; sync/portal's client is one.
type Portal interface {
	Overrides(ctx context.Context, have uint64) (o api.SignedOverrides, changed bool, err error)
}

// Options are the parts of a keeper.
type Options struct {
	Path   string // of the file that the newest set is kept in
	Kiosk  string
	Root   ed25519.PublicKey // of the portal, pinned
	Portal Portal
	Log    *slog.Logger // nil logs nothing
}

// Keeper has the newest settings that the portal gave. It is safe for use by several
// goroutines.
type Keeper struct {
	o Options

	mu   sync.Mutex // guards set
	set  Set
	have bool
}

// Open reads the set that is kept. Where there is none that is this kiosk's, it begins
// without settings: another enrolment left it, or the disk.
func Open(o Options) (*Keeper, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	k := &Keeper{o: o}
	raw, err := os.ReadFile(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return k, nil
	case err != nil:
		return nil, fmt.Errorf("reading the settings of the portal: %w", durable.Explain(err))
	}
	var signed api.SignedOverrides
	if json.Unmarshal(raw, &signed) == nil {
		if set, err := Verify(signed, o.Root, o.Kiosk); err == nil {
			k.set, k.have = set, true
			return k, nil
		}
	}
	o.Log.Warn("the settings of the portal that are kept are not of this kiosk; asked for anew", "file", o.Path)
	return k, nil
}

// Current is the newest set; one without settings where none came yet.
func (k *Keeper) Current() Set {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.set
}

// Fetch asks the portal, keeps what is newer, and tells whether it was. The error is
// that of the portal's client, or wraps [ErrSignature] or [ErrOld].
func (k *Keeper) Fetch(ctx context.Context) (changed bool, err error) {
	k.mu.Lock()
	have := k.set.Version
	k.mu.Unlock()
	signed, changed, err := k.o.Portal.Overrides(ctx, have)
	if err != nil || !changed {
		return false, err
	}
	set, err := Verify(signed, k.o.Root, k.o.Kiosk)
	if err != nil {
		return false, fmt.Errorf("asking for settings: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.have && set.Version == k.set.Version:
		return false, nil
	case set.Version < k.set.Version:
		return false, fmt.Errorf("asking for settings: %w: version %d, in use is %d", ErrOld, set.Version, k.set.Version)
	}
	raw, err := json.Marshal(signed)
	if err == nil {
		err = durable.WriteFile(k.o.Path, raw)
	}
	if err != nil {
		return false, fmt.Errorf("keeping the settings of the portal: %w", err)
	}
	changed = k.set.TOML() != set.TOML()
	k.set, k.have = set, true
	return changed, nil
}

// How often the portal is asked: an administrator who changes something sees it within
// minutes, and a portal with a thousand kiosks has three calls in a second.
const (
	askTime = 5 * time.Minute
	askMore = 2 * time.Minute // at random, so that a fleet spreads
)

// Run asks the portal at once and every few minutes, until ctx ends, and calls changed
// after each change.
func (k *Keeper) Run(ctx context.Context, changed func(Set)) error {
	said := ""
	for {
		is, err := k.Fetch(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if is {
			changed(k.Current())
		}
		// What the portal does wrong is said once; that it is away is the courier's to say.
		text := ""
		if errors.Is(err, ErrOld) || errors.Is(err, ErrSignature) || errors.Is(err, durable.ErrFull) {
			text = err.Error()
		}
		if text != "" && text != said {
			k.o.Log.Warn("the settings of the portal are not taken", "err", text)
		}
		said = text
		wait := time.NewTimer(askTime + rand.N(askMore))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
	}
}
