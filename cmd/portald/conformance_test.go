package main

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"balie/sync/portal/conformance"
)

// suiteDesk is a portald with what the suite needs to find, two kiosks and the keys of
// its root.
func suiteDesk(t *testing.T, more ...string) (d *desk, args []string, stop func() int) {
	t.Helper()
	d = newDesk(t)
	root := filepath.Join(d.dir, "root")
	if code := execute(t.Context(), []string{"test-root", "--out", root}, t.Output(), t.Output()); code != exitOK {
		t.Fatalf("test-root ended with %d", code)
	}
	stop = d.start(append(more, "--seed", "suite", "--trust-test-root", filepath.Join(root, "root.pem"), "--hash-kib", "64")...)
	d.enrol("K1")
	return d, []string{
		"conformance", "--kiosk", filepath.Join(d.dir, "K1"), "--other", filepath.Join(d.dir, "K2"), "--root-keys", filepath.Join(root, "root-keys.pem"),
		"--other-token", d.invite("K2").Reveal(),
	}, stop
}

// A portald is what a portal must be, shown from outside with cards that are read and
// signed as real ones.
func TestConformance(t *testing.T) {
	d, args, stop := suiteDesk(t)
	defer stop()
	var out, line bytes.Buffer
	if code := execute(t.Context(), append(args, d.place.URL), &out, &line); code != exitOK {
		t.Errorf("ended with %d: %s\n%s", code, line.String(), out.String())
	}
	if n := strings.Count(out.String(), "ok    "); n != len(conformance.Checks()) {
		t.Errorf("%d of %d are told:\n%s", n, len(conformance.Checks()), out.String())
	}
	told := d.logged() + d.stored()
	for _, canary := range []string{"84051799897", "E1000000008", suiteBadge, "1991-02-03", "Voorbeeld"} {
		if strings.Contains(told, canary) {
			t.Errorf("log or database tells %q", canary)
		}
	}
}

// The suite can fail: at a portal that loses people, links and cards.
func TestConformanceTellsWhatIsNotSo(t *testing.T) {
	d, args, stop := suiteDesk(t, "--terminator", "127.0.0.1")
	defer stop()
	pages, err := url.Parse(d.place.Staff)
	must(t, err)
	whole := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: pages.Host})
		if certs := r.In.TLS.PeerCertificates; len(certs) > 0 {
			r.Out.Header.Set("Client-Cert", ":"+base64.StdEncoding.EncodeToString(certs[0].Raw)+":")
		}
	}}
	loose := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/cards" || strings.HasPrefix(r.URL.Path, "/v1/links") || r.URL.Path == "/v1/appointments/lookup" || strings.HasPrefix(r.URL.Path, "/login") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{}`)) // the suite may have gone
			return
		}
		whole.ServeHTTP(w, r)
	}))
	loose.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	loose.StartTLS()
	defer loose.Close()
	ca := filepath.Join(d.dir, "proxy.pem")
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: loose.Certificate().Raw}), 0o600))
	var out, line bytes.Buffer
	if code := execute(t.Context(), append(args, "--tls-ca", ca, loose.URL), &out, &line); code != exitFailed {
		t.Errorf("ended with %d", code)
	}
	for _, name := range []string{"a printed card is proved", "each code is asked once", "a card gives its person's", "a link of two cards", "no call is answered to who"} {
		if !strings.Contains(out.String(), "FAIL  "+name) {
			t.Errorf("is not told: %s\n%s", name, out.String())
		}
	}
	if !strings.Contains(line.String(), "docs/portal.md") {
		t.Errorf("the line is %q", line.String())
	}
}
