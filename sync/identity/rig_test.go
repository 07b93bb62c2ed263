package identity_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"balie/sync/identity"
	"balie/sync/portal"
	"balie/sync/portal/reference"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nobody judges cards: none is shown here.
type nobody struct{}

func (n nobody) VerifyHolder(p portal.Proof, _ portal.HolderProof) (reference.Holder, error) {
	person, err := n.Verify(p)
	return reference.Holder{Person: person}, err
}

func (nobody) Verify(portal.Proof) (reference.Person, error) {
	return reference.Person{}, &reference.CardError{Reason: "unreadable"}
}

// hospital is a portal that kiosks come to over TLS.
type hospital struct {
	t       testing.TB
	store   *reference.Store
	secrets reference.Secrets
	url     string
	inner   http.Handler
	calls   atomic.Int64 // that came
	// before is asked first, and answers a call itself where it says so.
	before atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]
}

// life is how long certificates are good that are due at once: a third of theirs, with
// the hour that they begin early, is left.
const life = 30 * time.Minute

func newHospital(t testing.TB, life time.Duration) *hospital {
	t.Helper()
	dir := t.TempDir()
	h := &hospital{t: t}
	var err error
	h.secrets, err = reference.OpenSecrets(filepath.Join(dir, "state"))
	must(t, err)
	h.store, err = reference.OpenStore(t.Context(), filepath.Join(dir, "portal.db"))
	must(t, err)
	server, err := reference.New(reference.Options{Store: h.store, Secrets: h.secrets, Verifier: nobody{}, CertificateLife: life})
	must(t, err)
	config, err := h.secrets.TLS()
	must(t, err)
	config.NextProtos = []string{"http/1.1"}
	h.inner = server.Handler()
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.calls.Add(1)
		if before := h.before.Load(); before == nil || !(*before)(w, r) {
			h.inner.ServeHTTP(w, r)
		}
	}))
	front.Listener = tls.NewListener(front.Listener, config)
	front.Start()
	h.url = "https://" + front.Listener.Addr().String()
	t.Cleanup(func() {
		front.Close()
		must(t, h.store.Close())
	})
	return h
}

func (h *hospital) first(before func(w http.ResponseWriter, r *http.Request) bool) {
	h.before.Store(&before)
}

func (h *hospital) honest() { h.before.Store(nil) }

func (h *hospital) invite(id string, confirm bool) portal.Token {
	h.t.Helper()
	token, err := h.store.Invite(h.t.Context(), h.secrets, reference.Invitation{Kiosk: id, Until: time.Now().Add(time.Hour), Confirm: confirm})
	must(h.t, err)
	return token
}

func (h *hospital) options() identity.Options {
	return identity.Options{Dir: filepath.Join(h.t.TempDir(), "portal"), Keys: identity.Keyring{identity.Files()}, URL: h.url}
}

// enrol enrols a kiosk, and gives where.
func (h *hospital) enrol(id string) identity.Options {
	h.t.Helper()
	o := h.options()
	must(h.t, identity.Enrol(h.t.Context(), identity.EnrolOptions{Options: o, Token: h.invite(id, false)}))
	return o
}

func open(t testing.TB, o identity.Options) *identity.Identity {
	t.Helper()
	who, err := identity.Open(o)
	must(t, err)
	return who
}

// self asks who we are, as a kiosk.
func self(t *testing.T, who *identity.Identity) (string, error) {
	t.Helper()
	client, err := who.Client()
	must(t, err)
	defer client.Close()
	s, err := client.Self(context.Background())
	return s.Kiosk, err
}

// say answers with a problem.
func say(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// failing answers the calls of a path with a problem.
func (h *hospital) failing(path string, status int, code string) {
	h.first(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		say(w, status, `{"type":"urn:balie:problem:`+code+`","title":"x","status":0,"code":"`+code+`"}`)
		return true
	})
}

// loseOne does the next call, and loses its answer.
func (h *hospital) loseOne() {
	h.first(func(w http.ResponseWriter, r *http.Request) bool {
		h.honest()
		h.inner.ServeHTTP(httptest.NewRecorder(), r)
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
		return true
	})
}

// told is what the portal answers a kiosk that asks who it is, as it came.
func (h *hospital) told(o identity.Options) string {
	h.t.Helper()
	transport := &http.Transport{TLSClientConfig: open(h.t, o).TLS()}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(h.url + "/v1/kiosks/self")
	must(h.t, err)
	body, err := io.ReadAll(resp.Body)
	must(h.t, errors.Join(err, resp.Body.Close()))
	return string(body)
}

// line is a log that calls do at the first line that holds text.
type line struct {
	text string
	do   func()
}

func (l line) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(l.text)) {
		l.do()
	}
	return len(p), nil
}
