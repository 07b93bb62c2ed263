package portal_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"balie/sync/portal"
)

func newRoot(t testing.TB) ed25519.PublicKey {
	t.Helper()
	root, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// A token is read as people type it, pins its portal and no other, and does not print.
func TestToken(t *testing.T) {
	root := newRoot(t)
	token := portal.NewToken(root)
	shown := token.Reveal()
	if len(shown) != 35 || strings.Count(shown, "-") != 5 {
		t.Errorf("it is shown as %s", shown)
	}
	zero := strings.NewReplacer("0", "o", "1", "l")
	for _, typed := range []string{shown, strings.ToLower(shown), strings.ReplaceAll(shown, "-", ""), " " + strings.ReplaceAll(shown, "-", " ") + "\n", zero.Replace(shown)} {
		got, err := portal.ParseToken(typed)
		if err != nil || got.Reveal() != shown || !got.Pins(root) || got.Secret().Reveal() != strings.ReplaceAll(shown, "-", "")[:12] {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if token.Pins(newRoot(t)) || portal.NewToken(root).Reveal() == shown {
		t.Error("another root is pinned, or the same token made twice")
	}
	if told := fmt.Sprintf("%v %+v %#v", token, token, token); strings.Contains(told, shown[:5]) || strings.Contains(told, shown[6:11]) {
		t.Errorf("it prints as %s", told)
	}
}

// A slip of the hand is told from a token that is not good: one symbol, or two that
// were swapped, but for about one in a thousand.
func TestATokenMistyped(t *testing.T) {
	token := strings.ReplaceAll(portal.NewToken(newRoot(t)).Reveal(), "-", "")
	taken, tried := 0, 0
	try := func(typed string) {
		if typed == token {
			return
		}
		tried++
		if _, err := portal.ParseToken(typed); err == nil {
			taken++
		} else if !errors.Is(err, portal.ErrToken) || strings.Contains(err.Error(), typed[:8]) {
			t.Errorf("%v", err)
		}
	}
	for i := range token {
		for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			try(token[:i] + string(c) + token[i+1:])
		}
		if i > 0 {
			try(token[:i-1] + token[i:i+1] + token[i-1:i] + token[i+1:])
		}
		try(token[:i] + token[i+1:])
	}
	if tried < 900 || taken > tried/100 {
		t.Errorf("%d of %d were taken", taken, tried)
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(portal.NewToken(make([]byte, 32)).Reveal())
	f.Add("")
	f.Add("00000-00000-00000-00000-00000-00000")
	f.Add("ÅÅÅÅÅ-ÅÅÅÅÅ-ÅÅÅÅÅ-ÅÅÅÅÅ-ÅÅÅÅÅ-ÅÅÅÅÅ")
	f.Fuzz(func(t *testing.T, typed string) {
		token, err := portal.ParseToken(typed)
		if err != nil {
			return
		}
		again, err := portal.ParseToken(token.Reveal())
		if err != nil || again.Reveal() != token.Reveal() || len(token.Secret().Reveal()) != 12 {
			t.Errorf("%q was taken: %v", typed, err)
		}
	})
}

// Fingerprints are as they have always been: the first 80 bits of SHA-256.
func TestFingerprint(t *testing.T) {
	if got := portal.Fingerprint([]byte("abc")); got != "ba78-16bf-8f01-cfea-4141" { // FIPS 180-2, appendix B.1
		t.Errorf("%s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		if got := portal.Fingerprint(rapid.SliceOf(rapid.Byte()).Draw(t, "public")); len(got) != 24 {
			t.Errorf("%s", got)
		}
	})
}
