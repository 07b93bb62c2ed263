package reference_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"balie/sync/identity"
	"balie/sync/portal"
	"balie/sync/portal/api"
	"balie/sync/portal/reference"
)

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

// enrolBody is an enrolment of a new key.
func enrolBody(t testing.TB, token string) string { return enrolBodyOf(t, token, newKey(t)) }

func enrolBodyOf(t testing.TB, token string, key crypto.Signer) string {
	t.Helper()
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	must(t, err)
	body, err := json.Marshal(api.Enrol{Token: token, Csr: csr, Nonce: make([]byte, portal.NonceLen)})
	must(t, err)
	return string(body)
}

// A token is of one key, once confirmed where that is asked, for as long as it lasts.
func TestATokenLetsOneKeyIn(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		token, key := r.invite("K1", true), newKey(t)
		ask := func(key crypto.Signer) (status int, e api.Enrolment) {
			t.Helper()
			status, _, answer := r.call(http.MethodPost, "/v1/enrol", nil, enrolBodyOf(t, token.Secret().Reveal(), key))
			if status == http.StatusOK {
				must(t, json.Unmarshal([]byte(answer), &e))
			}
			return status, e
		}
		status, first := ask(key)
		if status != http.StatusOK || first.Status != api.Pending || first.Certificate != nil || first.Root != nil {
			t.Fatalf("before it is confirmed: %d %+v", status, first)
		}
		if status, _ := ask(newKey(t)); status != http.StatusForbidden {
			t.Errorf("another key: %d", status)
		}
		if err := r.store.Confirm(t.Context(), "K1", "0000-0000-0000-0000-0000"); !errors.Is(err, reference.ErrFingerprint) {
			t.Errorf("another fingerprint: %v", err)
		}
		if err := r.store.Confirm(t.Context(), "K9", first.Fingerprint); !errors.Is(err, reference.ErrFingerprint) {
			t.Errorf("another kiosk: %v", err)
		}
		must(t, r.store.Confirm(t.Context(), "K1", first.Fingerprint))
		_, second := ask(key)
		_, again := ask(key) // the answer was lost
		if second.Status != api.Enrolled || !bytes.Equal(second.Certificate, again.Certificate) || len(second.Certificate) == 0 {
			t.Errorf("%+v, then %+v", second, again)
		}
		must(t, r.store.Revoke(t.Context(), "K1", r.now()))
		if status, _ := ask(key); status != http.StatusForbidden {
			t.Errorf("after what it gave was revoked: %d", status)
		}
		token = r.invite("K1", false)
		if status, _ := ask(newKey(t)); status != http.StatusOK {
			t.Errorf("a new token: %d", status)
		}
		token = r.invite("K1", false)
		r.set(r.now().Add(time.Hour))
		if status, _ := ask(key); status != http.StatusForbidden {
			t.Errorf("after the token's time: %d", status)
		}
		for _, id := range []string{"", "k1", "1K", "K 1", "K12345678901234567"} {
			if _, err := r.store.Invite(t.Context(), r.secrets, reference.Invitation{Kiosk: id}); !errors.Is(err, reference.ErrKioskID) {
				t.Errorf("%q: %v", id, err)
			}
		}
	})
}

// Enrolled again, a kiosk goes on where it was, and what it had before is void.
func TestEnrolAgain(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, first := r.enrol("K1")
		r.admit(number, "mine")
		sent(t, first, r.seal(action{kiosk: "K1", counter: 40, appointment: "mine", card: card(number, "good")}))
		must(t, r.store.Stop(t.Context(), "K1", true))
		_, second := r.enrol("K1")
		var e *portal.Error
		if _, err := first.Self(t.Context()); !errors.Is(err, portal.ErrUnauthorized) || !errors.As(err, &e) || e.Code != "certificate-revoked" {
			t.Errorf("the former certificate: %v", err)
		}
		self, err := second.Self(t.Context())
		if err != nil || self.LastCounter != 40 {
			t.Errorf("%+v, %v", self, err)
		}
		if keys, err := self.Keys.Verify(r.secrets.Root()); err != nil || len(keys.Keys) != 1 || keys.Keys[0].ID != r.key().ID {
			t.Errorf("%+v, %v", keys, err)
		}
		for _, err := range []error{
			r.store.Stop(t.Context(), "K9", true), r.store.Revoke(t.Context(), "K9", r.now()), r.store.Wipe(t.Context(), "K9", r.now()),
		} {
			if !errors.Is(err, reference.ErrNoKiosk) {
				t.Errorf("of nobody: %v", err)
			}
		}
	})
}

