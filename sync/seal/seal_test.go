package seal_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/sync/seal"
)

func opener(t testing.TB, id string) *seal.Opener {
	t.Helper()
	o, err := seal.NewOpener(id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOpensOnlyInItsContext(t *testing.T) {
	o := opener(t, "k1")
	c := seal.Context{Kiosk: "K1", Action: "a", Type: "check-in", Counter: 7}
	body := []byte("85073003328")
	sealed, err := o.Key().Seal(c, body)
	if err != nil {
		t.Fatal(err)
	}
	if len(sealed) != len(body)+seal.Overhead || bytes.Contains(sealed, body) {
		t.Errorf("sealed to %d bytes", len(sealed))
	}
	if got, err := o.Open(c, sealed); err != nil || !bytes.Equal(got, body) {
		t.Errorf("got %q, %v", got, err)
	}
	for name, other := range map[string]seal.Context{
		"kiosk":   {Kiosk: "K2", Action: "a", Type: "check-in", Counter: 7},
		"action":  {Kiosk: "K1", Action: "b", Type: "check-in", Counter: 7},
		"type":    {Kiosk: "K1", Action: "a", Type: "block", Counter: 7},
		"counter": {Kiosk: "K1", Action: "a", Type: "check-in", Counter: 8},
		"shifted": {Kiosk: "K1,1:a", Action: "", Type: "check-in", Counter: 7},
	} {
		if _, err := o.Open(other, sealed); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("another %s: got %v", name, err)
		}
	}
	renamed, err := o.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	sameKey, err := seal.LoadOpener("k2", renamed)
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]*seal.Opener{"another key": opener(t, "k1"), "another key id": sameKey} {
		if _, err := other.Open(c, sealed); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := o.Open(c, broken); err == nil {
			t.Fatalf("opens with a bit flipped in byte %d", i)
		}
	}
}

func TestOpenerIsKept(t *testing.T) {
	o := opener(t, "k1")
	raw, err := o.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := seal.LoadOpener("k1", raw)
	if err != nil || !bytes.Equal(again.Key().Public, o.Key().Public) {
		t.Errorf("%v", err)
	}
	if _, err := seal.LoadOpener("k1", raw[:31]); err == nil {
		t.Error("half a key was taken")
	}
}

type root struct {
	pub  ed25519.PublicKey
	priv ed25519.PrivateKey
}

func newRoot(t *testing.T) root {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return root{pub, priv}
}

func (r root) sign(t *testing.T, serial uint64, keys ...seal.Key) seal.Signed {
	t.Helper()
	s, err := seal.Sign(r.priv, seal.Keys{Serial: serial, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestKeysAreSigned(t *testing.T) {
	r, key := newRoot(t), opener(t, "k1").Key()
	signed := r.sign(t, 3, key, opener(t, "k2").Key())
	if got, err := signed.Verify(r.pub); err != nil || got.Serial != 3 || len(got.Keys) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	forged := signed
	forged.Payload = append(bytes.Clone(signed.Payload), ' ')
	for name, err := range map[string]error{
		"changed":      second(forged.Verify(r.pub)),
		"another root": second(signed.Verify(newRoot(t).pub)),
		"no root":      second(signed.Verify(nil)),
		"empty":        second(seal.Signed{}.Verify(r.pub)),
	} {
		if !errors.Is(err, seal.ErrSignature) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, keys := range map[string][]seal.Key{
		"none": nil, "short": {{ID: "x", Public: []byte("short")}}, "no id": {{Public: key.Public}}, "three": {key, key, key},
	} {
		if _, err := r.sign(t, 1, keys...).Verify(r.pub); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func second(_ seal.Keys, err error) error { return err }

func TestRing(t *testing.T) {
	r, path := newRoot(t), filepath.Join(t.TempDir(), "keys.json")
	first := r.sign(t, 1, opener(t, "k1").Key())
	ring, err := seal.OpenRing(path, r.pub, first)
	if err != nil || ring.Current().ID != "k1" {
		t.Fatal(err)
	}
	steps := []struct {
		name    string
		set     seal.Signed
		changed bool
		err     error
		current string
	}{
		{"the same again", first, false, nil, "k1"},
		{"a newer one", r.sign(t, 2, opener(t, "k2").Key(), opener(t, "k1").Key()), true, nil, "k2"},
		{"the old one played back", first, false, seal.ErrOld, "k2"},
		{"of another root", newRoot(t).sign(t, 9, opener(t, "k9").Key()), false, seal.ErrSignature, "k2"},
	}
	for _, s := range steps {
		changed, err := ring.Update(s.set)
		if changed != s.changed || !errors.Is(err, s.err) || ring.Current().ID != s.current {
			t.Errorf("%s: %v, %v, now %s", s.name, changed, err, ring.Current().ID)
		}
	}
	again, err := seal.OpenRing(path, r.pub, first)
	if err != nil || again.Current().ID != "k2" {
		t.Errorf("after a restart: %v, %v", again, err)
	}
	if _, err := seal.OpenRing(path, newRoot(t).pub, first); !errors.Is(err, seal.ErrSignature) {
		t.Errorf("under another root: %v", err)
	}
}

func TestRingWithoutKeysDoesNotOpen(t *testing.T) {
	r, path := newRoot(t), filepath.Join(t.TempDir(), "keys.json")
	if _, err := seal.OpenRing(path, r.pub, seal.Signed{}); !errors.Is(err, seal.ErrSignature) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenRing(path, r.pub, r.sign(t, 1, opener(t, "k1").Key())); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a broken file: %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"serial":1,"keys":[{"id":"k1","public":"AAAA"}]}`))
	f.Add([]byte(`{"keys":[]}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		s := seal.Signed{Payload: payload, Signature: ed25519.Sign(priv, append([]byte("balie/keys/1\x00"), payload...))}
		k, err := s.Verify(pub)
		if err != nil {
			return
		}
		if _, err := k.Keys[0].Seal(seal.Context{}, []byte("x")); err != nil {
			t.Errorf("keys were taken that cannot be sealed to: %v", err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	key, body := opener(b, "k1").Key(), make([]byte, 4000)
	for b.Loop() {
		if _, err := key.Seal(seal.Context{Kiosk: "K1", Action: "a", Counter: 1}, body); err != nil {
			b.Fatal(err)
		}
	}
}
