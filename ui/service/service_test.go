package service

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"balie/internal/secret"
	"balie/kiosk/text"
)

// booth is one with a paper that is out.
type booth struct{ did []string }

func (*booth) Lines(context.Context, string) ([]Line, error) {
	return []Line{{State: "error", Part: "printer ticket", Title: "Paper is out", Fact: "<b>epson</b>", Do: "put in a new roll"}}, nil
}

func (*booth) Actions(string) []Action {
	return []Action{{ID: "print:ticket", Label: "Test page (ticket)"}, {ID: "read", Label: "Read a card"}}
}

func (b *booth) Do(_ context.Context, id, _ string) (string, error) {
	if b.did = append(b.did, id); id == "read" {
		return "", errors.New("the card cannot be read")
	}
	return "confirmed", nil
}

// rig is a page, and somebody who has come to it.
type rig struct {
	t      *testing.T
	page   *Page
	booth  *booth
	log    bytes.Buffer
	code   string // empty: none is set
	cookie *http.Cookie
}

func newRig(t *testing.T) *rig {
	t.Helper()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, booth: &booth{}, code: "493817"}
	r.page, err = New(Options{
		Texts: texts, Language: func() string { return "en" }, Booth: r.booth, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
		Right: func(code secret.Bytes) (bool, bool) { return string(code.Reveal()) == r.code, r.code != "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// asks asks for something, and gives the code and what is said.
func (r *rig) asks(method, path, kind, body string) (int, string) {
	r.t.Helper()
	req := httptest.NewRequestWithContext(r.t.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	if r.cookie != nil {
		req.AddCookie(r.cookie)
	}
	w := httptest.NewRecorder()
	r.page.Handler().ServeHTTP(w, req)
	resp := w.Result()
	for _, c := range resp.Cookies() {
		r.cookie = c
	}
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(said)
}

func (r *rig) opens(code string) (int, string) {
	return r.asks(http.MethodPost, "/technician/open", "application/octet-stream", code)
}

func (r *rig) tries(id string) (int, string) {
	return r.asks(http.MethodPost, "/technician/do", "application/x-www-form-urlencoded", url.Values{"do": {id}}.Encode())
}

// TestPage: nothing is shown before the code, everything after, and nothing once it is
// closed; what is not offered cannot be tried.
func TestPage(t *testing.T) {
	r := newRig(t)
	if _, said := r.asks(http.MethodGet, "/technician/", "", ""); strings.Contains(said, "Paper") || !strings.Contains(said, "The technician&#39;s code") {
		t.Errorf("before the code it shows\n%s", said)
	}
	if code, _ := r.tries("print:ticket"); code != http.StatusForbidden || len(r.booth.did) > 0 {
		t.Errorf("before the code something is tried: %d", code)
	}
	if code, said := r.opens("493817"); code != http.StatusNoContent || !r.cookie.HttpOnly || r.cookie.SameSite != http.SameSiteStrictMode {
		t.Fatalf("%d, %s, %+v", code, said, r.cookie)
	}
	if _, said := r.asks(http.MethodGet, "/technician/", "", ""); !strings.Contains(said, "Paper is out: &lt;b&gt;epson") || !strings.Contains(said, `data-do="read"`) {
		t.Errorf("after the code it shows\n%s", said)
	}
	if code, said := r.tries("print:ticket"); code != http.StatusOK || said != "confirmed" {
		t.Errorf("%d, %q", code, said)
	}
	if code, said := r.tries("read"); code != http.StatusOK || said != "the card cannot be read" {
		t.Errorf("%d, %q", code, said)
	}
	if code, _ := r.tries("wipe"); code != http.StatusBadRequest || len(r.booth.did) != 2 {
		t.Errorf("what is not offered: %d, %q", code, r.booth.did)
	}
	for _, name := range []string{"page.js", "page.css"} {
		if code, said := r.asks(http.MethodGet, "/technician/"+name, "", ""); code != http.StatusOK || said == "" {
			t.Errorf("%s: %d", name, code)
		}
	}
	r.asks(http.MethodPost, "/technician/close", "", "")
	if code, _ := r.tries("print:ticket"); code != http.StatusForbidden {
		t.Errorf("closed, and yet: %d", code)
	}
	if strings.Contains(r.log.String(), "493817") {
		t.Error(r.log.String())
	}
}

// TestCodes: a wrong one is not let in, after five nobody is, and where none is set
// nobody ever is.
func TestCodes(t *testing.T) {
	r := newRig(t)
	for range maxTries {
		if code, said := r.opens("000000"); code != http.StatusForbidden || !strings.Contains(said, "not right") {
			t.Errorf("%d, %s", code, said)
		}
	}
	if code, _ := r.opens("493817"); code != http.StatusTooManyRequests {
		t.Errorf("after %d wrong ones the right one gives %d", maxTries, code)
	}
	if code, _ := r.opens(strings.Repeat("1", maxCode+1)); code != http.StatusBadRequest {
		t.Errorf("a code without end gives %d", code)
	}
	none := newRig(t)
	none.code = ""
	if code, said := none.opens(""); code != http.StatusForbidden || !strings.Contains(said, "kioskctl technician-code") {
		t.Errorf("without a code: %d, %s", code, said)
	}
}

// TestGate: a session ends by itself, each look makes it longer, and a new one ends the
// one before; the lock opens again.
func TestGate(t *testing.T) {
	var g gate
	at := time.Date(2026, 11, 28, 7, 0, 0, 0, time.UTC)
	right := func() (bool, bool) { return true, true }
	wrong := func() (bool, bool) { return false, true }
	with := func(c *http.Cookie) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/technician/", nil)
		r.AddCookie(c)
		return r
	}
	first, err := g.open(right, at)
	if err != nil {
		t.Fatal(err)
	}
	if !g.knows(with(first), at.Add(idleTime-1)) || !g.knows(with(first), at.Add(2*idleTime-2)) || g.knows(with(first), at.Add(4*idleTime)) {
		t.Error("the session does not last as long as somebody looks")
	}
	second, err := g.open(right, at)
	if err != nil || g.knows(with(first), at) || !g.knows(with(second), at) {
		t.Errorf("the one before is still in: %v", err)
	}
	for range maxTries {
		_, _ = g.open(wrong, at)
	}
	if _, err := g.open(right, at.Add(lockTime-1)); !errors.Is(err, errLocked) {
		t.Errorf("%v", err)
	}
	if _, err := g.open(right, at.Add(lockTime)); err != nil {
		t.Errorf("the lock stays: %v", err)
	}
}