// What every kiosk's certificate is, and what ends it.
func TestCertificatesEnd(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.options.CertificateLife = 24 * time.Hour
		r.restart()
		_, one := r.enrol("K1")
		_, two := r.enrol("K2")
		says := func(client *portal.Client, code string) {
			t.Helper()
			_, err := client.Self(t.Context())
			var e *portal.Error
			if code == "" && err != nil || code != "" && (!errors.As(err, &e) || e.Code != code) {
				t.Errorf("%v, want %q", err, code)
			}
		}
		says(one, "")
		must(t, r.store.Revoke(t.Context(), "K1", r.now()))
		says(one, "certificate-revoked")
		says(two, "")
		r.set(r.now().Add(24*time.Hour + time.Second))
		says(two, "certificate-expired")
		list, err := r.store.Kiosks(t.Context(), r.now())
		if err != nil || len(list) != 2 || list[0].State != "out" || list[1].State != "out" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// The one before is good until an hour after the new one was used, so that nothing that
// is under way is cut off; a renewal whose answer was lost gives the same certificate.
func TestRenewalOverlaps(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		_, before := r.enrol("K1")
		must(t, only(before.Self(t.Context())))
		r.set(r.now().Add(time.Minute))
		csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, newKey(t))
		must(t, err)
		first, err := before.Renew(t.Context(), csr)
		must(t, err)
		again, err := before.Renew(t.Context(), csr)
		if err != nil || !bytes.Equal(first, again) {
			t.Errorf("the same request: %v", err)
		}
		r.set(r.now().Add(48 * time.Hour))
		must(t, only(before.Self(t.Context()))) // the new one was not used
		r.as(t, first, http.StatusOK)
		r.set(r.now().Add(59 * time.Minute))
		must(t, only(before.Self(t.Context())))
		r.set(r.now().Add(2 * time.Minute))
		if _, err := before.Self(t.Context()); !errors.Is(err, portal.ErrUnauthorized) {
			t.Errorf("an hour after: %v", err)
		}
		r.as(t, first, http.StatusOK)
	})
}

// only is the error of a call.
func only[T any](_ T, err error) error { return err }

// as makes a call with a certificate, as if TLS had proved it.
func (r *rig) as(t *testing.T, der []byte, want int) {
	t.Helper()
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	req := httptest.NewRequest(http.MethodGet, "/v1/kiosks/self", nil)
	req.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
	w := httptest.NewRecorder()
	r.portal.Handler().ServeHTTP(w, req)
	if w.Code != want {
		t.Errorf("answered %d, want %d: %s", w.Code, want, w.Body)
	}
}

// A header with a certificate is believed from a terminator that was named, and there
// the connection's own certificate is not.
func TestTheHeaderIsBelievedFromATerminatorOnly(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		cert := enrolByHand(t, r.portal, r.invite("K1", false))
		r.options.Terminators = []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24")}
		r.restart()
		header := ":" + base64.StdEncoding.EncodeToString(cert.Raw) + ":"
		for name, tt := range map[string]struct {
			from    string
			headers []string
			tls     bool
			want    int
		}{
			"from the terminator":    {"10.1.2.3:999", []string{header}, false, http.StatusOK},
			"as IPv4 in IPv6":        {"[::ffff:10.1.2.3]:999", []string{header}, false, http.StatusOK},
			"from elsewhere":         {"10.1.3.3:999", []string{header}, false, http.StatusUnauthorized},
			"from loopback":          {"127.0.0.1:999", []string{header}, false, http.StatusUnauthorized},
			"twice":                  {"10.1.2.3:999", []string{header, header}, false, http.StatusUnauthorized},
			"none":                   {"10.1.2.3:999", nil, false, http.StatusUnauthorized},
			"without colons":         {"10.1.2.3:999", []string{strings.Trim(header, ":")}, false, http.StatusUnauthorized},
			"no certificate":         {"10.1.2.3:999", []string{":AAAA:"}, false, http.StatusUnauthorized},
			"the terminator's own":   {"10.1.2.3:999", nil, true, http.StatusUnauthorized},
			"by TLS, from elsewhere": {"10.1.3.3:999", []string{":AAAA:"}, true, http.StatusOK},
		} {
			req := httptest.NewRequest(http.MethodGet, "/v1/kiosks/self", nil)
			req.RemoteAddr = tt.from
			req.Header["Client-Cert"] = tt.headers
			if tt.tls {
				req.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
			}
			w := httptest.NewRecorder()
			if r.portal.Handler().ServeHTTP(w, req); w.Code != tt.want {
				t.Errorf("%s: %d, want %d", name, w.Code, tt.want)
			}
		}
	})
}

