package identity_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/sync/identity"
	"balie/sync/portal"
)

func TestEnrol(t *testing.T) {
	h := newHospital(t, 0)
	o := h.enrol("K1")
	who := open(t, o)
	if kiosk, err := self(t, who); err != nil || kiosk != "K1" || who.Kiosk() != "K1" || who.URL() != h.url || !who.Root().Equal(h.secrets.Root()) {
		t.Errorf("%s, %v", kiosk, err)
	}
	if _, err := who.Keys().Verify(who.Root()); err != nil {
		t.Error(err)
	}
	if s := who.Status(); s.Kind != "file" || len(s.Fingerprint) != 24 || !s.RenewFrom.Before(s.NotAfter) || s.Trouble != "" {
		t.Errorf("%+v", s)
	}
	entries, err := os.ReadDir(o.Dir)
	must(t, err)
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if len(entries) != 2 {
		t.Errorf("%v", entries)
	}
	must(t, os.Chmod(filepath.Join(o.Dir, "identity"), 0o644))
	if _, err := identity.Open(o); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: %v", err)
	}
}

// What lay plainly after the enrolment is closed once systemd hands its credential over.
func TestAPlainKeyIsClosed(t *testing.T) {
	h := newHospital(t, 0)
	o := h.enrol("K1")
	before, err := os.ReadFile(filepath.Join(o.Dir, "identity"))
	must(t, err)
	fingerprint := open(t, o).Status().Fingerprint
	o.Keys = identity.Keyring{closed(t, 1), identity.Files()}
	for range 2 {
		who := open(t, o)
		if kiosk, err := self(t, who); err != nil || kiosk != "K1" || who.Status().Kind != "credential" || who.Status().Fingerprint != fingerprint {
			t.Errorf("%s, %v, %+v", kiosk, err, who.Status())
		}
	}
	var plain struct{ Key []byte }
	must(t, json.Unmarshal(before, &plain))
	after, err := os.ReadFile(filepath.Join(o.Dir, "identity"))
	if err != nil || strings.Contains(string(after), base64.StdEncoding.EncodeToString(plain.Key)[:40]) {
		t.Errorf("it still lies there plainly, %v", err)
	}
}

// A token is shown to nobody but its portal.
func TestATokenIsNotShownToAnotherPortal(t *testing.T) {
	one, other := newHospital(t, 0), newHospital(t, 0)
	o := other.options()
	err := identity.Enrol(t.Context(), identity.EnrolOptions{Options: o, Token: one.invite("K1", false)})
	if !errors.Is(err, portal.ErrAway) || other.calls.Load() != 0 {
		t.Errorf("%v; %d calls came", err, other.calls.Load())
	}
	if _, err := identity.Open(o); !errors.Is(err, identity.ErrNotEnrolled) {
		t.Errorf("%v", err)
	}
	o.URL = strings.Replace(other.url, "https", "http", 1)
	if err := identity.Enrol(t.Context(), identity.EnrolOptions{Options: o, Token: one.invite("K1", false)}); err == nil || other.calls.Load() != 0 {
		t.Errorf("in plain: %v", err)
	}
}

// An enrolment whose answer is lost, or that waits for somebody, goes on with its key.
func TestAnEnrolmentGoesOn(t *testing.T) {
	h := newHospital(t, 0)
	o := identity.EnrolOptions{Options: h.options(), Token: h.invite("K1", true)}
	var first, second *identity.PendingError
	if err := identity.Enrol(t.Context(), o); !errors.As(err, &first) {
		t.Fatal(err)
	}
	if err := identity.Enrol(t.Context(), o); !errors.As(err, &second) || second.Fingerprint != first.Fingerprint {
		t.Fatalf("%v after %v", err, first)
	}
	must(t, h.store.Confirm(t.Context(), "K1", first.Fingerprint))
	h.loseOne()
	if err := identity.Enrol(t.Context(), o); !errors.Is(err, portal.ErrAway) {
		t.Fatalf("the answer is lost: %v", err)
	}
	must(t, identity.Enrol(t.Context(), o))
	if who := open(t, o.Options); who.Status().Fingerprint != first.Fingerprint {
		t.Error("another key was made")
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "identity.enrol")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	again := o
	again.Options = h.options()
	if err := identity.Enrol(t.Context(), again); !errors.Is(err, portal.ErrTokenRefused) {
		t.Errorf("the token on another kiosk: %v", err)
	}
}

