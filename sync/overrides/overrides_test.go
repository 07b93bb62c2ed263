package overrides_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"balie/sync/overrides"
	"balie/sync/portal"
	"balie/sync/portal/api"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var root = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func of(kiosk string, version uint64, pairs ...string) overrides.Set {
	s := overrides.Set{OverrideSet: api.OverrideSet{Kiosk: kiosk, Version: version, Settings: []api.Override{}}}
	for i := 0; i < len(pairs); i += 2 {
		s.Settings = append(s.Settings, api.Override{Key: pairs[i], Value: pairs[i+1], Scope: api.ScopeSite})
	}
	return s
}

func signed(t testing.TB, s overrides.Set) api.SignedOverrides {
	t.Helper()
	o, err := overrides.Sign(root, s)
	must(t, err)
	return o
}

// portalOf says what it is told to.
type portalOf struct {
	next api.SignedOverrides
	err  error
	have []uint64
}

func (p *portalOf) Overrides(_ context.Context, have uint64) (api.SignedOverrides, bool, error) {
	p.have = append(p.have, have)
	return p.next, p.err == nil, p.err
}

func open(t testing.TB, path string, p *portalOf) *overrides.Keeper {
	t.Helper()
	public, _ := root.Public().(ed25519.PublicKey)
	k, err := overrides.Open(overrides.Options{Path: path, Kiosk: "K1", Root: public, Portal: p})
	must(t, err)
	return k
}

// What is taken is newer, of this kiosk and under the root; it is there after a restart,
// and what is older is not taken then either.
func TestOnlyNewerOnesOfThisKioskAreTaken(t *testing.T) {
	path, p := filepath.Join(t.TempDir(), "overrides.json"), &portalOf{}
	k := open(t, path, p)
	_, other, err := ed25519.GenerateKey(nil)
	must(t, err)
	forged, err := overrides.Sign(other, of("K1", 9, "a", "1"))
	must(t, err)
	cut := signed(t, of("K1", 9, "a", "1"))
	cut.Payload = bytes.Replace(cut.Payload, []byte("1"), []byte("2"), 1)
	wipe, err := portal.OrderWipe(root, "K1", make([]byte, portal.NonceLen), time.Unix(0, 0))
	must(t, err)
	for _, step := range []struct {
		name    string
		next    api.SignedOverrides
		err     error
		want    string
		changed bool
	}{
		{"the first", signed(t, of("K1", 5, "a", "1")), nil, "a = 1\n", true},
		{"the same", signed(t, of("K1", 5, "a", "1")), nil, "a = 1\n", false},
		{"newer, and says the same", signed(t, of("K1", 6, "a", "1")), nil, "a = 1\n", false},
		{"older", signed(t, of("K1", 5, "a", "0")), overrides.ErrOld, "a = 1\n", false},
		{"of another kiosk", signed(t, of("K2", 9, "a", "0")), overrides.ErrSignature, "a = 1\n", false},
		{"under another root", forged, overrides.ErrSignature, "a = 1\n", false},
		{"changed on its way", cut, overrides.ErrSignature, "a = 1\n", false},
		{"another thing that the root signed", api.SignedOverrides(wipe), overrides.ErrSignature, "a = 1\n", false},
		{"nothing", api.SignedOverrides{}, overrides.ErrSignature, "a = 1\n", false},
		{"without settings", signed(t, of("K1", 7)), nil, "", true},
	} {
		p.next = step.next
		if changed, err := k.Fetch(t.Context()); changed != step.changed || !errors.Is(err, step.err) || k.Current().TOML() != step.want {
			t.Errorf("%s: %v, %v, %q", step.name, changed, err, k.Current().TOML())
		}
		k = open(t, path, p)
		if k.Current().TOML() != step.want {
			t.Errorf("%s: after a restart it is %q", step.name, k.Current().TOML())
		}
	}
	if last := p.have[len(p.have)-1]; last != 6 {
		t.Errorf("the portal is told that version %d is there", last)
	}
}

// A file that is none, or of another enrolment, is passed over: it is asked for anew.
func TestAFileOfAnother(t *testing.T) {
	path, p := filepath.Join(t.TempDir(), "overrides.json"), &portalOf{next: signed(t, of("K1", 1, "a", "1"))}
	for _, text := range []string{"", "{", `{"payload":"e30=","signature":"AA=="}`} {
		must(t, os.WriteFile(path, []byte(text), 0o600))
		k := open(t, path, p)
		if k.Current().TOML() != "" {
			t.Errorf("%q gives %q", text, k.Current().TOML())
		}
		if changed, err := k.Fetch(t.Context()); !changed || err != nil {
			t.Errorf("after %q: %v, %v", text, changed, err)
		}
	}
}

// A set that a kiosk could not read as one document is not signed.
func TestWhatIsNoSetting(t *testing.T) {
	for name, set := range map[string]overrides.Set{
		"a key twice": of("K1", 1, "a", "1", "a", "2"), "out of order": of("K1", 1, "b", "1", "a", "2"), "a part of no table": of("K1", 1, "a", "1", "a.b", "2"),
		"no key": of("K1", 1, "", "1"), "a key of a line": of("K1", 1, "a\nb", "1"), "no value": of("K1", 1, "a", ""), "two values": of("K1", 1, "a", "1\nb = 2"),
		"a table": of("K1", 1, "a", "1\n[b]"), "long": of("K1", 1, "a", `"`+strings.Repeat("x", 4000)+`"`), "half": of("K1", 1, "a", `"`),
	} {
		if _, err := overrides.Sign(root, set); !errors.Is(err, overrides.ErrSetting) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// It is asked for at once and every few minutes; what the portal does wrong is logged
// once, however often.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := &portalOf{next: signed(t, of("K1", 1, "a", "1"))}
		public, _ := root.Public().(ed25519.PublicKey)
		k, err := overrides.Open(overrides.Options{
			Path: filepath.Join(t.TempDir(), "overrides.json"), Kiosk: "K1", Root: public, Portal: p, Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		must(t, err)
		var seen []string
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		must(t, k.Run(ctx, func(s overrides.Set) {
			seen = append(seen, s.TOML())
			p.next = signed(t, of("K2", 2, "a", "2"))
		}))
		if len(seen) != 1 || seen[0] != "a = 1\n" || len(p.have) < 8 || len(p.have) > 13 || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("changes %q, %d calls, log:\n%s", seen, len(p.have), &log)
		}
	})
}

func FuzzVerify(f *testing.F) {
	public, _ := root.Public().(ed25519.PublicKey)
	f.Add([]byte(`{"kiosk":"K1","version":1,"settings":[{"key":"a","value":"1","scope":"site"}]}`))
	f.Add([]byte(`{"kiosk":"K1","version":1,"settings":[{"key":"a","value":"{b=1}","scope":"site"},{"key":"a.b","value":"1","scope":"kiosk"}]}`))
	f.Add([]byte(`{"kiosk":"K1","version":-1,"settings":null}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		o := api.SignedOverrides{Payload: payload, Signature: ed25519.Sign(root, append([]byte("balie/overrides/1\x00"), payload...))}
		set, err := overrides.Verify(o, public, "K1")
		if err == nil {
			if again, err := overrides.Sign(root, set); err != nil {
				t.Errorf("%+v, %v", again, err)
			}
		}
	})
}