// An order to wipe comes with every 410 of the kiosk that it is for, and of no other;
// a kiosk that is only stopped gets none, and enrolled anew it is another enrolment.
func TestAnOrderToWipe(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		var ordered []api.SignedOrder
		ask := func(who *identity.Identity) error {
			client, err := portal.New(portal.Options{URL: r.kiosks, TLS: who.TLS(), Ordered: func(o api.SignedOrder) { ordered = append(ordered, o) }})
			must(t, err)
			defer client.Close()
			return only(client.Self(context.Background()))
		}
		one, _ := r.enrol("K1")
		two, _ := r.enrol("K2")
		must(t, r.store.Stop(t.Context(), "K1", true))
		if err := ask(one); !errors.Is(err, portal.ErrStopped) || len(ordered) != 0 {
			t.Errorf("stopped: %v, %d orders", err, len(ordered))
		}
		must(t, r.store.Wipe(t.Context(), "K1", r.now()))
		if err := ask(one); !errors.Is(err, portal.ErrStopped) || len(ordered) != 1 {
			t.Fatalf("to be wiped: %v, %d orders", err, len(ordered))
		}
		must(t, r.store.Revoke(t.Context(), "K1", r.now()))
		if err := ask(one); !errors.Is(err, portal.ErrStopped) || len(ordered) != 2 {
			t.Errorf("revoked as well: %v, %d orders", err, len(ordered))
		}
		must(t, ask(two))
		again, _ := r.enrol("K1")
		must(t, ask(again))
		if len(ordered) != 2 {
			t.Errorf("%d orders in the end", len(ordered))
		}
	})
}

// The staff lets a kiosk in by typing what it shows, on this computer only.
func TestTheStaffConfirmsAKiosk(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		token, key := r.invite("K1", true), newKey(t)
		ask := func() (e api.Enrolment) {
			t.Helper()
			_, _, answer := r.call(http.MethodPost, "/v1/enrol", nil, enrolBodyOf(t, token.Secret().Reveal(), key))
			must(t, json.Unmarshal([]byte(answer), &e))
			return e
		}
		fingerprint := ask().Fingerprint
		_, header, page := r.call(http.MethodGet, "/staff/kiosks", nil, "")
		if !strings.Contains(page, "Kiosk K1") || strings.Contains(page, fingerprint) || !strings.Contains(header.Get("Content-Security-Policy"), "form-action 'self'") {
			t.Errorf("%v\n%s", header, page)
		}
		confirm := func(typed, site string) int {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.http.URL+"/staff/kiosks/confirm", strings.NewReader(url.Values{"kiosk": {"K1"}, "fingerprint": {typed}}.Encode()))
			must(t, err)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", site)
			resp, err := http.DefaultTransport.RoundTrip(req)
			must(t, err)
			must(t, resp.Body.Close())
			return resp.StatusCode
		}
		for _, tt := range []struct {
			typed, site string
			status      int
			state       api.EnrolmentStatus
		}{
			{fingerprint, "cross-site", http.StatusNotFound, api.Pending},
			{"0000-0000-0000-0000-0000", "same-origin", http.StatusConflict, api.Pending},
			{" " + strings.ToUpper(fingerprint), "same-origin", http.StatusSeeOther, api.Enrolled},
		} {
			if got := confirm(tt.typed, tt.site); got != tt.status || ask().Status != tt.state {
				t.Errorf("%q from %s: %d, then %s", tt.typed, tt.site, got, ask().Status)
			}
		}
	})
}
