package overrides

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"

	"balie/sync/portal/api"
)

// domain separates these signatures from others under the same root.
const domain = "balie/overrides/1\x00"

// ErrSignature says that a set is not the portal's, of another kiosk, or no settings.
var ErrSignature = errors.New("not settings of this kiosk under the portal's root")

// Set are all settings of one kiosk that the hospital set at the portal.
type Set struct{ api.OverrideSet }

// Sign signs a set; it is the portal's side. The same set has the same bytes each time.
// The error wraps [ErrSetting].
func Sign(root ed25519.PrivateKey, s Set) (api.SignedOverrides, error) {
	if err := s.Check(); err != nil {
		return api.SignedOverrides{}, err
	}
	payload, err := json.Marshal(s.OverrideSet)
	if err != nil {
		return api.SignedOverrides{}, fmt.Errorf("signing settings: %w", err)
	}
	return api.SignedOverrides{Payload: payload, Signature: ed25519.Sign(root, append([]byte(domain), payload...))}, nil
}

// Verify gives the set, where root signed it for this kiosk. The error is
// [ErrSignature].
func Verify(o api.SignedOverrides, root ed25519.PublicKey, kiosk string) (Set, error) {
	if len(root) != ed25519.PublicKeySize || !ed25519.Verify(root, append([]byte(domain), o.Payload...), o.Signature) {
		return Set{}, ErrSignature
	}
	var s Set
	if json.Unmarshal(o.Payload, &s.OverrideSet) != nil || s.Kiosk != kiosk || s.Check() != nil {
		return Set{}, ErrSignature
	}
	return s, nil
}

// TOML are the settings as a document like the kiosk's own file, to be read after it.
func (s Set) TOML() string {
	var b strings.Builder
	for _, o := range s.Settings {
		fmt.Fprintf(&b, "%s = %s\n", o.Key, o.Value)
	}
	return b.String()
}

// As openapi.yaml has it.
const (
	maxSettings = 200
	maxKey      = 100
	maxValue    = 4000
)

var key = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*$`)

// ErrSetting says that a key or a value cannot be one.
var ErrSetting = errors.New("not a setting such as booth.idle and \"90s\"")

// Check tells whether a setting can be one: a key as in the kiosk's file, and one value
// of TOML that is no table. Whether the kiosk knows it is for the kiosk to say. The error is
// [ErrSetting].
func Check(name, value string) error {
	var found map[string]any
	if len(name) > maxKey || !key.MatchString(name) || value == "" || len(value) > maxValue {
		return ErrSetting
	}
	// What is after the value would be other settings, of which nobody spoke.
	if _, err := toml.Decode("value = "+value, &found); err != nil || len(found) != 1 {
		return ErrSetting // the parser's text repeats the value
	}
	if _, is := found["value"].(map[string]any); is {
		return ErrSetting // its parts are settings of their own
	}
	return nil
}

// Check tells whether the settings are in order and go together. The error wraps
// [ErrSetting].
func (s Set) Check() error {
	if len(s.Settings) > maxSettings {
		return fmt.Errorf("%w: there are %d, at most %d are possible", ErrSetting, len(s.Settings), maxSettings)
	}
	before := ""
	for _, o := range s.Settings {
		if err := Check(o.Key, o.Value); err != nil || o.Key <= before || !o.Scope.Valid() {
			return fmt.Errorf("%w: %.100q", ErrSetting, o.Key)
		}
		before = o.Key
	}
	var all map[string]any
	if _, err := toml.Decode(s.TOML(), &all); err != nil { // one is a table of which another is a part
		return fmt.Errorf("%w: two of them do not go together", ErrSetting)
	}
	return nil
}
