package identity_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"balie/sync/identity"
	"balie/sync/portal"
)

// until runs an identity until it says that it was renewed.
func until(t *testing.T, who *identity.Identity) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return who.Run(ctx, identity.RunOptions{Renewed: cancel})
}

// A certificate that is due is followed by one for another key, and the files of the
// former are gone once the new one worked.
func TestRenew(t *testing.T) {
	h := newHospital(t, life)
	o := h.enrol("K1")
	who := open(t, o)
	before := who.Status()
	must(t, until(t, who))
	after := who.Status()
	if after.Fingerprint == before.Fingerprint || after.Trouble != "" {
		t.Errorf("%+v after %+v", after, before)
	}
	if kiosk, err := self(t, open(t, o)); err != nil || kiosk != "K1" {
		t.Errorf("after a restart: %s, %v", kiosk, err)
	}
	if open(t, o).Status().Fingerprint != after.Fingerprint {
		t.Error("the former one came back")
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "identity.next")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// One that is not due is left alone.
func TestNotDue(t *testing.T) {
	h := newHospital(t, 24*time.Hour)
	who := open(t, h.enrol("K1"))
	calls := h.calls.Load()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	must(t, who.Run(ctx, identity.RunOptions{}))
	if h.calls.Load() != calls {
		t.Errorf("%d calls", h.calls.Load()-calls)
	}
}

// untilSays runs an identity until it logs a text.
func untilSays(t *testing.T, who *identity.Identity, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	must(t, who.Run(ctx, identity.RunOptions{Log: slog.New(slog.NewTextHandler(line{text, cancel}, nil))}))
}

// Where the power goes between a renewal and the first use of what it gave, the kiosk
// is itself at the next start, by the newer one: the portal may know that already.
func TestPowerCutDuringARenewal(t *testing.T) {
	h := newHospital(t, life)
	o := h.enrol("K1")
	who := open(t, o)
	first := who.Status()
	h.failing("/v1/kiosks/self", http.StatusServiceUnavailable, "unavailable")
	untilSays(t, who, "why=unavailable")
	second := who.Status()
	if second.Fingerprint == first.Fingerprint || second.Trouble != "unavailable" {
		t.Fatalf("%+v", second)
	}
	h.honest()
	restarted := open(t, o)
	if restarted.Status().Fingerprint != second.Fingerprint {
		t.Error("the newer one is not preferred")
	}
	must(t, until(t, restarted))
	if kiosk, err := self(t, open(t, o)); err != nil || kiosk != "K1" || open(t, o).Status().Fingerprint != second.Fingerprint {
		t.Errorf("%s, %v", kiosk, err)
	}
}

// A new certificate that the portal does not take is dropped, and the one before goes on.
func TestANewCertificateThatIsNotTaken(t *testing.T) {
	h := newHospital(t, life)
	o := h.enrol("K1")
	who := open(t, o)
	first := who.Status().Fingerprint
	h.failing("/v1/kiosks/self", http.StatusUnauthorized, "unauthorized")
	untilSays(t, who, "why=unauthorized")
	h.honest()
	if got := who.Status(); got.Fingerprint != first {
		t.Errorf("%+v", got)
	}
	if kiosk, err := self(t, open(t, o)); err != nil || kiosk != "K1" {
		t.Errorf("%s, %v", kiosk, err)
	}
}

// A renewal that does not work is told by a code.
func TestTroubleIsTold(t *testing.T) {
	h := newHospital(t, life)
	who := open(t, h.enrol("K1"))
	must(t, h.store.Revoke(t.Context(), "K1", time.Now()))
	untilSays(t, who, "certificate-revoked")
	if got := who.Status().Trouble; got != "certificate-revoked" {
		t.Errorf("%q", got)
	}
}

// An order under the root, of this enrolment, wipes; any other 410 wipes nothing.
func TestWipe(t *testing.T) {
	h, stranger := newHospital(t, 0), newHospital(t, 0)
	ordered := func(h *hospital, id string) string {
		o := h.enrol(id)
		must(t, h.store.Wipe(t.Context(), id, time.Now()))
		return h.told(o)
	}
	others := map[string]string{
		"bare":                    `{"type":"x","title":"x","status":410,"code":"kiosk-stopped"}`,
		"of another root":         ordered(stranger, "K1"),
		"of another kiosk":        ordered(h, "K2"),
		"of an earlier enrolment": ordered(h, "K1"),
	}
	o := h.enrol("K1")
	must(t, h.store.Wipe(t.Context(), "K1", time.Now()))
	real := h.told(o)
	others["unsigned"] = strings.Replace(real, `"signature":"`, `"signature":"AAAA`, 1)
	for name, body := range others {
		h.first(func(w http.ResponseWriter, _ *http.Request) bool { say(w, http.StatusGone, body); return true })
		who := open(t, o)
		if _, err := self(t, who); !errors.Is(err, portal.ErrStopped) {
			t.Errorf("%s: it is told %v", name, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		err := who.Run(ended, identity.RunOptions{Erase: func() error { t.Errorf("%s: wipes", name); return nil }})
		if kept, other := os.ReadDir(o.Dir); err != nil || other != nil || len(kept) != 2 {
			t.Errorf("%s: %v, %v, %d files are left", name, err, other, len(kept))
		}
	}
	h.honest()
	who, erased := open(t, o), 0
	if _, err := self(t, who); !errors.Is(err, portal.ErrStopped) {
		t.Errorf("the real one: it is told %v", err)
	}
	err := who.Run(t.Context(), identity.RunOptions{Erase: func() error { erased++; return nil }})
	if kept, other := os.ReadDir(o.Dir); !errors.Is(err, identity.ErrWiped) || erased != 1 || other != nil || len(kept) != 0 {
		t.Errorf("the real one: %v, erased %d times, %v is left, %v", err, erased, kept, other)
	}
	if _, err := identity.Open(o); !errors.Is(err, identity.ErrNotEnrolled) {
		t.Errorf("%v", err)
	}
}

// A kiosk is retired once its queue is empty, also where it does not hear that it is;
// then it is nobody.
func TestRetire(t *testing.T) {
	h := newHospital(t, 0)
	o := h.enrol("K1")
	who := open(t, o)
	if err := who.Retire(t.Context(), 1, 0); !errors.Is(err, portal.ErrRefused) {
		t.Errorf("with one waiting: %v", err)
	}
	h.first(func(w http.ResponseWriter, r *http.Request) bool {
		h.inner.ServeHTTP(httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusBadGateway) // the answer is lost
		return true
	})
	if err := who.Retire(t.Context(), 0, 0); !errors.Is(err, portal.ErrAway) {
		t.Errorf("the answer is lost: %v", err)
	}
	h.honest()
	must(t, open(t, o).Retire(t.Context(), 0, 0))
	if kept, err := os.ReadDir(o.Dir); err != nil || len(kept) != 0 {
		t.Errorf("%v is left, %v", kept, err)
	}
	if _, err := identity.Open(o); !errors.Is(err, identity.ErrNotEnrolled) {
		t.Errorf("%v", err)
	}
}