// A kiosk that was revoked is enrolled again while it runs, as itself only.
func TestEnrolAgainWhileItRuns(t *testing.T) {
	h, stranger := newHospital(t, 0), newHospital(t, 0)
	o := h.enrol("K1")
	who := open(t, o)
	before := who.Status().Fingerprint
	must(t, h.store.Revoke(t.Context(), "K1", time.Now()))
	if _, err := self(t, who); !errors.Is(err, portal.ErrUnauthorized) {
		t.Errorf("revoked: %v", err)
	}
	for name, token := range map[string]portal.Token{"another kiosk": h.invite("K2", false), "another portal": stranger.invite("K1", false)} {
		if err := who.EnrolAgain(t.Context(), h.url, token); !errors.Is(err, identity.ErrOtherKiosk) {
			t.Errorf("as %s: %v", name, err)
		}
	}
	must(t, who.EnrolAgain(t.Context(), h.url, h.invite("K1", false)))
	if kiosk, err := self(t, who); err != nil || kiosk != "K1" || who.Status().Fingerprint == before {
		t.Errorf("%s, %v", kiosk, err)
	}
	if kiosk, err := self(t, open(t, o)); err != nil || kiosk != "K1" {
		t.Errorf("after a restart: %s, %v", kiosk, err)
	}
}

// Files that are not what they must be are told, and never used.
func TestBrokenFiles(t *testing.T) {
	h := newHospital(t, 0)
	o, other := h.enrol("K1"), h.enrol("K2")
	foreign, err := os.ReadFile(filepath.Join(other.Dir, "identity"))
	must(t, err)
	for name, spoil := range map[string]func(string) error{
		"no kiosk.json":     func(dir string) error { return os.Remove(filepath.Join(dir, "kiosk.json")) },
		"half a kiosk.json": func(dir string) error { return os.Truncate(filepath.Join(dir, "kiosk.json"), 100) },
		"no identity":       func(dir string) error { return os.Remove(filepath.Join(dir, "identity")) },
		"half an identity":  func(dir string) error { return os.Truncate(filepath.Join(dir, "identity"), 100) },
		"of another kiosk":  func(dir string) error { return os.WriteFile(filepath.Join(dir, "identity"), foreign, 0o600) },
		"of an unknown kind": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "identity"), []byte(`{"kind":"tpm"}`), 0o600)
		},
	} {
		copied := o
		copied.Dir = t.TempDir()
		must(t, os.CopyFS(copied.Dir, os.DirFS(o.Dir)))
		for _, file := range []string{"identity", "kiosk.json"} {
			must(t, os.Chmod(filepath.Join(copied.Dir, file), 0o600))
		}
		must(t, spoil(copied.Dir))
		if _, err := identity.Open(copied); err == nil {
			t.Errorf("%s: is taken", name)
		}
	}
}

// FuzzAnswer is whatever a server with the portal's own certificate answers to an
// enrolment: nothing is kept that the token's root did not sign.
func FuzzAnswer(f *testing.F) {
	h := newHospital(f, 0)
	token := h.invite("K1", false)
	f.Add([]byte(`{"status":"enrolled","kiosk":"K1","fingerprint":"x"}`))
	f.Add([]byte(`{"status":"pending","kiosk":"K1","fingerprint":"x"}`))
	f.Add([]byte(`{"status":"enrolled","kiosk":"K1","certificate":"MAA=","root":"MAA=","keys":{"payload":"e30=","signature":""}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		h.first(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(answer)
			return true
		})
		o := identity.Options{Dir: t.TempDir(), Keys: identity.Keyring{identity.Files()}, URL: h.url}
		if err := identity.Enrol(t.Context(), identity.EnrolOptions{Options: o, Token: token}); err == nil {
			t.Errorf("%q enrols", answer)
		}
		if _, err := identity.Open(o); !errors.Is(err, identity.ErrNotEnrolled) {
			t.Errorf("%q: %v", answer, err)
		}
	})
}
